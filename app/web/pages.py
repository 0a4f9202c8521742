"""Pages to read: home, search, agencies, standards, the profile, downloads. A view parses, asks once, renders."""

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _

from app import reading
from app.permissions import declares
from app.rdf.formats import FORMATS
from app.register import tree
from app.register.narrowing import Filter
from app.register.queries import Register
from app.register.standing import State
from app.search import counts as counting
from app.web.linked_data import finish, installation

blueprint = Blueprint("pages", __name__)

STATIC = Path(__file__).parent / "static"
_DATABASES = ("shared-database",)


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
    with _register() as register:
        page = render_template(
            "home.html",
            figures=_figures(register),
            latest=register.latest(6),
            formats=FORMATS.values(),
            at=register.at,
            featured=installation().settings.featured_day,
        )
    return finish(Response(page), None)


def _register() -> AbstractContextManager[Register]:
    day, row = reading.day(request.args.get("as_of")), reading.number(request.args.get("known_at"))
    return reading.register(installation(), day, row)


def _figures(register: Register) -> list[Figure]:
    present = (State.IN_FORCE, State.SUSPENDED)
    originals = Filter(_DATABASES, present, {"record_kind": ("goc",)})
    owned: dict[str, Any] = {"kind": "shared-database", "record_kind": "goc", "state": present}
    databases, owners = counting.facets(register, originals, ["owner"])
    codes = Filter(("identifier-code",), present, {"status": ("dang-dung",)})
    standards = Filter(("data-standard",), present)
    return [
        Figure(_("Cơ sở dữ liệu dùng chung của tỉnh"), databases, url_for("searching.results", **owned)),
        Figure(
            _("Cơ quan chủ quản các cơ sở dữ liệu đó"),
            len(owners["owner"]),
            url_for("pages.owners"),
        ),
        Figure(
            _("Mã định danh đang dùng"),
            counting.facets(register, codes, [])[0],
            url_for("searching.results", kind="identifier-code", status="dang-dung", state=present),
        ),
        Figure(_("Tiêu chuẩn dữ liệu"), counting.facets(register, standards, [])[0], url_for("pages.standards")),
    ]


@blueprint.get("/co-quan")
@declares(None)
def agencies() -> Response:
    """Show the agencies of a day as a tree, with their codes."""
    with _register() as register:
        page = render_template("agencies.html", branches=tree.agencies(register), at=register.at)
    return finish(Response(page), None)


@blueprint.get("/chu-quan")
@declares(None)
def owners() -> Response:
    """Show how many original databases each agency owns."""
    wanted = Filter(_DATABASES, (State.IN_FORCE, State.SUSPENDED), {"record_kind": ("goc",)})
    with _register() as register:
        counts = register.facet(wanted, "owner")
        views = register.by_ids(UUID(value) for value, _count in counts)
        rows = [(views[UUID(value)], count) for value, count in counts]
        page = render_template("owners.html", rows=rows, at=register.at)
    return finish(Response(page), None)


@blueprint.get("/tieu-chuan")
@declares(None)
def standards() -> Response:
    """List the data standards, with how many databases follow each."""
    with _register() as register:
        views = register.all(Filter(("data-standard",)))
        views.sort(key=lambda view: view.sort_key)
        followed = Counter(dict(register.facet(Filter(_DATABASES), "conforms_to")))
        lists = register.profile.lists
        page = render_template("standards.html", views=views, followed=followed, lists=lists, at=register.at)
    return finish(Response(page), None)


@blueprint.get("/tai-ve")
@declares(None)
def downloads() -> Response:
    """Tell machines where everything is."""
    page = render_template("downloads.html", formats=FORMATS.values(), base=installation().settings.base_uri)
    return finish(Response(page), None)


@blueprint.get("/static/<path:name>", endpoint="static")
@declares(None)
def static_file(name: str) -> Response:
    """Serve a style sheet, script, font or mark; cached for a day."""
    answer = send_from_directory(STATIC, name, max_age=86400)
    answer.direct_passthrough = False
    answer.get_data()  # whole, so that it can be compressed; no file here is large
    return answer
