"""Who shares what with whom: the question for a path first, then the connections of a
day as a table, then the same as a picture.
"""

from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.documents.tables import relations as qh_ketnoi
from app.documents.tables import task_table
from app.errors import MalformedError, NotFoundError, UnavailableError
from app.exchange import connections, paths
from app.exchange.connections import CONNECTION
from app.permissions import declares
from app.register import agency_names, tree
from app.register.filters import Filter
from app.register.own_databases import ORIGINALS
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT
from app.search import service as search
from app.vietnamese import clean
from app.web.display import (
    case_origins,
    exchange_rows,
    exchange_words,
    pictures,
    wording,
)
from app.web.display.exchange_rows import Row
from app.web.display.exchange_words import Answer
from app.web.display.pictures import Network
from app.web.http import guard, language
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from app.web.http.sending_files import XLSX, attachment
from app.workflow.time.terms import Rule
from catalog_schema.profile import DATABASE

blueprint = Blueprint("exchange", __name__)
ROWS = 20
MOST_DRAWN = 60  # rows of which a picture can still be read
_KEPT = 64  # lists that are remembered
_MOST_SOURCES = 6
_LONGEST = 200  # letters of what is asked for
_ALL_CONNECTED = "mandatory-sharing"  # of the table of terms
_STATES = "trang-thai-ket-noi"
_LOOKS = {"live": "live", "not-yet": "trial", "suspended": "trial", "lapsed": "case"}


@dataclass(frozen=True)
class Asked:
    """The question for a path as it was typed, and its answers, the one that lacks
    least first; `error` where it could not be understood.
    """

    agency: str = ""
    wanted: str = ""
    meant: EntryView | None = None
    answers: Sequence[Answer] = field(default=())
    error: str = ""


@blueprint.get("/chia-se")
@declares(None)
def exchange() -> Response:
    """Show the answer to a question for a path, the connections of a day, and the map
    of them.
    """
    with opened(guard.reader()) as register:
        listed = _listed(register, _filter(register), request.args.get("after"))
        page = render_template(
            "public/exchange.html",
            **_answered(register),
            listed=listed,
            offices=_offices(register),
            states=_states(register),
            nobody=exchange_rows.nobody(register),
            countdown=_countdown(register.at.as_of),
            at=register.at,
        )
    return finish(Response(page), None)


@dataclass(frozen=True)
class Countdown:
    """A day by which law wants all to be connected, and how many are left."""

    rule: Rule
    day: date
    days: int


def _countdown(day: date) -> Countdown | None:
    found = installation().office.terms.fixed(_ALL_CONNECTED, day)
    if found is None:
        return None
    rule, last = found
    return Countdown(rule, last, (last - day).days)


# the picture in words: who gives, what of theirs, the rows of who takes it
Outline = Mapping[str, Mapping[str, Sequence[Row]]]


@dataclass(frozen=True)
class Listed:
    """A part of the connections: its rows, how many there are, where the next part
    begins, the picture of all where there are few; of how many of the province's own
    databases there is one, and of how many none.
    """

    rows: Sequence[Row]
    total: int
    after: str | None
    drawn: Network | None
    outline: Outline
    connected: int
    unconnected: int


def _question(register: Register, wanted: Filter, after: str | None) -> Hashable:
    return register.edition, repr(wanted), after, language.current()


@cached(LRUCache[Hashable, Any](_KEPT), key=_question, lock=Lock())
def _listed(register: Register, wanted: Filter, after: str | None) -> Listed:
    views, more = register.page(wanted, after=after, limit=ROWS)
    rows = exchange_rows.rows(register, [connections.read(view) for view in views])
    total = register.count(wanted)
    every = _rows(register, wanted) if 0 < total <= MOST_DRAWN else []
    own, connected = register.ids(ORIGINALS), connections.connected(register)
    return Listed(
        rows,
        total,
        more,
        _map(every) if every else None,
        _outline(every),
        len(own & connected),
        len(own - connected),
    )


@blueprint.get("/chia-se/QH_KETNOI.<any(xlsx, csv):extension>")
@declares(None)
def relations(extension: str) -> Response:
    """Serve the connections of a day as the form QH_KETNOI."""
    with opened(guard.reader()) as register:
        views = register.all(_filter(register))
        settings = installation().settings
        table = qh_ketnoi.relations(
            register, views, task_table.SETTLED_BY, made_up=settings.demonstration
        )
    name = f"{qh_ketnoi.SHEET}.{extension}"
    if extension == "csv":
        return finish(attachment(table.csv(), name, "text/csv; charset=utf-8"), None)
    return finish(attachment(table.xlsx(), name, XLSX), None)


@blueprint.get("/chia-se/chua-ket-noi")
@declares(None)
def unconnected() -> Response:
    """List the province's own databases that no connection names."""
    with opened(guard.reader()) as register:
        lacking = register.ids(ORIGINALS) - connections.connected(register)
        views = sorted(
            register.by_ids(lacking).values(), key=lambda view: view.sort_key
        )
        owners = register.by_ids(
            UUID(view.content["owner"]) for view in views if "owner" in view.content
        )
        page = render_template(
            "public/unconnected.html",
            views=views,
            owners={str(one): view for one, view in owners.items()},
            at=register.at,
        )
    return finish(Response(page), None)


def _filter(register: Register) -> Filter:
    """Return which connections the address asks for."""
    state = request.args.get("tinh-trang", "")
    known = state in register.profile.lists.schemes[_STATES].concepts
    facts = {"connection_state": (state,)} if known else {}
    name = clean(request.args.get("co-quan-loc", ""))[:_LONGEST]
    database = request.args.get("csdl", "")
    ids = None
    if database:
        with suppress(NotFoundError):
            database_id = register.get(DATABASE, database).id
            about = connections.about(register, [database_id])
            ids = [each.view.id for each in about]
    elif name:
        meant = [view.id for view in _meant(register, name)]
        ids = list(connections.of_agency(register, meant))
    return Filter((CONNECTION,), PRESENT, facts, ids)


def _states(register: Register) -> list[tuple[str, str]]:
    concepts = register.profile.lists.schemes[_STATES].concepts
    return [(code, wording.label(one.labels)) for code, one in concepts.items()]


def _answered(register: Register) -> dict[str, object]:
    """Return the question with its answers, and the cases that came of what they
    miss.
    """
    asked = _asked(register)
    offers = [answer.offer for answer in asked.answers if answer.offer]
    nothing = None
    if asked.meant and not asked.answers and case_origins.may_open():
        nothing = case_origins.of_nothing(asked.wanted)
        offers.append(nothing)
    origins = [offer.origin for offer in offers]
    begun = case_origins.begun(register.session, origins)
    return {"asked": asked, "begun": begun, "of_nothing": nothing}


def _asked(register: Register) -> Asked:
    wanted = clean(request.args.get("du-lieu", ""))[:_LONGEST]
    name = clean(request.args.get("co-quan", ""))[:_LONGEST]
    if not name and not wanted:
        return Asked(_own_agency(register))
    if not name or not wanted:
        missing = _("Nhập cả cơ quan cần dữ liệu và dữ liệu cần")
        return Asked(name, wanted, error=missing)
    agencies = _meant(register, name)
    if len(agencies) != 1:
        return Asked(name, wanted, error=_which(name, agencies))
    return Asked(
        agencies[0].title, wanted, agencies[0], _answers(register, agencies[0], wanted)
    )


def _meant(register: Register, name: str) -> list[EntryView]:
    """Return the agencies that a name may mean: those of just that name, else those
    that offices write so, else what came after them.
    """
    exact = agency_names.meant(register, name)
    if exact:
        return agency_names.living(register, set(exact))
    return agency_names.meant_today(register, name)


def _which(name: str, agencies: Sequence[EntryView]) -> str:
    """Return what is to be mended where a name means no one agency."""
    if not agencies:
        return str(
            _("Không có cơ quan “%(name)s” vào ngày này; chọn trong gợi ý", name=name)
        )
    listed = "; ".join(view.title for view in agencies)
    return str(_("Có nhiều cơ quan: %(names)s. Ghi rõ một", names=listed))


def _answers(register: Register, agency: EntryView, wanted: str) -> list[Answer]:
    databases = _sources(register, wanted)
    found = paths.paths(register, agency.id, databases, wanted)[:_MOST_SOURCES]
    owners = register.by_ids(
        UUID(view.content["owner"]) for view in databases if "owner" in view.content
    )
    titles = {str(one): view.title for one, view in owners.items()}
    answers = []
    for path in found:
        owner = titles.get(path.database.content.get("owner", ""), "")
        answers.append(exchange_words.answer(register, agency, path, owner))
    return answers


def _own_agency(register: Register) -> str:
    """Return whose question it is first: the reader's own agency."""
    actor = current_user.account.actor if current_user.is_authenticated else None
    own = register.by_ids([actor.agency_id]) if actor else {}
    return next((view.title for view in own.values()), "")


def _sources(register: Register, wanted: str) -> list[EntryView]:
    """Return the databases with an item of just that name, else those of that title,
    else those that a search for it gives.
    """
    exact = paths.with_item(register, wanted)
    if exact:
        return exact
    try:
        found = search.search(
            register,
            installation().index,
            wanted,
            Filter((DATABASE,), PRESENT),
            limit=_MOST_SOURCES,
            facets=(),
        )
    except (MalformedError, UnavailableError):
        return []
    return found.items


@cached(LRUCache[Hashable, Any](_KEPT), key=lambda each: each.edition, lock=Lock())
def _offices(register: Register) -> list[str]:
    """Return the names that are offered while an agency is typed."""
    committee = installation().settings.province(register.at.as_of).committee
    grouped = tree.province_first(tree.agencies(register), committee)
    branches = [*grouped.province, *grouped.offices, *grouped.vertical]
    return [branch.agency.title for branch in branches]


def _rows(register: Register, wanted: Filter) -> list[Row]:
    """Return all these connections, by title."""
    shown = [connections.read(view) for view in register.all(wanted)]
    shown.sort(key=lambda each: each.view.sort_key)
    return exchange_rows.rows(register, shown)


def _given(row: Row) -> str:
    return row.giver.thing.title if row.giver.thing else str(_("Chưa xác định"))


def _map(rows: Sequence[Row]) -> Network:
    """Return the picture of these connections: who gives, what, who takes."""
    links = []
    for row in rows:
        look = "case" if row.case_by_case else _LOOKS[row.running.value]
        links.append((row.giver.agency, _given(row), row.taker.agency, look))
    return pictures.network(links)


def _outline(rows: Sequence[Row]) -> Outline:
    found: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        given = found.setdefault(row.giver.agency, {})
        given.setdefault(_given(row), []).append(row)
    return found
