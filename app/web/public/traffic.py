"""How much ran over channels and connections: twelve months, totals that run to a day,
and what both ends of a connection counted, side by side.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached
from flask import Blueprint, Response, render_template

from app.documents.tables import traffic_sheet
from app.exchange import traffic
from app.exchange.models import TrafficFigure
from app.exchange.traffic import Series
from app.permissions import declares
from app.register.queries import EntryView, Register
from app.web.display import exchange_rows, traffic_words, wording
from app.web.display.traffic_words import amount, counted
from app.web.http import guard
from app.web.http.current import opened
from app.web.http.negotiation import finish
from app.web.http.sending_files import XLSX, attachment

blueprint = Blueprint("traffic", __name__)
MOST_SERIES = 100
MOST_PAIRS = 50
_KEPT = 8  # moments that are remembered


@dataclass(frozen=True)
class Line:
    """A series as a row: of what, what is counted, a cell for each month ("" where
    nothing is known), the sum, and the months that it lacks.
    """

    of: EntryView | None
    channel: str
    counted: str
    cells: Sequence[str]
    total: str
    missing: Sequence[str]
    illustrative: bool


@dataclass(frozen=True)
class Total:
    """A figure that runs to a day, in words."""

    of: EntryView | None
    channel: str
    counted: str
    value: str
    until: str
    figure: TrafficFigure


@blueprint.get("/chia-se/luu-thong")
@declares(None)
def monthly() -> Response:
    """Show what ran month by month, running totals, and where two sides differ."""
    with opened(guard.reader()) as register:
        months = traffic.months(register.at.as_of)
        figures, total, running, pairs = _read(register)
        names = register.by_ids(traffic.connection_ids([*figures, *running]))
        found = traffic.series(figures)
        names |= register.by_ids({pair.connection for pair in pairs} - names.keys())
        page = render_template(
            "public/traffic.html",
            months=[_month(month) for month in months],
            lines=[_line(register, names, each, months) for each in found],
            unshown=max(total - MOST_SERIES, 0),
            running=[_total(register, names, each) for each in running],
            pairs=[
                (names.get(pair.connection), _month(pair.month), pair) for pair in pairs
            ],
            flows=traffic_words.FLOWS,
            may_count=guard.may_count(),
            at=register.at,
        )
    return finish(Response(page), None)


def _moment(register: Register) -> Hashable:
    return register.edition, register.at.known_at


@cached(LRUCache[Hashable, Any](_KEPT), key=_moment, lock=Lock())
def _read(register: Register) -> tuple[Any, ...]:
    """Return the figures of the last months, how many connections have any, what runs
    to a day, and what both ends counted.
    """
    months = traffic.months(register.at.as_of)
    span = months[0], months[-1]
    figures, total = traffic.of_most(register, *span, MOST_SERIES)
    pairs = traffic.reconciled(register, *span, MOST_PAIRS)
    return figures, total, traffic.running(register), pairs


@blueprint.get("/chia-se/luu-thong.<any(xlsx, csv):extension>")
@declares(None)
def as_table(extension: str) -> Response:
    """Serve the figures of the last twelve months and the running totals as a file that
    can be changed and sent back.
    """
    with opened(guard.reader()) as register:
        months = traffic.months(register.at.as_of)
        figures = traffic.of_months(register, months[0], months[-1])
        lines = traffic_sheet.rows(register, [*figures, *traffic.running(register)])
    name = f"luu-thong.{extension}"
    if extension == "csv":
        body = traffic_sheet.csv(lines)
        return finish(attachment(body, name, "text/csv; charset=utf-8"), None)
    return finish(attachment(traffic_sheet.workbook(lines), name, XLSX), None)


def _month(month: date) -> str:
    return f"{month.month}/{month.year % 100:02d}"


def _line(
    register: Register,
    names: Mapping[UUID, EntryView],
    one: Series,
    months: Sequence[date],
) -> Line:
    # what is asked for begins where the series does: before, nobody had promised any
    first = min(one.values)
    asked = [month for month in months if month >= first]
    cells = [
        wording.number(int(one.values[month])) if month in one.values else ""
        for month in months
    ]
    return Line(
        names.get(one.connection) if one.connection else None,
        exchange_rows.channel(register.profile.lists, one.channel),
        counted(one),
        cells,
        wording.number(int(one.total(asked))),
        [_month(month) for month in one.missing(asked[:-1])],
        one.illustrative,
    )


def _total(
    register: Register, names: Mapping[UUID, EntryView], figure: TrafficFigure
) -> Total:
    connection = figure.connection_id
    return Total(
        names.get(connection) if connection else None,
        exchange_rows.channel(register.profile.lists, figure.channel),
        counted(figure),
        f"{amount(figure.value)} {figure.unit}",
        traffic_sheet.span(figure),
        figure,
    )
