"""What OAI-PMH lists: databases and services by when each was last published or
withdrawn, and their records.

The list of a snapshot is worked out once and kept in a file, a line of fixed width
each, in order of time and identifier: a range of times is found by halving, a part by
its place. Ended entries stay in it for ever, as deleted.
"""

import mmap
import os
import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import overload
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.config import Settings
from app.journal import JournalRow
from app.rdf.publishing import catalogue, dumps, feed, representations
from app.rdf.writing import dublin_core, formats, records
from app.register.filters import Filter
from app.register.models import Entry, Fact, Period
from app.register.queries import Register
from app.register.standing import Standing, State, standing_at

DATED = (
    "entry.entered",
    "entry.amended",
    "entry.ended",
    "entry.moved",
    "entry.restored",
    "entry.day",
)
# time, entry, state, identifier, owner's identifier, path word
_WIDTHS = (
    11,
    33,
    20,
    62,
    62,
    30,
)
_LINE = sum(_WIDTHS)
# what the catalogue says of a member, which would be all that a record says of the
# catalogue
_LINK = re.compile(
    rb'\t<rdf:Description rdf:about="[^"]*/%b">.*?</rdf:Description>\n'
    % records.CATALOGUE.encode(),
    re.DOTALL,
)


@dataclass(frozen=True)
class ListedRecord:
    """One line: what stands how since when. `sets`: the identifier of its agency, and
    the path word of its kind.
    """

    at: datetime
    id: UUID
    state: State
    local_id: str
    sets: tuple[str, ...]

    @property
    def deleted(self) -> bool:
        """Whether it has left the catalogue, or the set that it is listed in."""
        return self.state is State.ENDED


class Listing:
    """The items of one snapshot."""

    def __init__(self, lines: mmap.mmap | bytes) -> None:
        self._lines = lines

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._lines) // _LINE

    def __getitem__(self, place: int) -> ListedRecord:
        """Return the item at a place; IndexError for none."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        line = self._lines[place * _LINE : (place + 1) * _LINE].decode()
        fields = [
            line[end - width : end].strip()
            for width, end in zip(_WIDTHS, accumulate(_WIDTHS), strict=True)
        ]
        at, entry, state, local_id, owner, word = fields
        sets = tuple(name for name in (owner, word) if name)
        return ListedRecord(
            datetime.fromtimestamp(int(at), UTC),
            UUID(hex=entry),
            State(state),
            local_id,
            sets,
        )

    def part(self, since: datetime | None, until: datetime | None) -> "Part":
        """Return the items that changed between two instants, both included, to the
        second.
        """
        low, high = 0, len(self)
        if since is not None:
            low = bisect_left(self, since, key=_at)
        if until is not None:
            high = bisect_right(self, until, key=_at)
        return Part(self, range(low, high))

    def place_of(self, local_id: str) -> int | None:
        """Return the place of an identifier, None when it is not there."""
        before, width = sum(_WIDTHS[:3]), _WIDTHS[3]
        # the whole field, so that little else looks like it
        word = f" {local_id}".ljust(width).encode()
        if not local_id.strip() or len(word) != width:
            return None
        position = self._lines.find(word)
        while position >= 0:
            place, column = divmod(position, _LINE)
            if column == before:
                return place
            position = self._lines.find(word, position + 1)
        return None


class Part(Sequence[ListedRecord]):
    """Items that follow one another; each is read when it is asked for."""

    def __init__(self, listing: Listing, places: range) -> None:
        self._listing, self._places = listing, places

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> ListedRecord: ...
    @overload
    def __getitem__(self, place: slice) -> "Part": ...
    def __getitem__(self, place: int | slice) -> "ListedRecord | Part":
        """Return the item at a place, or a part of these."""
        if isinstance(place, slice):
            return Part(self._listing, self._places[place])
        return self._listing[self._places[place]]


def _at(record: ListedRecord) -> datetime:
    return record.at


def listing(register: Register, settings: Settings) -> AbstractContextManager[Listing]:
    """Open the listing of the register's moment, made if it is not there yet."""
    path = feed.path_of(register, settings, "oai")
    return _opened(path, partial(_write, register))


def departures(
    register: Register, settings: Settings
) -> AbstractContextManager[Listing]:
    """Open the list of what left the set of an agency for that of another, each deleted
    in the set that it left: whoever harvests one set would else never hear of it.
    """
    path = feed.path_of(register, settings, "oai-left")
    return _opened(path, partial(_write_departures, register))


@contextmanager
def _opened(path: Path, write: Callable[[Path], None]) -> Iterator[Listing]:
    with dumps.opened(path, write) as file:
        if file.seek(0, os.SEEK_END) == 0:
            yield Listing(b"")
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
            yield Listing(lines)


Row = tuple[int, str, Standing, str, str]


def _write(register: Register, path: Path) -> None:
    owners = _owners(register)
    _save(
        path,
        [
            (at, local_id, standing, owners.get(standing.id, ""), word)
            for at, local_id, standing, word in _listed(register)
        ],
    )


def _write_departures(register: Register, path: Path) -> None:
    owners, former = _owners(register), _former_owners(register)
    rows = list[Row]()
    for at, local_id, standing, _word in _listed(register):
        left = former.get(standing.id, set()) - {owners.get(standing.id)}
        ended = standing._replace(state=State.ENDED)
        rows += [(at, local_id, ended, agency, "") for agency in left]
    _save(path, rows)


def _listed(register: Register) -> Iterator[tuple[int, str, Standing, str]]:
    """Yield each item with when it was last published or withdrawn, and the path word
    of its kind.
    """
    since = times(register)
    kinds = {
        k.name: k.path_word
        for k in register.profile.kinds.values()
        if records.link(k) is not None
    }
    other = catalogue.references(register)
    standings = register.standings(
        Filter(tuple(kinds), (State.IN_FORCE, State.SUSPENDED, State.ENDED))
    )
    for standing in standings:
        if standing.id not in other and standing.id in since:
            yield since[standing.id], standing.local_id, standing, kinds[standing.kind]


def _save(path: Path, rows: list[Row]) -> None:
    with dumps.swapped(path) as file:
        for at, local_id, standing, owner, word in sorted(rows, key=_place):
            fields = (
                f"{at:010}",
                standing.id.hex,
                str(standing.state),
                f" {local_id}",
                f" {owner}",
                word,
            )
            padded = (
                text.ljust(width) for text, width in zip(fields, _WIDTHS, strict=True)
            )
            file.write("".join(padded).encode("ascii"))
    dumps.forget_old(path.parent, feed.KEPT)


def _place(row: Row) -> tuple[int, str]:
    at, local_id, *_ = row
    return at, local_id


def times(register: Register) -> dict[UUID, int]:
    """Return when each entry was last published or withdrawn, in seconds since 1970."""
    query = select(JournalRow.entry_id, func.max(JournalRow.at)).where(
        JournalRow.action.in_(DATED)
    )
    query = query.where(JournalRow.seq <= register.at.known_at).group_by(
        JournalRow.entry_id
    )
    return {
        entry: int(at.timestamp())
        for entry, at in register.session.execute(query)
        if entry is not None
    }


def _owners(register: Register) -> dict[UUID, str]:
    """Return the identifier of the agency that each entry belongs to at the moment."""
    standing, agency = standing_at(register.at), aliased(Entry)
    query = select(standing.c.entry_id, agency.local_id).join(
        Fact, Fact.version_id == standing.c.version_id
    )
    query = query.join(agency, agency.id == Fact.target_id).where(Fact.field == "owner")
    return {entry: owner for entry, owner in register.session.execute(query) if owner}


def _former_owners(register: Register) -> dict[UUID, set[str]]:
    """Return the identifiers of all agencies that each entry has belonged to."""
    agency = aliased(Entry)
    query = select(Period.entry_id, agency.local_id).distinct()
    query = query.join(Fact, Fact.version_id == Period.version_id)
    query = query.join(agency, agency.id == Fact.target_id)
    query = query.where(
        Fact.field == "owner",
        Period.recorded_seq <= register.at.known_at,
        Period.valid_from <= register.at.as_of,
    )
    owners: dict[UUID, set[str]] = {}
    for entry, owner in register.session.execute(query):
        if owner is not None:
            owners.setdefault(entry, set()).add(owner)
    return owners


def dcat_ap(register: Register, items: Sequence[ListedRecord]) -> dict[UUID, bytes]:
    """Return for each item its RDF/XML: itself, and what it names as on a page of the
    catalogue, without its link.
    """
    told_of = catalogue.around(register, [item.id for item in items], "rdf")
    form = formats.FORMATS["rdf"]
    ids = {member.iri: entry for entry, member in told_of.items()}
    others = {item.id for item in items}
    leads = {}
    for entry, member in told_of.items():
        named = [ids[iri] for iri in sorted(member.block.named & ids.keys())]
        near = dict.fromkeys([*named, *member.tellers])
        leads[entry] = [id_ for id_ in near if id_ in told_of and id_ not in others]
    every, base = register.profile.lists.iris(), register.profile.base
    # the answer that it stands in has a declaration of its own
    _, _, head = form.head.partition(b"?>")
    grouped = {}
    for item in items:
        blocks = [told_of[entry].block for entry in _reached(item.id, leads)]
        concepts = catalogue.concepts(
            base,
            "rdf",
            every & frozenset[str]().union(*(block.named for block in blocks)),
        )
        own = _LINK.sub(b"", blocks[0].text)
        grouped[item.id] = b"".join(
            [
                head.lstrip(),
                own,
                *(block.text for block in blocks[1:]),
                concepts,
                form.tail,
            ]
        )
    return grouped


def _reached(first: UUID, leads: Mapping[UUID, Sequence[UUID]]) -> list[UUID]:
    """Return an entry and all to which it leads, step by step."""
    found = dict.fromkeys([first])
    ahead = deque([first])
    while ahead:
        for entry in leads[ahead.popleft()]:
            if entry not in found:
                found[entry] = None
                ahead.append(entry)
    return list(found)


def oai_dc(register: Register, items: Sequence[ListedRecord]) -> dict[UUID, bytes]:
    """Return for each item its simple Dublin Core: the elements, without the one that
    holds them.
    """
    standings = register.standings_of([item.id for item in items])
    blocks = representations.blocks(register, standings, dublin_core.FORM)
    own = {
        standing.id: block.text.decode()
        for standing, block in zip(standings, blocks, strict=True)
    }
    iris = set[str]().union(*map(dublin_core.publishers, own.values()))
    views = register.by_ids(register.ids_of(sorted(iris))).values()
    titles = {view.iri: view.title for view in views}
    return {key: dublin_core.named(text, titles).encode() for key, text in own.items()}
