"""The home page: the search box, figures, the latest changes."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.permissions import declares
from app.rdf.writing.formats import FORMATS
from app.register import codes as code_queries
from app.register.conditions import Condition
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import State
from app.search import facet_counts as counting
from app.web.display import wording
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from catalog_schema.profile import DATABASE

blueprint = Blueprint("home", __name__)
_SHOWN = 6  # changes


@dataclass(frozen=True)
class Figure:
    """A figure of the home page, and the list that it counts."""

    label: object
    value: int
    href: str
    note: str = ""


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
            featured=installation().settings.featured_day,
        )
    return finish(Response(page), None)


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
