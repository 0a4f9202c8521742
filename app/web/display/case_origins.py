"""What is seen elsewhere turns into a case with one click: the form, filled in; and
there it is shown that it did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.exchange.cases import queries
from app.exchange.cases.kinds import obstacles, requests
from app.exchange.discrepancies import Gap, Line
from app.permissions import Action, may, reach
from app.register.queries import EntryView
from app.web.http import guard
from app.web.http.current import installation

_MOST_ITEMS = 30  # in an address
_LATE, _SILENT = "late", "gap"
# what is wrong with a line, as an obstacle calls it
_KINDS = {Gap.STALE: "chat-luong", Gap.SILENT: "ha-tang"}


@dataclass(frozen=True)
class Offer:
    """A case that may be opened from here: `origin` names where, `href` the form that
    is filled in; `number` of the one that came of it already.
    """

    origin: str
    href: str
    number: int | None = None


def may_open() -> bool:
    """Tell whether the reader may open a case for the own agency."""
    actor = guard.actor_or_none()
    return actor is not None and may(actor, Action.OPEN_CASE, actor.agency_id)


def reads() -> bool:
    """Tell whether the reader may read cases at all."""
    actor = guard.actor_or_none()
    return actor is not None and reach(actor, Action.READ_CASES) is not None


def _form(kind: str, origin: str, **filled: Any) -> str:
    word = installation().profile.cases[kind].path_word
    given = {name: value for name, value in filled.items() if value}
    return url_for("case_forms.new", word=word, tu=origin, **given)


def of_path(agency: EntryView, database: EntryView, item: str) -> Offer:
    """Return the request for the data of a path with a missing link."""
    origin = f"path {agency.local_id} {database.local_id} {item}"[:200]
    return Offer(origin, _request(database, origin, [item] if item else []))


def of_database(database: EntryView) -> Offer:
    """Return the request for the data of a database."""
    origin = f"entry {database.local_id}"
    return Offer(origin, _request(database, origin, ()))


def of_term(agreement: EntryView, databases: Sequence[EntryView]) -> Offer:
    """Return the request for more time under an agreement, filled in from it."""
    content = agreement.content
    origin = f"{requests.MORE_TIME}{agreement.local_id} {content.get('term_end', '')}"
    title = _("Gia hạn: %(name)s", name=agreement.title)[:300]
    purpose = content.get("purpose", "")
    href = _form(
        requests.NAME,
        origin,
        title=title,
        database=databases[0].local_id if databases else "",
        items=[item["name"] for item in content.get("items", ())][:_MOST_ITEMS],
        purpose=purpose[:300],
        legal_basis=content.get("legal_basis", ()),
        form=requests.REGULAR,
    )
    return Offer(origin, href)


def _request(database: EntryView, origin: str, items: Iterable[str]) -> str:
    named = list(items) or requests.items_of(database.content)[:_MOST_ITEMS]
    title = _("Khai thác dữ liệu: %(name)s", name=database.title)[:300]
    return _form(
        requests.NAME,
        origin,
        title=title,
        database=database.local_id,
        items=named,
        form=requests.REGULAR,
    )


def of_nothing(wanted: str) -> Offer:
    """Return the request for what nobody in the register has."""
    origin = f"search {wanted}"[:200]
    title = _("Khai thác dữ liệu: %(name)s", name=wanted)[:300]
    return Offer(origin, _form(requests.NAME, origin, title=title, items=[wanted]))


def of_line(line: Line, giver: str) -> Offer | None:
    """Return the obstacle that a silent line, or one over which late data run, is; None
    for what is mended by a proposal of one's own.
    """
    kind = _KINDS.get(line.gap)
    if kind is None:
        return None
    view = line.view
    origin = f"{_SILENT} {line.gap} {view.local_id}"
    title = _("Không có dữ liệu chạy: %(name)s", name=view.title)
    if line.gap is Gap.STALE:
        title = _("Dữ liệu chạy đã quá hạn cập nhật: %(name)s", name=view.title)
    named = {"connection": view.local_id} if view.kind == "connection" else {}
    href = _form(
        obstacles.NAME,
        origin,
        title=title[:300],
        type=kind,
        description=title[:300],
        addressee=giver,
        **named,
    )
    return Offer(origin, href)


def of_late(view: EntryView, owner: str) -> Offer:
    """Return the obstacle that the late data of a database are."""
    origin = f"{_LATE} {view.local_id}"
    title = _("Dữ liệu quá hạn cập nhật: %(name)s", name=view.title)[:300]
    href = _form(
        obstacles.NAME,
        origin,
        title=title,
        type=_KINDS[Gap.STALE],
        description=title,
        database=view.local_id,
        addressee=owner,
    )
    return Offer(origin, href)


def begun(session: Session, origins: Iterable[str]) -> Mapping[str, int]:
    """Return, by where they came from, the numbers of open cases that the reader may
    read; none for who may open none.
    """
    if not may_open():
        return {}
    found = queries.related(guard.desk(session), list(origins))
    return {origin: case.number for origin, case in found.items()}
