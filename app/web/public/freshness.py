"""How fresh the data of the province's databases are on a day, as a list with twelve
months of each; the same as a spreadsheet, and as measurements for machines.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from uuid import UUID

from cachetools import LRUCache, cached
from flask import Blueprint, Response, render_template, request

from app import clock
from app.documents.tables import cells
from app.documents.tables.workbook import Sheet, workbook
from app.exchange import freshness as measured
from app.exchange import statements
from app.exchange.freshness import Fresh
from app.permissions import PUBLIC, declares
from app.rdf.writing import formats, measurements
from app.rdf.writing.formats import FORMATS
from app.register import agency_names
from app.register.own_databases import ORIGINALS
from app.register.queries import EntryView, Register
from app.vietnamese import clean
from app.web.display import case_origins, exchange_rows, freshness_words, wording
from app.web.http import guard
from app.web.http.current import opened
from app.web.http.negotiation import finish
from app.web.http.sending_files import XLSX, attachment

blueprint = Blueprint("freshness", __name__)
ROWS = 50
_KEPT = 8  # lists that are remembered
_HEADINGS = (
    "Mã",
    "Cơ sở dữ liệu",
    "Cơ quan chủ quản",
    "Tần suất cập nhật dữ liệu",
    "Dữ liệu cập nhật đến ngày",
    "Hạn cập nhật",
    "Tình trạng",
    "Hẹn ngày",
    "Lý do chậm",
    "Căn cứ của ngày",
    "Tháng có lưu thông gần nhất",
)

_WIDTHS = (10, 34, 24, 16, 12, 12, 18, 12, 30, 30, 14)


@dataclass(frozen=True)
class Row:
    """A database, whose it is, how fresh its data are."""

    view: EntryView
    owner: EntryView | None
    fresh: Fresh


@cached(LRUCache[Hashable, list[Row]](_KEPT), key=measured.moment, lock=Lock())
def _rows(register: Register) -> list[Row]:
    """Return all original databases, the latest first, then by title."""
    views = register.all(ORIGINALS)
    fresh = measured.all_of(register, views)
    owners = register.by_ids(
        UUID(view.content["owner"]) for view in views if "owner" in view.content
    )
    titles = {str(one): owner for one, owner in owners.items()}
    rows = [
        Row(view, titles.get(view.content.get("owner", "")), fresh[view.id])
        for view in views
    ]
    return sorted(rows, key=lambda row: (-row.fresh.late, row.view.sort_key))


def _chosen(register: Register) -> list[Row]:
    state = request.args.get("tinh-trang", "")
    name = clean(request.args.get("co-quan-loc", ""))[:200]
    rows = _rows(register)
    if state in {each.value for each in measured.Freshness}:
        rows = [row for row in rows if row.fresh.state == state]
    if name:
        meant = {view.id for view in agency_names.meant_today(register, name)}
        rows = [row for row in rows if row.owner and row.owner.id in meant]
    return rows


@blueprint.get("/chia-se/do-moi")
@declares(None)
def listed() -> Response:
    """Show how fresh the data of each database are, and were in the last months."""
    with opened(guard.reader()) as register:
        rows, every = _chosen(register), _rows(register)
        shown = rows[:ROWS]
        strips = _strip(register, shown)
        days = measured.month_ends(register.at.as_of)
        page = render_template(
            "public/freshness.html",
            rows=[
                (row, _frequency(register, row), strips[row.view.id]) for row in shown
            ],
            total=len(rows),
            nobody=exchange_rows.nobody(register),
            ran=measured.flowing(register, [row.view for row in shown]),
            months=[f"{day.month}/{day.year % 100:02d}" for day in days],
            states=_states(every),
            at=register.at,
            **_offers(register, shown),
        )
    return finish(Response(page), None)


def _offers(register: Register, rows: Sequence[Row]) -> dict[str, object]:
    """Return the cases that may be opened from late databases, and those that were."""
    if not case_origins.may_open() or register.at.as_of != clock.today():
        return {"offers": {}, "begun": {}}
    own = guard.actor().agency_id
    offers = {
        row.view.id: case_origins.of_late(row.view, row.owner.title)
        for row in rows
        if row.fresh.late > 0 and row.owner and row.owner.id != own
    }
    origins = [offer.origin for offer in offers.values()]
    return {"offers": offers, "begun": case_origins.begun(register.session, origins)}


def _states(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return every state with how many databases are in it, for a choice."""
    counts = Counter(row.fresh.state.value for row in rows)
    return [
        (code, f"{name} ({counts[code]})") for code, name in freshness_words.named()
    ]


def _strip(
    register: Register, rows: Sequence[Row]
) -> Mapping[UUID, list[tuple[str, str]]]:
    """Return what each database says of each of the last months."""
    views = [row.view for row in rows]
    said = statements.history(register, [view.id for view in views])
    days = measured.month_ends(register.at.as_of)
    strips = {}
    for view in views:
        months = measured.strip(view, said.get(view.id, ()), days)
        strips[view.id] = list(map(freshness_words.cell, months))
    return strips


@blueprint.get("/chia-se/do-moi.<any(xlsx, csv):extension>")
@declares(None)
def as_table(extension: str) -> Response:
    """Serve the list as a spreadsheet."""
    with opened(guard.reader()) as register:
        rows = _chosen(register)
        ran = measured.flowing(register, [row.view for row in rows])
        lines = [_line(register, row, ran.get(row.view.id)) for row in rows]
        title = f"Độ mới của dữ liệu, ngày {wording.day(register.at.as_of)}"
    name = f"do-moi.{extension}"
    if extension == "csv":
        body = cells.table(list(_HEADINGS), lines)
        return finish(attachment(body, name, "text/csv; charset=utf-8"), None)
    sheet = Sheet("Độ mới", title, _HEADINGS, lines, _WIDTHS)
    return finish(attachment(workbook([sheet]), name, XLSX), None)


def _frequency(register: Register, row: Row) -> str:
    """Return what the owner of a database promised, in the words of the page."""
    code = row.view.content.get("frequency")
    return exchange_rows.concept(register.profile.lists, "frequency", code)


def _line(register: Register, row: Row, ran: date | None) -> list[str]:
    known = row.fresh.known
    return [
        row.view.local_id,
        row.view.title,
        row.owner.title if row.owner else "",
        _frequency(register, row),
        _day(known.day),
        _day(row.fresh.due),
        freshness_words.words(row.fresh)[0],
        _day(known.delayed_until),
        known.reason,
        freshness_words.rests_on(row.fresh),
        f"{ran.month}/{ran.year}" if ran else "",
    ]


def _day(day: date | None) -> str:
    return str(wording.day(day)) if day else ""


@blueprint.get("/chia-se/do-moi.<any(ttl, nt, jsonld, rdf):extension>")
@declares(None)
def as_measurements(extension: str) -> Response:
    """Serve to which day data are current, as quality measurements beside the entries,
    which they do not change.
    """
    with opened(PUBLIC) as register:
        known = {row.view.iri: row.fresh.known for row in _rows(register)}
        graph = measurements.currency(register.profile.base, known)
    chosen = FORMATS[extension]
    body = chosen.write(formats.of(graph))
    return finish(Response(body, content_type=chosen.content_type), None)
