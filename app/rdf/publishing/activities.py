"""The changes of the register as Activity Streams 2.0: what was published, changed or
withdrawn, in journal order.

An activity is a journal row, told once and never otherwise: its object is the entry as
that row left it, in a graph named as the activity, so that two states of an entry on
one page do not become one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from app import clock
from app.config import Settings
from app.journal import JournalRow
from app.rdf.publishing import catalogue, dumps, representations
from app.rdf.publishing.oai import DATED
from app.rdf.writing import records
from app.register.models import Entry, Fact, Period, Version
from app.register.queries import Register
from app.register.standing import Moment, Standing, State
from catalog_schema.namespaces import AS, FOAF, PREFIXES

SIZE = 100  # rows of a page
FOLDER = "changes"
CREATE, UPDATE, DELETE = "as:Create", "as:Update", "as:Delete"
CONTEXT: dict[str, Any] = {
    **PREFIXES,
    "as": str(AS),
    "orderedItems": {"@id": "as:items", "@container": "@list"},
    **{
        name: {"@id": f"as:{name}", "@type": "@id"}
        for name in ("first", "last", "next", "prev", "partOf")
    },
    "totalItems": "as:totalItems",
}


@dataclass(frozen=True)
class ActivityWindow:
    """Which rows a page tells: `start` of them left out, or those after the row
    `after`, oldest first.
    """

    everything: bool
    start: int = 0
    after: int | None = None


def count(register: Register, *, everything: bool) -> int:
    """Return how many rows there are to tell."""
    rows = _rows(register, everything=everything).subquery()
    return register.session.scalar(select(func.count()).select_from(rows)) or 0


def page(
    register: Register, window: ActivityWindow
) -> tuple[list[dict[str, Any]], int | None]:
    """Return the activities of a page, oldest first, and the number of its last row,
    None where it has none.
    """
    query = _rows(register, everything=window.everything)
    query = (
        query.offset(window.start)
        if window.after is None
        else query.where(JournalRow.seq > window.after)
    )
    rows = list(register.session.scalars(query.order_by(JournalRow.seq).limit(SIZE)))
    activities = [activity(register, row) for row in rows]
    last = rows[-1].seq if rows else None
    return [item for item in activities if item is not None], last


def kept(
    register: Register, settings: Settings, number: int, *, everything: bool
) -> list[dict[str, Any]]:
    """Return the activities of a page that has a newer one: they never change, so they
    are worked out once.
    """
    scope = "all" if everything else "own"
    name = f"{records.stamp(register.profile)[:16]}-{SIZE}-{scope}-{number}.json"

    def make(path: Path) -> None:
        for old in path.parent.glob("*.json"):
            if not old.name.startswith(records.stamp(register.profile)[:16]):
                old.unlink(missing_ok=True)  # another profile's, or another writer's
        items, _ = page(register, ActivityWindow(everything, start=(number - 1) * SIZE))
        with dumps.swapped(path) as file:
            file.write(json.dumps(items, ensure_ascii=False).encode())

    with dumps.opened(settings.data_dir / FOLDER / name, make) as file:
        stored: list[dict[str, Any]] = json.load(file)
    return stored


def one(register: Register, seq: int) -> dict[str, Any] | None:
    """Return the activity of a journal row, None where it is none."""
    row = register.session.scalar(
        _rows(register, everything=True).where(JournalRow.seq == seq)
    )
    return None if row is None else activity(register, row)


def _rows(register: Register, *, everything: bool) -> Select[JournalRow]:
    """Select the rows that tell of databases, services and agencies; those first
    entered as references if asked for.
    """
    kinds = [
        kind.name
        for kind in register.profile.kinds.values()
        if _told(register, kind.name)
    ]
    query = select(JournalRow).join(Entry, Entry.id == JournalRow.entry_id)
    query = query.where(
        JournalRow.action.in_(DATED),
        Entry.kind.in_(kinds),
        JournalRow.seq <= register.at.known_at,
    )
    if everything:
        return query
    reference = select(Version.entry_id).join(Fact, Fact.version_id == Version.id)
    reference = reference.where(Version.number == 1, catalogue.REFERENCE)
    return query.where(JournalRow.entry_id.not_in(reference))


def _told(register: Register, name: str) -> bool:
    kind = register.profile.kinds[name]
    return records.link(kind) is not None or FOAF.Agent in kind.rdf_types


def activity(register: Register, row: JournalRow) -> dict[str, Any] | None:
    """Return what a row did, None where nothing can be seen of it on its day."""
    entry = row.entry_id
    if entry is None:
        return None
    now, then = _standing(register, row), _standing(register, _previous(register, row))
    type_ = _TYPES.get((_listed(register, then), _listed(register, now)))
    if now is None or type_ is None:
        return None
    iri = f"{register.profile.base}/changes/{row.seq}"
    body: dict[str, Any] = {"@id": iri, "@type": type_, "as:object": {"@id": now.iri}}
    body["as:published"] = {
        "@value": str(records.instant(row.at)),
        "@type": "xsd:dateTime",
    }
    body["as:result"] = _version(register, now, _moment(row))
    return (
        body
        if type_ == DELETE
        else {**body, "@graph": _content(register, now, _moment(row))}
    )


def _version(register: Register, standing: Standing, at: Moment) -> dict[str, Any]:
    """Return the version that came of it: its number, and where it can be read for ever
    as it stood.
    """
    number = (
        select(Version.number)
        .join(Period, Period.version_id == Version.id)
        .where(Period.id == standing.period_id)
    )
    word = register.profile.kinds[standing.kind].path_word
    page = f"{register.profile.base}/doc/{word}/{standing.local_id}"
    address = f"{page}?as_of={at.as_of}&known_at={at.known_at}"
    return {"@id": address, "dcat:version": str(register.session.scalars(number).one())}


# listed before, listed now
_TYPES = {
    (False, True): CREATE,
    (True, True): UPDATE,
    (True, False): DELETE,
}


def _previous(register: Register, row: JournalRow) -> JournalRow | None:
    """Return the row of the same entry before this one: as it left the entry, so it
    stood until this one.
    """
    query = select(JournalRow).where(
        JournalRow.entry_id == row.entry_id, JournalRow.action.in_(DATED)
    )
    return register.session.scalar(
        query.where(JournalRow.seq < row.seq).order_by(JournalRow.seq.desc()).limit(1)
    )


def _moment(row: JournalRow) -> Moment:
    return Moment(clock.local(row.at).date(), row.seq)


def _standing(register: Register, row: JournalRow | None) -> Standing | None:
    if row is None or row.entry_id is None:
        return None
    there = Register(
        register.session, register.profile, _moment(row), register.audience
    )
    return next(iter(there.standings_of([row.entry_id])), None)


def _listed(register: Register, standing: Standing | None) -> bool:
    if standing is None:
        return False
    # an agency that has ended is still told of
    stays = records.link(register.profile.kinds[standing.kind]) is None
    return standing.state in records.LISTED or (stays and standing.state is State.ENDED)


def _content(register: Register, standing: Standing, at: Moment) -> list[Any]:
    there = Register(register.session, register.profile, at, register.audience)
    (block,) = representations.blocks(there, [standing], "jsonld")
    # the catalogue's own node would hold nothing but the link to the entry
    catalogue_iri = str(records.catalogue_iri(register.profile))
    return [
        node
        for node in json.loads(b"[%b]" % block.text)
        if node["@id"] != catalogue_iri
    ]


def collection(base: str, total: int, query: str) -> dict[str, Any]:
    """Return the collection: how many rows are told, and where its newest and its
    oldest page are.
    """
    last = max(1, ceil(total / SIZE))
    here = f"{base}/changes{_asked('?', query)}"
    pages = {"first": _address(base, last, query), "last": _address(base, 1, query)}
    return {
        "@context": CONTEXT,
        "@id": here,
        "@type": "as:OrderedCollection",
        "totalItems": total,
        **pages,
    }


def document(
    base: str, number: int, total: int, items: Sequence[dict[str, Any]], query: str
) -> dict[str, Any]:
    """Return a page, newest first; page 1 is the oldest, so that a full page stays as
    it is.
    """
    last = max(1, ceil(total / SIZE))
    around = {"next": number - 1, "prev": number + 1}
    return {
        "@context": CONTEXT,
        "@id": _address(base, number, query),
        "@type": "as:OrderedCollectionPage",
        "partOf": f"{base}/changes{_asked('?', query)}",
        **{
            name: _address(base, place, query)
            for name, place in around.items()
            if 1 <= place <= last
        },
        "orderedItems": list(reversed(items)),
    }


def following(
    base: str, after: int, last: int | None, items: Sequence[dict[str, Any]], query: str
) -> dict[str, Any]:
    """Return what came after a journal row, oldest first, and where to ask next;
    nothing to ask where nothing came.
    """
    more = f"&{query}" if query else ""
    return {
        "@context": CONTEXT,
        "@id": f"{base}/changes?after={after}{more}",
        "@type": "as:OrderedCollectionPage",
        "partOf": f"{base}/changes{_asked('?', query)}",
        **({"next": f"{base}/changes?after={last}{more}"} if last is not None else {}),
        "orderedItems": list(items),
    }


def _address(base: str, number: int, query: str) -> str:
    return f"{base}/changes?page={number}{_asked('&', query)}"


def _asked(mark: str, query: str) -> str:
    return f"{mark}{query}" if query else ""
