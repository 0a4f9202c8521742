"""What harvesting costs: the whole catalogue, a page of the feed, and catching up,
beside rdflib's own serialiser.

Entries are illustrative databases of one agency, written straight into the tables, of
some 60 triples with their record and one data item. BENCH_ITEMS changes how many items
(0: and nothing else that can be left out), BENCH_HARVEST how many databases. The
comparison takes the same entries, the first COMPARED of them, through
`rdflib.Graph.serialize` in a process of its own, so that its memory is not counted as
ours; fewer where its cost grows faster than their number. Ours is the best of ROUNDS,
since one alone takes a tenth of a second, in which a machine may do something else.
"""

import http.client
import logging
import os
import random
import re
import resource
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from itertools import islice
from multiprocessing import Queue, get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# the register before `tests/app`, which is none
sys.path.insert(0, str(Path(__file__).parents[1]))

from rdflib import Graph
from run import quantiles, timed
from sqlalchemy import insert
from support import Office, database, make_system
from written import versions

from app import journal, logs
from app.clock import OPEN_END, OPEN_START
from app.config import Settings
from app.errors import UnavailableError
from app.factory import System, create_app
from app.operations.serving import serve
from app.rdf.publishing import catalogue, representations
from app.rdf.stores import sample_questions
from app.rdf.stores.port import Question
from app.rdf.writing import records
from app.rdf.writing.formats import FORMATS
from app.register.filters import Filter
from app.register.models import Entry, Fact, Period, Version
from app.register.queries import Register

TOTAL = int(os.environ.get("BENCH_HARVEST", "10000"))
ITEMS = int(os.environ.get("BENCH_ITEMS", "1"))
COMPARED = {"ttl": 1000, "rdf": 1000, "jsonld": 10_000, "nt": 10_000}
ROUNDS = 3
SMALLEST = (
    "title",
    "description",
    "owner",
    "theme",
    "record_kind",
    "access_rights",
    "illustrative",
    "certainty",
)
BATCH = 500
PARSERS = {"ttl": "turtle", "rdf": "pretty-xml", "jsonld": "json-ld", "nt": "nt"}
choose = random.Random(1)
Get = Callable[[str], bytes]


def rows(
    office: Office, basis: str, number: int, seq: int
) -> Iterator[tuple[type, dict[str, Any]]]:
    """Yield the rows of one database."""
    entry_id, local_id = uuid4(), f"CSDL-{number + 10:06d}"
    iri = f"{office.system.profile.base}/id/csdl/{local_id}"
    day = date(2026, 1, 1)
    yield (
        Entry,
        {
            "id": entry_id,
            "kind": "shared-database",
            "local_id": local_id,
            "iri": iri,
            "issued_on": day,
        },
    )
    title = f'Cơ sở dữ liệu "số" {number} \\ <Đất & nước>'
    content = database(
        str(office.department),
        basis,
        title=title,
        illustrative=True,
        certainty="minh-hoa",
    )
    item = content["data_items"][0]
    content["data_items"] = [
        {**item, "key": str(place)} for place in range(1, ITEMS + 1)
    ]
    if not ITEMS:
        content = {name: content[name] for name in SMALLEST}
    days = (OPEN_START, OPEN_END)
    yield from versions(office, entry_id, "shared-database", content, 0, days, seq)


def load(office: Office) -> None:
    """Write everything, and have the projections follow."""
    basis = str(office.law())
    with office.reading() as register:
        seq = register.at.known_at
    ids: list[UUID] = []
    for start in range(0, TOTAL, BATCH):
        tables: dict[type, list[dict[str, Any]]] = {
            Entry: [],
            Version: [],
            Period: [],
            Fact: [],
        }
        for number in range(start, min(start + BATCH, TOTAL)):
            # its row of the journal, written below
            for table, row in rows(office, basis, number, seq + number + 1):
                tables[table].append(row)
        with office.system.database.transaction() as session:
            for table, many in tables.items():
                session.execute(insert(table), many)
            for row in tables[Entry]:
                journal.record(
                    session, journal.Note("entry.entered", entry_id=row["id"])
                )
        ids += [row["id"] for row in tables[Entry]]
    office.system.rdf_projection.apply(
        office.system.database, [office.department, UUID(basis)]
    )
    with timed("representations catch up", len(ids), "entries"):
        for start in range(0, len(ids), BATCH):
            office.system.rdf_projection.apply(
                office.system.database, ids[start : start + BATCH]
            )


def whole(office: Office) -> None:
    """Print how fast the whole catalogue is written, beside rdflib."""
    for extension in FORMATS:
        with office.reading() as register:
            seconds, first, size = min(
                written(register, office.system.settings, extension)
                for _ in range(ROUNDS)
            )
            listed = list(
                islice(
                    register.standings(Filter(("shared-database",), records.LISTED)),
                    COMPARED[extension],
                )
            )
            text = b"".join(
                block.text for block in representations.blocks(register, listed, "nt")
            )
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            count, taken = other.submit(
                through_rdflib, text, PARSERS[extension]
            ).result()
        per_entry, theirs, ours = (
            count / len(listed),
            len(listed) / taken,
            TOTAL / seconds,
        )
        print(
            f"catalogue as {extension:<8} {ours:>9.0f} datasets/s "
            f"{size / 1e6:>8.1f} MB, first byte {first * 1000:.0f} ms; "
            f"rdflib {theirs:.0f}/s, {ours / theirs:.0f} × "
            f"({per_entry:.0f} triples each)",
            flush=True,
        )


def written(
    register: Register, settings: Settings, extension: str
) -> tuple[float, float, int]:
    """Write the whole catalogue; return the seconds in all and to the first text, and
    how many bytes there were.
    """
    begun, first, size = time.perf_counter(), 0.0, 0
    for text in catalogue.stream(register, settings, extension):
        size += len(text)
        first = first or time.perf_counter() - begun
    return time.perf_counter() - begun, first, size


def through_rdflib(text: bytes, form: str) -> tuple[int, float]:
    """Return how many triples a text of N-Triples holds, and the seconds that rdflib
    takes to write them.
    """
    graph = Graph().parse(data=text, format="nt")
    begun = time.perf_counter()
    graph.serialize(format=form)
    return len(graph), time.perf_counter() - begun


def flat(office: Office) -> None:
    """Print how much memory writing the catalogue takes at its highest."""
    tracemalloc.start()
    with office.reading() as register:
        for _ in catalogue.stream(register, office.system.settings, "nt"):
            pass
    print(
        (
            f"{'memory at its highest while writing nt':<52} "
            f"{tracemalloc.get_traced_memory()[1] / 1e6:>9.1f} MB"
        ),
        flush=True,
    )
    tracemalloc.stop()


@contextmanager
def serving(office: Office) -> Iterator[Get]:
    """Serve the register from a process of its own, without its follower; yield what
    asks it over one connection.
    """
    context = get_context("spawn")
    ready: Queue[int] = context.Queue()
    server = context.Process(target=serve_it, args=(office.system.settings, ready))
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", ready.get())
    host = {"Host": urlsplit(office.system.settings.base_uri).netloc}

    def get(path: str) -> bytes:
        connection.request("GET", path, headers=host)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status}")
        return body

    try:
        yield get
    finally:
        connection.close()
        server.terminate()
        server.join()


def serve_it(settings: Settings, ready: "Queue[int]") -> None:
    """Serve a register until asked to stop; `ready` is told the port."""
    logs.configure(logging.WARNING)
    application = create_app(System(settings))
    serve(application, settings, "127.0.0.1", 0, ready.put, threading.Event())


def pages(get: Get) -> None:
    """Print what a page of the feed costs over HTTP, when it is the first of a snapshot
    and later.
    """
    quantiles("trivial page (/tai-ve)", lambda _: get("/tai-ve"))
    begun = time.perf_counter()
    get("/catalog.ttl")
    print(
        (
            f"{'first page of a new snapshot':<52} "
            f"{(time.perf_counter() - begun) * 1000:>9.0f} ms"
        ),
        flush=True,
    )
    last = max(1, TOTAL // 100)
    for extension in FORMATS:
        address = f"/catalog.{extension}?page="
        quantiles(
            f"page of 100 as {extension}",
            lambda _: get(f"{address}{choose.randint(1, last)}"),  # noqa: B023 - now
        )


def oai(get: Get) -> None:
    """Print how many records a second an OAI-PMH client gets over HTTP that follows
    resumption tokens.
    """
    for prefix in ("oai_dc", "dcat_ap"):
        begun, count, address = (
            time.perf_counter(),
            0,
            f"/oai?verb=ListRecords&metadataPrefix={prefix}",
        )
        while address:
            body = get(address)
            count += body.count(b"<record>")
            token = re.search(rb"<resumptionToken[^>/]*>([^<]+)<", body[-1000:])
            address = (
                f"/oai?verb=ListRecords&resumptionToken={token[1].decode()}"
                if token
                else ""
            )
        print(
            (
                f"{f'OAI-PMH, {prefix}':<52} "
                f"{count / (time.perf_counter() - begun):>9.0f} records/s"
            ),
            flush=True,
        )


def queries(office: Office) -> None:
    """Print what each sample question costs in SPARQL, a child and a copy of the store
    for each; and a change page.
    """
    system = office.system
    with timed("triple store catches up", TOTAL, "entries"):
        journal.rebuild(system.database, system.triples_projection)
    for example in sample_questions.read():
        question = Question(example.text)
        try:
            quantiles(
                f"SPARQL: {example.name}",
                lambda _: system.store.answer(question),  # noqa: B023 - now
                rounds=20,
            )
        except UnavailableError as error:
            print(f"SPARQL: {example.name}: {error.message}", flush=True)
    client = create_app(system).test_client()
    quantiles(
        "change feed, a page of 100", lambda _: client.get("/changes?page=1"), rounds=10
    )
    system.store.close()


def main() -> None:
    """Make a register, load it, measure."""
    logs.configure(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        office = Office(make_system(Path(folder))).open()
        load(office)
        whole(office)
        flat(office)
        with serving(office) as get:
            pages(get)
            oai(get)
        queries(office)
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{'peak memory of the process':<52} {highest:>9.0f} MB")


if __name__ == "__main__":
    main()
