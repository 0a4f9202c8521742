"""Pages to read: home, search, agencies, standards, the profile, downloads. A view parses, asks once, renders."""

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app import reading
from app.permissions import declares
from app.rdf.formats import FORMATS
from app.register import tree
from app.register.queries import Filter, Register
from app.register.standing import State
from app.search import counts as counting
from app.search import service as search
from app.search.service import FACETS, Found
from app.web import wording
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


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what the form sends, what people read, how many there are, whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter of the search page."""

    name: str
    label: str
    choices: list[Choice]


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
        Figure(_("Cơ sở dữ liệu dùng chung của tỉnh"), databases, url_for("pages.results", **owned)),
        Figure(
            _("Cơ quan chủ quản các cơ sở dữ liệu đó"),
            len(owners["owner"]),
            url_for("pages.owners"),
        ),
        Figure(
            _("Mã định danh đang dùng"),
            counting.facets(register, codes, [])[0],
            url_for("pages.results", kind="identifier-code", status="dang-dung", state=present),
        ),
        Figure(_("Tiêu chuẩn dữ liệu"), counting.facets(register, standards, [])[0], url_for("pages.standards")),
    ]


@blueprint.get("/tim-kiem")
@declares(None)
def results() -> Response:
    """Search, with facets as a form that works without JavaScript."""
    names = (*FACETS, "record_kind", "status", "illustrative")
    given = {name: [value for value in request.args.getlist(name) if value] for name in names}
    text, after = request.args.get("q", ""), request.args.get("after") or None
    with _register() as register:
        wanted = reading.filters(register.profile, given, names)
        found = search.search(register, installation().index, text, wanted, after=after)
        page = render_template(
            "search.html",
            text=text,
            found=found,
            facets=_facets(register, found, given),
            chips=_chips(register, given),
            next=_with(after=found.after) if found.after else None,
            first=_with(after=None) if after else None,
            meant=_with(q=found.meant, after=None) if found.meant else None,
            again=_with(as_of=register.at.as_of.isoformat(), known_at=register.at.known_at, after=None),
            hidden=[(name, value) for name in ("record_kind", "status", "illustrative") for value in given[name]],
            at=register.at,
        )
    return finish(Response(page), None)


_FACET_LABELS = {
    "kind": _l("Loại đối tượng"),
    "owner": _l("Cơ quan chủ quản"),
    "theme": _l("Lĩnh vực"),
    "state": _l("Trạng thái"),
}


def _facets(register: Register, found: Found, given: dict[str, list[str]]) -> list[Facet]:
    facets = []
    for name, counts in found.facets.items():
        titles = _titles(register, name, [value for value, _count in counts])
        choices = [Choice(value, titles.get(value, value), count, value in given[name]) for value, count in counts]
        facets.append(Facet(name, str(_FACET_LABELS[name]), choices))
    return facets


def _titles(register: Register, name: str, values: list[str]) -> dict[str, str]:
    """Return what people read for the values of a filter."""
    if name == "kind":
        return {value: wording.label(register.profile.kinds[value].plural) for value in values}
    if name == "state":
        return {value: str(wording.STATES[State(value)][0]) for value in values}
    if name == "owner":
        views = register.by_ids(UUID(value) for value in values)
        return {str(entry_id): view.title for entry_id, view in views.items()}
    for kind in register.profile.kinds.values():
        for dotted, declared in kind.walk():
            if dotted == name and declared.code_list:
                concepts = register.profile.lists.schemes[declared.code_list].concepts
                return {value: wording.label(concepts[value].labels) for value in values if value in concepts}
    return {}


def _chips(register: Register, given: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return the chosen filters with the address of the same search without each."""
    chips = []
    for name, values in given.items():
        titles = _titles(register, name, values)
        for value in values:
            rest = [other for other in values if other != value]
            chips.append((titles.get(value, value), _with(**{name: rest or None, "after": None})))
    return chips


def _with(**changed: object) -> str:
    """Return the address of this search with some parameters changed; None takes one off."""
    arguments: MultiDict[str, str] = MultiDict(request.args)
    merged: dict[str, Any] = {**arguments.to_dict(flat=False), **changed}
    kept = {name: value for name, value in merged.items() if value is not None}
    return "/tim-kiem?" + urlencode(kept, doseq=True)


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
