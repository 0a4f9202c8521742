"""What 10,000 agencies with a code each, ten versions of both, cost to look up and to
list as of a day.

The versions are written straight into the tables, in a fresh SQLite register, with
periods of a year each from 2016 on; everything is illustrative. Compare within one run;
BENCH_AGENCIES changes the number.
"""

import logging
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# the register before `tests/app`, which is none
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from run import quantiles, timed
from sqlalchemy import insert
from support import Office, agency, code, make_system
from written import versions

from app import logs
from app.clock import OPEN_END, OPEN_START
from app.factory import create_app
from app.register import codes
from app.register.models import Entry, Fact, Period, Version
from app.register.queries import Register
from app.register.standing import moment

TOTAL = int(os.environ.get("BENCH_AGENCIES", "10000"))
VERSIONS = 10
FIRST = 2016
BATCH = 500
choose = random.Random(1)


def rows(
    office: Office, number: int, seq: int
) -> Iterator[tuple[type, dict[str, Any]]]:
    """Yield the rows of one agency and of its code, each with its versions."""
    holder, code_id = uuid4(), uuid4()
    for entry_id, kind, local_id in (
        (holder, "agency", f"CQ-{number + 10:05d}"),
        (code_id, "identifier-code", f"Y19.{number}"),
    ):
        word = office.system.profile.kinds[kind].path_word
        iri = f"{office.system.profile.base}/id/{word}/{local_id}"
        issued = date(FIRST, 1, 1)
        yield (
            Entry,
            {
                "id": entry_id,
                "kind": kind,
                "local_id": local_id,
                "iri": iri,
                "issued_on": issued,
            },
        )
    for step in range(VERSIONS):
        days = (
            date(FIRST + step, 1, 1),
            date(FIRST + step + 1, 1, 1) if step + 1 < VERSIONS else OPEN_END,
        )
        named = agency(
            f"Đơn vị số {number} lần {step}", certainty="minh-hoa", illustrative=True
        )
        held = code(
            f"Y19.{number}",
            holder,
            certainty="minh-hoa",
            illustrative=True,
            holder_name=named["name"],
        )
        since = days if step else (OPEN_START, days[1])
        yield from versions(office, holder, "agency", named, step, since, seq)
        yield from versions(office, code_id, "identifier-code", held, step, since, seq)


def load(office: Office) -> None:
    """Write everything."""
    with office.reading() as register:
        seq = register.at.known_at
    with timed(
        f"{TOTAL} agencies and codes, {VERSIONS} versions each", TOTAL, "agencies"
    ):
        for start in range(0, TOTAL, BATCH):
            tables: dict[type, list[dict[str, Any]]] = {
                Entry: [],
                Version: [],
                Period: [],
                Fact: [],
            }
            for number in range(start, min(start + BATCH, TOTAL)):
                for table, row in rows(office, number, seq):
                    tables[table].append(row)
            with office.system.database.transaction() as session:
                for table, many in tables.items():
                    session.execute(insert(table), many)


def measure(office: Office) -> None:
    """Print what looking up and listing cost."""
    client = create_app(office.system).test_client()
    trivial = quantiles("trivial page (/tai-ve)", lambda _: client.get("/tai-ve"))
    numbers = [choose.randrange(TOTAL) for _ in range(200)]
    resolved = quantiles(
        "resolve a code (API)",
        lambda n: client.get(f"/api/v1/codes/y19.{numbers[n]}"),
        rounds=200,
    )
    print(f"{'':<52} {resolved / trivial:>5.0f} × the trivial page")
    many = {"codes": [f"Y19.{number}" for number in range(min(1000, TOTAL))]}
    quantiles(
        "resolve 1,000 codes (API)",
        lambda _: client.post("/api/v1/codes", json=many),
        rounds=10,
    )
    with office.system.database.reading() as session:
        register = Register(session, office.system.profile, moment(session))
        quantiles(
            "resolve a code, query alone",
            lambda n: codes.resolve(register, [f"Y19.{numbers[n]}"]),
            rounds=200,
        )
    address = "/api/v1/entries?kind=agency&limit=20"
    today = quantiles(
        "list of agencies today", lambda _: client.get(address), rounds=20
    )
    past = quantiles(
        "list of agencies as of 2020-06-30",
        lambda _: client.get(f"{address}&as_of=2020-06-30"),
        rounds=20,
    )
    print(f"{'as of a past day, against today':<52} {past / today:>5.2f} ×")
    days = "/api/v1/changes?since=2020-06-30&as_of=2021-06-30&kind=agency"
    quantiles(
        "changes between two days, every entry differs",
        lambda _: client.get(days),
        rounds=3,
    )


def main() -> None:
    """Make a register, load it, measure."""
    logs.configure(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        office = Office(make_system(Path(folder))).open()
        load(office)
        measure(office)


if __name__ == "__main__":
    main()
