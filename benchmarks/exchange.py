"""What `make bench` prints of data sharing: its pages in a register of 2,000 databases,
10,000 connections and 120 months of traffic, compared with a trivial page of the run.

The months are those of 1,000 connections (120,000 figures), beside the last month of
every connection; of every database the warehouse has a row for each of twelve months.
BENCH_CONNECTIONS changes the number of connections.
"""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# the register before `tests/app`, which is none
sys.path.insert(0, str(Path(__file__).parents[1]))

import planted
import written
from people import Browser
from run import quantiles
from support import Office, make_system

from app import clock, logs
from app.exchange import traffic
from app.exchange.models import TrafficFigure, WarehouseLoad
from app.permissions import Role
from app.register.own_databases import ORIGINALS

logs.configure(logging.WARNING)  # a line for each request would drown the figures
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "10000"))
MONTHS, COUNTED = 120, 1_000
ROUNDS = 30


def load(office: Office) -> None:
    """Write everything."""
    started = time.perf_counter()
    world = planted.plant(office, connections=CONNECTIONS)
    counted = [
        row["connection_id"] for table, row in world.rows if table is TrafficFigure
    ][:COUNTED]
    months = traffic.months(clock.today(), MONTHS + 2)[:MONTHS]
    written.write(
        office,
        [
            (TrafficFigure, planted.traffic_row(office, connection, 9, month))
            for month in months
            for connection in counted
        ],
    )
    with office.reading() as register:
        databases = register.ids(ORIGINALS)
    written.write(
        office,
        [
            (WarehouseLoad, planted.warehouse_row(office, database, month))
            for month in months[-12:]
            for database in databases
        ],
    )
    print(f"written in {time.perf_counter() - started:.0f} s", flush=True)


def measure(office: Office) -> None:
    """Print the figures of the pages, cold and warm."""
    reader = Browser(office, Role.REVIEWER)
    trivial = quantiles("trivial page (/tai-ve)", lambda _: reader.get("/tai-ve"))
    path = "/chia-se?co-quan=Cơ quan thứ {}&du-lieu=Hạng mục cần {}"
    pages = {
        # of items that some database has: every tenth is planted to be nowhere
        "path question": lambda n: reader.get(path.format(20 + n % 30, n % 20 * 10)),
        "connections and map": lambda _: reader.get("/chia-se"),
        "connections of an agency": lambda n: reader.get(
            f"/chia-se?co-quan-loc=Cơ quan thứ {n % 20}"
        ),
        "freshness": lambda _: reader.get("/chia-se/do-moi"),
        "shared warehouse": lambda _: reader.get("/chia-se/kho"),
        "traffic of twelve months": lambda _: reader.get("/chia-se/luu-thong"),
        "declared and actual": lambda _: reader.get("/chia-se/doi-chieu"),
    }
    for label, work in pages.items():
        started = time.perf_counter()
        work(0)
        print(f"{label:<52} first {(time.perf_counter() - started) * 1000:>7.0f} ms")
        p95 = quantiles(label, work, rounds=ROUNDS)
        print(f"{'':<52} {p95 / trivial:>5.0f} × the trivial page")


def main() -> None:
    """Load and measure."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(make_system(Path(folder))).open()
        load(office)
        measure(office)


if __name__ == "__main__":
    main()
