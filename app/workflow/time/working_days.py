"""Which days the State's offices work, and by when something is due, counted in such
days.

Public holidays follow the Labour Code (Bộ luật Lao động 2019, Điều 112) with the
swapped days that the Government announced, as the library `holidays` knows them;
working_days.csv adds what it lacks, and an installation its own rows.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import holidays

from app import clock
from app.errors import SetupError

KNOWN = Path(__file__).parent / "working_days.csv"
_DAY = timedelta(days=1)
_YEARS = range(2015, 2041)  # at once; others are worked out when they are asked for
_FAR = 10_000  # days that are counted one by one; nothing in an office is due later


class Calendar:
    """The working days of one country's offices; `swapped` says of single days whether
    they are.
    """

    def __init__(self, swapped: Mapping[date, bool]) -> None:
        """Make a calendar in which `swapped` goes before what the law alone says."""
        self._swapped = dict(swapped)
        self._public = holidays.country_holidays("VN", years=_YEARS)

    def works(self, day: date) -> bool:
        """Tell whether offices work on a day."""
        return self._swapped.get(day, self._public.is_working_day(day))

    def due(self, since: datetime, working_days: int) -> date:
        """Return the last day of a term; the day of `since` does not count."""
        day = clock.local(since).date()
        for _ in range(working_days):
            day = self.next(day)
        return day

    def next(self, day: date) -> date:
        """Return the first working day after a day."""
        day += _DAY
        while not self.works(day):
            day += _DAY
        return day

    def left(self, until: date, today: date) -> int:
        """Return how many working days are left, negative when the term is over."""
        return (
            -self._between(until, today)
            if today > until
            else self._between(today, until)
        )

    def taken(self, since: datetime, until: datetime) -> int:
        """Return how many working days something has taken: the days after that of
        `since`.
        """
        return self._between(clock.local(since).date(), clock.local(until).date())

    def _between(self, first: date, last: date) -> int:
        days = (
            first + timedelta(days=n)
            for n in range(1, min((last - first).days, _FAR) + 1)
        )
        return sum(self.works(day) for day in days)


def load(own: Path | None) -> Calendar:
    """Return the calendar with what is known, and with the rows of the installation's
    `own` file before it.

    SetupError names the row that is wrong: columns `day` (2026-12-31) and `works` (yes,
    no); others explain.
    """
    return Calendar({**dict(_rows(KNOWN)), **(dict(_rows(own)) if own else {})})


def _rows(path: Path) -> Iterable[tuple[date, bool]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                try:
                    yield (
                        date.fromisoformat(row["day"]),
                        {"yes": True, "no": False}[row["works"]],
                    )
                except (KeyError, ValueError, TypeError) as error:
                    wrong = (
                        f"{path.name}, dòng {number}: day là năm-tháng-ngày, works "
                        "là yes hoặc no"
                    )
                    raise SetupError(wrong) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SetupError(f"Không đọc được tệp ngày làm việc {path}: {error}") from error
