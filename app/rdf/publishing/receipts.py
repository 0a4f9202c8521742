"""Who harvested what and when: a line for each answer to a program, in a file for each
day.

A line names the program by what it calls itself, and no address and no person. Files
are kept for ninety days, each up to a size that a flood of requests cannot exceed. A
day that is past is summed up once; a day has so many programs, the others are summed
together.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from app import clock
from app.vietnamese import clean

FOLDER = "receipts"
DAYS = 90
_LARGEST = 5_000_000  # bytes of one day
MOST_PROGRAMS = 200  # of one day, and on the page
OTHERS = "(các chương trình khác)"
_AGENT, _ASKED = 120, 200  # letters


@dataclass(frozen=True)
class Receipt:
    """One answer: when (ISO, +07:00), to whom, of which interface, what was asked for,
    and what became of it.
    """

    at: str
    agent: str
    interface: str
    asked: str
    status: int
    size: int


@dataclass(frozen=True)
class Summary:
    """What one program did at one interface: its first and last answer, how many, how
    many refused, how many bytes.
    """

    agent: str
    interface: str
    first: str
    last: str
    answers: int
    refused: int
    size: int


def receipt(agent: str, interface: str, query: str, status: int, size: int) -> Receipt:
    """Return what is noted of an answer that is given now."""
    at = clock.local(clock.now()).isoformat(timespec="seconds")
    return Receipt(
        at, clean(agent)[:_AGENT] or "?", interface, clean(query)[:_ASKED], status, size
    )


def note(data_dir: Path, receipt_: Receipt) -> None:
    """Write a receipt down; where there is no room for it, the answer goes out all the
    same.
    """
    path = _of_day(data_dir, clock.today())
    line = json.dumps(asdict(receipt_), ensure_ascii=False).encode() + b"\n"
    with suppress(OSError):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _forget(data_dir)
        with path.open("ab", buffering=0) as file:
            if file.seek(0, os.SEEK_END) < _LARGEST:
                file.write(line)


def summaries(data_dir: Path, days: int = 30) -> list[Summary]:
    """Return what each program did in the last days, the latest first."""
    by_day = [
        summary
        for back in range(days - 1, -1, -1)
        for summary in _summed(data_dir, clock.today() - timedelta(days=back))
    ]
    return _together(by_day)


def _summed(data_dir: Path, day: date) -> list[Summary]:
    """Return what each program did on a day; kept beside it once the day is over."""
    path = _of_day(data_dir, day)
    sums_file = path.with_suffix(".sums.json")
    if day < clock.today():
        with suppress(FileNotFoundError, ValueError, TypeError):
            return [Summary(**row) for row in json.loads(sums_file.read_text("utf-8"))]
    sums = _together(_told(receipt_) for receipt_ in _noted(path))
    if sums and day < clock.today():
        with suppress(OSError):
            rows = [asdict(summary) for summary in sums]
            sums_file.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return sums


def _told(receipt_: Receipt) -> Summary:
    refused = int(receipt_.status >= 400)  # noqa: PLR2004 - HTTP's own line
    at = receipt_.at
    return Summary(
        receipt_.agent, receipt_.interface, at, at, 1, refused, receipt_.size
    )


def _together(noted: Iterable[Summary]) -> list[Summary]:
    """Return one summary for each program and interface, the latest first."""
    summed: dict[tuple[str, str], Summary] = {}
    for summary in noted:
        key = summary.agent, summary.interface
        if key not in summed and len(summed) >= MOST_PROGRAMS:
            key = OTHERS, ""
        seen = summed.get(key) or Summary(*key, summary.first, summary.last, 0, 0, 0)
        summed[key] = replace(
            seen,
            first=min(seen.first, summary.first),
            last=max(seen.last, summary.last),
            answers=seen.answers + summary.answers,
            refused=seen.refused + summary.refused,
            size=seen.size + summary.size,
        )
    return sorted(summed.values(), key=lambda summary: summary.last, reverse=True)


def _noted(path: Path) -> Iterator[Receipt]:
    with suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            # a line that a power cut left unfinished
            with suppress(ValueError, TypeError):
                yield Receipt(**json.loads(line))


def _of_day(data_dir: Path, day: date) -> Path:
    return data_dir / FOLDER / f"{day.isoformat()}.jsonl"


def _forget(data_dir: Path) -> None:
    oldest = _of_day(data_dir, clock.today() - timedelta(days=DAYS)).name
    for path in (data_dir / FOLDER).glob("*.json*"):
        if path.name < oldest:
            path.unlink(missing_ok=True)
