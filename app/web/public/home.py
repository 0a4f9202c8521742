"""The home page: the search box, figures, the latest changes."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from app import clock, succession
from app.permissions import declares
from app.rdf.writing.formats import FORMATS
from app.register import codes as code_queries
from app.register.conditions import Condition
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, State
from app.search import facet_counts as counting
from app.web.display import wording
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from catalog_schema.profile import DATABASE

blueprint = Blueprint("home", __name__)
_SHOWN = 6  # changes
_ACTS = 3  # days of reorganisation to look back to


@dataclass(frozen=True)
class Figure:
    """A figure of the home page, and the list that it counts."""

    label: object
    value: int
    href: str
    note: str = ""


@dataclass(frozen=True)
class Stop:
    """A day to look back to, and what happened then."""

    day: date
    what: str


@blueprint.get("/")
@declares(None)
def home() -> Response:
    """Show the search box, the figures and the latest changes."""
    with opened() as register:
        page = render_template(
            "public/home.html",
            figures=_figures(register),
            latest=_latest(register),
            recorded=register.at.as_of == clock.today(),
            formats=FORMATS.values(),
            at=register.at,
            stops=_stops(register),
        )
    return finish(Response(page), None)


def _stops(register: Register) -> list[Stop]:
    """Return a few days on which the list was another: the featured one, those on which
    most agencies were reorganised, and today.
    """
    acts = register.all(Filter((succession.KIND,), PRESENT))
    days = Counter(act.content["date"] for act in acts)
    featured, today = installation().settings.featured_day, clock.today()
    chosen = {date.fromisoformat(day): count for day, count in days.most_common(_ACTS)}
    stops = [
        Stop(day, _("%(n)s việc sắp xếp cơ quan", n=count))
        for day, count in chosen.items()
        if day < today
    ]
    if featured is not None:
        stops.append(Stop(featured, _("Danh mục đầu tiên")))
    stops.append(Stop(today, _("Hiện nay")))
    return sorted(stops, key=lambda stop: stop.day)


def _latest(register: Register) -> list[EntryView]:
    """Return what was recorded last; as of another day what took effect last before it,
    since what was recorded later tells of days that were to come.
    """
    if register.at.as_of == clock.today():
        return register.latest(_SHOWN)
    return register.latest_in_effect(_SHOWN)


def _figures(register: Register) -> list[Figure]:
    present = (State.IN_FORCE, State.SUSPENDED)
    originals = Filter((DATABASE,), present, {"record_kind": ("goc",)})
    owned: dict[str, Any] = {"kind": DATABASE, "record_kind": "goc", "state": present}
    province = wording.province_type(
        installation().settings.province(register.at.as_of)
    )
    databases, owners = counting.facets(register, originals, ["owner"])
    codes = code_queries.conditions_of_all(register)
    without_start = codes[Condition.START_UNKNOWN]
    standards = Filter(("data-standard",), present)
    return [
        Figure(
            _("Cơ sở dữ liệu dùng chung của %(type)s", type=province),
            databases,
            url_for("search.results", **owned),
        ),
        Figure(
            _("Cơ quan chủ quản các cơ sở dữ liệu đó"),
            len(owners["owner"]),
            url_for("agencies.owners"),
        ),
        Figure(
            _("Mã định danh đang dùng"),
            codes[Condition.IN_USE],
            url_for(
                "search.results",
                kind="identifier-code",
                status="dang-dung",
                state=present,
            ),
            _("Chưa xác định ngày bắt đầu: %(n)s", n=wording.number(without_start))
            if without_start
            else "",
        ),
        Figure(
            _("Tiêu chuẩn dữ liệu"),
            counting.facets(register, standards, [])[0],
            url_for("standards.standards"),
        ),
    ]
