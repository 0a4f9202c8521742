"""The catalogue in pages: each database whole on exactly one, the same for as long as
the snapshot is asked for.

A service is whole on the page of the first database that it serves, or on the first
page where it serves none of those that are listed.

A snapshot is a journal row: it fixes what is known, and its day what is in force, so
that a harvest sees one state however long it takes and whatever enters meanwhile. The
addresses of its pages say how many databases a page holds, so that no page changes when
the setting does. Which
entries it lists, in which order, is worked out once and kept in a file, a line of fixed
width each, where any page is found at once. The triples of paging are those that
CKAN's, udata's and piveau's harvesters read (Hydra's present terms and the two former
ones that they still use).
"""

import os
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import IO
from urllib.parse import urlencode
from uuid import UUID

from rdflib import Graph, Literal, URIRef
from sqlalchemy import func, select

from app import clock
from app.config import Settings
from app.errors import NotFoundError
from app.journal import JournalRow
from app.rdf.publishing import catalogue, dumps
from app.rdf.writing import formats, records
from app.register.queries import Register
from app.register.standing import Moment
from catalog_schema.namespaces import DCAT, HYDRA, RDF, new_graph

FOLDER = "feeds"
KEPT = 60  # lists
_LINE = len(UUID(int=0).hex) + 1
_PLACE = 10  # digits
_HEAD = _PLACE + 1


@dataclass(frozen=True)
class PageRequest:
    """Which page is asked for. `day` is set when it was asked for by name;
    `everything`: reference entries too.
    """

    extension: str
    number: int
    day: str | None
    everything: bool
    size: int
    path: str = "catalog"  # of its addresses, below the base


def page(register: Register, settings: Settings, request: PageRequest) -> bytes:
    """Return a page of the catalogue at the register's moment; NotFoundError beyond the
    last one.
    """
    with _listed(register, settings, everything=request.everything) as file:
        lines = _Lines(file)
        stop = request.number * request.size
        start = stop - request.size
        ids = [*lines.databases(start, stop), *lines.services(start, stop)]
    total = lines.total
    if not 1 <= request.number <= max(1, ceil(total / request.size)):
        raise NotFoundError(f"Danh mục không có trang {request.number}")
    form = formats.FORMATS[request.extension]
    return b"".join(form.document(_blocks(register, settings, request, ids, total)))


def snapshot(register: Register, row: int | None = None) -> Moment:
    """Return the moment that a snapshot shows: a journal row and its civil day; the
    current one where none is named.
    """
    named = _latest(register) if row is None else row
    journal_row = register.session.get(JournalRow, named)
    return Moment(
        clock.local(journal_row.at).date() if journal_row else clock.today(), named
    )


def _latest(register: Register) -> int:
    """Return the row that the current snapshot is named after: the last one at which
    what is published changed.
    """
    seq, _ = register.published()
    days = select(func.max(JournalRow.seq)).where(JournalRow.action == "entry.day")
    latest = register.session.scalar(days.where(JournalRow.seq <= register.at.known_at))
    return max(seq, latest or 0)


def prepare(register: Register, settings: Settings) -> None:
    """Make the list of the register's moment, if it is not there yet."""
    _listed(register, settings, everything=False).close()


def _listed(register: Register, settings: Settings, *, everything: bool) -> IO[bytes]:
    """Open the file that lists a moment's databases and services, made if it is not
    there yet.
    """

    def make(path: Path) -> None:
        with dumps.swapped(path) as file:
            file.write(_lines(register, everything=everything))
        dumps.forget_old(path.parent, KEPT)

    return dumps.opened(
        path_of(register, settings, "all" if everything else "own"), make
    )


def _lines(register: Register, *, everything: bool) -> bytes:
    """Return how many databases there are, their ids in order, then each service behind
    the place of its first one.
    """
    kinds = register.profile.kinds
    datasets = {
        name for name, kind in kinds.items() if records.link(kind) == DCAT.dataset
    }
    members = list(catalogue.members(register, everything=everything))
    databases = [id_ for id_, kind in members if kind in datasets]
    places, served = (
        {id_: place for place, id_ in enumerate(databases)},
        catalogue.served(register),
    )
    others = [member for member, kind in members if kind not in datasets]
    services = []
    for place, service in enumerate(others):
        ids = [dataset.hex for dataset in served.get(UUID(service), ())]
        first = min((places[id_] for id_ in ids if id_ in places), default=0)
        services.append((first, place, service))
    services.sort()
    head = [f"{len(databases):0{_PLACE}}\n"]
    lines = [
        *(f"{database}\n" for database in databases),
        *(f"{at:0{_PLACE}}{id_}\n" for at, _, id_ in services),
    ]
    return "".join(head + lines).encode("ascii")


class _Lines:
    """Reads such a file, whose lines have fixed widths, at any place."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._end = file.seek(0, os.SEEK_END)
        self.total = int(self._read(0, _PLACE))
        self._services = _HEAD + self.total * _LINE

    def databases(self, start: int, stop: int) -> list[UUID]:
        """Return the ids of the databases from one place to before another."""

        def at(place: int) -> int:
            return _HEAD + min(place, self.total) * _LINE

        lines = self._read(at(start), at(stop)).decode("ascii").split()
        return [UUID(hex=line) for line in lines]

    def services(self, start: int, stop: int) -> list[UUID]:
        """Return the ids of the services whose first database lies there."""
        every = range(self._services, self._end, _PLACE + _LINE)
        first, last = (
            bisect_left(every, place, key=lambda at: int(self._read(at, at + _PLACE)))
            for place in (start, stop)
        )
        lines = self._read(
            self._services + first * every.step, self._services + last * every.step
        )
        return [UUID(hex=line[_PLACE:]) for line in lines.decode("ascii").split()]

    def _read(self, start: int, stop: int) -> bytes:
        self._file.seek(start)
        return self._file.read(max(0, stop - start))


def path_of(register: Register, settings: Settings, list_: str) -> Path:
    """Return where a list of the register's moment is kept."""
    digest = catalogue.digest(register, settings)
    name = f"{register.at.as_of}-{register.at.known_at}-{digest}-{list_}"
    return settings.data_dir / FOLDER / name


def _blocks(
    register: Register,
    settings: Settings,
    request: PageRequest,
    ids: list[UUID],
    total: int,
) -> Iterator[bytes]:
    profile, head = register.profile, catalogue.description(register, settings)
    blocks = catalogue.around(register, ids, request.extension).values()
    named = set[str]().union(*(member.block.named for member in blocks))
    yield formats.FORMATS[request.extension].block(
        formats.of(head + _paging(register, request, total))
    )
    yield catalogue.concepts(
        profile.base,
        request.extension,
        profile.lists.iris() & (named | catalogue.named(head)),
    )
    yield from (member.block.text for member in blocks)


def _paging(register: Register, request: PageRequest, total: int) -> Graph:
    graph, node = new_graph(), records.catalogue_iri(register.profile)
    last = max(1, ceil(total / request.size))
    here = _address(register, request, request.number)
    for rdf_type in (HYDRA.PartialCollectionView, HYDRA.PagedCollection):
        graph.add((here, RDF.type, rdf_type))
    graph.add((here, HYDRA.totalItems, Literal(total)))
    graph.add((here, HYDRA.itemsPerPage, Literal(request.size)))
    around = {
        "first": 1,
        "last": last,
        "previous": request.number - 1,
        "next": request.number + 1,
    }
    for name, number in around.items():
        if 1 <= number <= last:
            graph.add((here, HYDRA[name], _address(register, request, number)))
            graph.add((here, HYDRA[f"{name}Page"], _address(register, request, number)))
    graph.add((node, RDF.type, HYDRA.Collection))
    graph.add((node, HYDRA.totalItems, Literal(total)))
    graph.add((node, HYDRA.view, here))
    return graph


def _address(register: Register, request: PageRequest, number: int) -> URIRef:
    """Return the address of a page, from the configured base alone."""
    query = {
        "page": str(number),
        "snapshot": str(register.at.known_at),
        "per_page": str(request.size),
    }
    query |= {"as_of": request.day} if request.day else {}
    query |= {"records": "all"} if request.everything else {}
    return URIRef(
        f"{register.profile.base}/{request.path}.{request.extension}?{urlencode(query)}"
    )
