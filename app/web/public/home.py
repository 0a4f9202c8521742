"""The home page: the search box, figures, the latest changes."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from app.permissions import declares
from app.rdf.writing.formats import FORMATS
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import State
from app.search import facet_counts as counting
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from catalog_schema.profile import DATABASE

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True)
class Figure:
    """A figure of the home page, and the list that it counts."""

    label: object
    value: int
    href: str


@blueprint.get("/")
@declares(None)
def home() -> Response:
    """Show the search box, the figures and the latest changes."""
    with opened() as register:
        page = render_template(
            "public/home.html",
            figures=_figures(register),
            latest=register.latest(6),
            formats=FORMATS.values(),
            at=register.at,
            featured=installation().settings.featured_day,
        )
    return finish(Response(page), None)


def _figures(register: Register) -> list[Figure]:
    present = (State.IN_FORCE, State.SUSPENDED)
    originals = Filter((DATABASE,), present, {"record_kind": ("goc",)})
    owned: dict[str, Any] = {"kind": DATABASE, "record_kind": "goc", "state": present}
    databases, owners = counting.facets(register, originals, ["owner"])
    codes = Filter(("identifier-code",), present, {"status": ("dang-dung",)})
    standards = Filter(("data-standard",), present)
    return [
        Figure(
            _("Cơ sở dữ liệu dùng chung của tỉnh"),
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
            counting.facets(register, codes, [])[0],
            url_for(
                "search.results",
                kind="identifier-code",
                status="dang-dung",
                state=present,
            ),
        ),
        Figure(
            _("Tiêu chuẩn dữ liệu"),
            counting.facets(register, standards, [])[0],
            url_for("standards.standards"),
        ),
    ]
