"""What the shared warehouse holds of the province's databases on a day, and what is
missing; the same as a spreadsheet that can be filled in and sent back.
"""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached
from flask import Blueprint, Response, render_template, request

from app.documents.tables import warehouse_sheet
from app.exchange import warehouse as held
from app.exchange.models import Integrated
from app.exchange.warehouse import Holding
from app.permissions import declares
from app.register import agency_names
from app.register.own_databases import ORIGINALS
from app.register.queries import EntryView, Register
from app.vietnamese import clean
from app.web.display import exchange_rows, warehouse_words, wording
from app.web.http import guard
from app.web.http.current import opened
from app.web.http.negotiation import finish
from app.web.http.sending_files import XLSX, attachment
from catalog_schema.profile import DATABASE

blueprint = Blueprint("warehouse", __name__)
ROWS = 100
_KEPT = 8  # moments that are remembered
_ORDER = (Integrated.NONE, Integrated.PART, None, Integrated.WHOLE)


@dataclass(frozen=True)
class Row:
    """A database, whose it is, what the warehouse holds of it."""

    view: EntryView
    owner: EntryView | None
    holding: Holding

    @property
    def state(self) -> str:
        """How much of it is there, as an address says it."""
        return self.holding.integrated or warehouse_words.UNSAID

    @property
    def records(self) -> int | None:
        """How many records were last said of the whole database."""
        return self.holding.whole.records if self.holding.whole else None


def _moment(register: Register) -> Hashable:
    return register.edition, register.at.known_at


@cached(LRUCache[Hashable, Any](_KEPT), key=_moment, lock=Lock())
def _rows(register: Register) -> list[Row]:
    """Return all original databases: what is missing first, then by title."""
    views = register.all(ORIGINALS)
    holdings = held.held(register, views)
    owners = register.by_ids(
        UUID(view.content["owner"]) for view in views if "owner" in view.content
    )
    titles = {str(one): owner for one, owner in owners.items()}
    rows = [
        Row(
            view,
            titles.get(view.content.get("owner", "")),
            holdings[view.id],
        )
        for view in views
    ]
    return sorted(
        rows, key=lambda row: (_ORDER.index(row.holding.integrated), row.view.sort_key)
    )


def _chosen(register: Register) -> list[Row]:
    state = request.args.get("tinh-trang", "")
    name = clean(request.args.get("co-quan-loc", ""))[:200]
    rows = _rows(register)
    if state:
        rows = [row for row in rows if row.state == state]
    if name:
        meant = {view.id for view in agency_names.meant_today(register, name)}
        rows = [row for row in rows if row.owner and row.owner.id in meant]
    return rows


@blueprint.get("/chia-se/kho")
@declares(None)
def listed() -> Response:
    """Show what the warehouse holds of each database."""
    with opened(guard.reader()) as register:
        rows, every = _chosen(register), _rows(register)
        counts = Counter(row.state for row in every)
        states = [
            (code, f"{name} ({counts[code]})") for code, name in warehouse_words.named()
        ]
        page = render_template(
            "public/warehouse.html",
            rows=rows[:ROWS],
            total=len(rows),
            counts=counts,
            every=len(every),
            states=states,
            nobody=exchange_rows.nobody(register),
            may_count=guard.may_count(),
            at=register.at,
        )
    return finish(Response(page), None)


@blueprint.get("/chia-se/kho/<local_id>")
@declares(None)
def one(local_id: str) -> Response:
    """Show what was said of a database and its items, day by day."""
    with opened(guard.reader()) as register:
        view = register.get(DATABASE, local_id)
        page = render_template(
            "public/warehouse_database.html",
            view=view,
            holding=held.held(register, [view])[view.id],
            rows=held.history(register, view),
            checked=partial(wording.checked, register.profile),
            may_count=guard.may_count(),
            at=register.at,
        )
    return finish(Response(page), None)


@blueprint.get("/chia-se/kho.<any(xlsx, csv):extension>")
@declares(None)
def as_table(extension: str) -> Response:
    """Serve what is known, with a row to fill in for each database of which nothing
    is.
    """
    with opened(guard.reader()) as register:
        views = [row.view for row in _chosen(register)]
        lines = warehouse_sheet.rows(register, views, blank=True)
    name = f"kho-dung-chung.{extension}"
    if extension == "csv":
        body = warehouse_sheet.csv(lines)
        return finish(attachment(body, name, "text/csv; charset=utf-8"), None)
    return finish(attachment(warehouse_sheet.workbook(lines), name, XLSX), None)
