"""The search page and what hangs on it: suggestions while typing, the results as a
file, as a feed.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.documents.tables import search_results as files
from app.doors import Door
from app.errors import DanhmucError, FieldError, InvalidError, NotFoundError
from app.exchange.cases import queries as case_queries
from app.exchange.cases.queries import CaseFilter
from app.notify import searches
from app.operations.installation import open_register
from app.permissions import Action, declares
from app.rdf.publishing import catalogue
from app.rdf.writing.formats import FORMATS
from app.register import arguments as register_arguments
from app.register.conditions import STANDING
from app.register.filters import SCOPE, Filter
from app.register.queries import EntryView, Register
from app.search import autocomplete as suggesting
from app.search import named
from app.search import service as search
from app.search.facet_counts import without
from app.search.service import FACETS, FILTERED, SearchPage, Sort
from app.web.display import atom, case_origins, wording
from app.web.display.addresses import asked_again, entry_address
from app.web.http import current, guard
from app.web.http.current import installation
from app.web.http.negotiation import finish
from app.web.http.sending_files import XLSX, attachment
from app.web.public import hits, search_facets
from app.web.public.search_facets import FRESHNESS, Facet
from catalog_schema.profile import DATABASE, Visibility

blueprint = Blueprint("search", __name__)

# filters that other pages link to
_EXACT = "exact"  # in an address: of just these words
_KEPT = tuple(name for name in FILTERED if name not in FACETS)
_FEED = 50  # entries of a feed
_TABLES = {
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
}
_SORTS = {
    Sort.RELEVANCE: _l("Phù hợp nhất"),
    Sort.TITLE: _l("Tên A–Z"),
    Sort.RECORDED: _l("Mới cập nhật"),
}

_REASONS = {
    "row": _l("các từ đứng liền nhau"),
    "whole": _l("đúng cả tên hoặc mã"),
    "ended": _l("đã hết hiệu lực"),
}


def _given() -> dict[str, list[str]]:
    return {
        name: [value for value in request.args.getlist(name) if value]
        for name in (*FILTERED, search_facets.FRESHNESS)
    }


def _opened() -> Any:
    day, row = (
        register_arguments.day(request.args.get("as_of")),
        register_arguments.number(request.args.get("known_at")),
    )
    return open_register(installation(), day, row, guard.reader())


def _sort() -> Sort:
    asked = request.args.get("sort", "")
    return Sort(asked) if asked in list(Sort) else Sort.RELEVANCE


@blueprint.get("/tim-kiem")
@declares(None)
def results() -> Response:
    """Search, with facets as a form that works without JavaScript."""
    given = _given()
    text, after = request.args.get("q", ""), request.args.get("after") or None
    with _opened() as register:
        wide = search.filters(register.profile, given)
        wanted = search_facets.narrowed(register, wide, given[FRESHNESS])
        found = search.search(
            register,
            installation().index,
            text,
            wanted,
            after=after,
            sort=_sort(),
            exact=_EXACT in request.args,
        )
        page = render_template(
            "public/search.html",
            text=text,
            found=found,
            **_cases(register, text, found.total, near=found.near),
            facets=_facets(register, text, wide, found, given),
            readings=_readings(found, text),
            narrower=_narrower(register, text, given) if not after else None,
            chips=_chips(register, given),
            elsewhere=None
            if after or found.near
            else _elsewhere(register, text, wanted, found),
            scope_all=search.EVERYWHERE in given[SCOPE],
            less=[]
            if found.total or found.by_titles
            else _less(register, text, wanted, given),
            hidden=[(name, value) for name in _KEPT for value in given[name]],
            sorts=[
                (sort.value, label, sort is _sort()) for sort, label in _SORTS.items()
            ],
            # what is new in a kept search is not known by how fresh data are
            asked=""
            if given[FRESHNESS] or found.near
            else _asked(MultiDict(request.args)),
            explained=_explained(register, found),
            hit_facts=hits.facts(register, found.items),
            hit_texts=hits.texts(found.items),
            groups=_groups(found, text),
            at=register.at,
            **_links(register, found, after),
            **_files(found),
        )
    return finish(Response(page), None)


def _links(
    register: Register, found: SearchPage, after: str | None
) -> dict[str, str | None]:
    """Return where the page leads: to the same search elsewhere, further, exactly."""
    day, row = register.at.as_of.isoformat(), register.at.known_at
    return {
        "here": _with(),
        "only_own": _with(scope=None, after=None),
        "exactly": _with(**{_EXACT: "1", "after": None}),
        "meant": _with(q=found.meant, after=None) if found.meant else None,
        "next": _with(after=found.after, **_typed(found)) if found.after else None,
        "first": _with(after=None) if after else None,
        "again": _with(as_of=day, known_at=row, after=None),
    }


def _files(found: SearchPage) -> dict[str, object]:
    """Return the files and the feed of what is shown, and what their form offers."""
    whole = {"after": None, "sort": None, **_typed(found)}
    return {
        "feed": _with(_file("atom"), **whole),
        "files": [
            (name.upper(), _with(_file(name), **whole))
            for name in ("xlsx", "csv", "ttl", "jsonld")
        ],
        "file_columns": [
            (name, column.heading, column.usual)
            for name, column in files.COLUMNS.items()
        ],
        "file_hidden": [
            (name, value)
            for name, value in request.args.items(multi=True)
            if name not in ("after", "sort", "cot", "lang")
        ],
    }


def _typed(found: SearchPage) -> dict[str, str]:
    """Return the words by which what is shown is found, where they are others."""
    return {"q": found.meant} if found.meant else {}


def _facets(
    register: Register,
    text: str,
    wide: Filter,
    found: SearchPage,
    given: dict[str, list[str]],
) -> list[Facet]:
    """Return the filters beside the results; `wide`: what is asked for, however fresh
    its data are.
    """
    facets = search_facets.facets(register, found.facets, given, near=found.near)
    chosen = given[FRESHNESS]
    databases = search_facets.has_databases(found.facets)
    if not found.by_titles and not found.near and (chosen or databases):
        whole = found
        if chosen:
            index, words = installation().index, found.meant or text
            whole = search.search(register, index, words, wide, limit=1, facets=())
        facets.append(search_facets.of_freshness(register, whole, chosen))
    return facets


def _narrower(
    register: Register, text: str, given: dict[str, list[str]]
) -> tuple[str, str, int] | None:
    """Return the filters that a text speaks of, in words, with the address of what they
    find and how many; None where there is nothing of that.
    """
    meant = search_facets.meant(text)
    if not meant or any(given[name] for name in meant):
        return None
    owners = [str(agency) for agency in named.agency_within(register, text)]
    for whose in ({"owner": owners}, {}) if owners else ({},):
        filters = {**meant, **whose}
        asked = {"kind": [DATABASE], **filters}
        wanted = search.filters(register.profile, asked)
        wanted = search_facets.narrowed(register, wanted, meant.get(FRESHNESS, ()))
        total = search.count(register, installation().index, "", wanted)
        if total:
            said = [
                f"{search_facets.label(name)}: "
                f"{', '.join(_labels(register, name, values))}"
                for name, values in filters.items()
            ]
            return "; ".join(said), _with(q=None, after=None, **asked), total
    return None


def _labels(register: Register, name: str, values: list[str]) -> list[str]:
    titles = search_facets.titles(register, name, values)
    return [titles.get(value, value) for value in values]


def _readings(
    found: SearchPage, text: str
) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Return the short forms of several things, each with its full forms and the
    searches for one of them alone.
    """
    told: list[tuple[str, list[tuple[str, str | None]]]] = []
    for short, readings in found.readings.items():
        told.append((short, []))
        for full in readings:
            alone = _with(q=_in_place(text, short, full), after=None)
            told[-1][1].append((full, alone))
    return told


def _in_place(text: str, short: str, full: str) -> str:
    """Return a text with one word, in whatever case, replaced by a phrase."""
    word = re.compile(rf"(?<!\w){re.escape(short)}(?!\w)", re.IGNORECASE)
    return word.sub(lambda _found: f'"{full}"', text)


def _groups(found: SearchPage, text: str) -> list[tuple[bool, list[EntryView]]]:
    """Return the results as databases and other things, those first that hold the first
    result; a list by name or day stays as it is.
    """
    if not text or _sort() is not Sort.RELEVANCE or not found.items:
        return [(all(one.kind == DATABASE for one in found.items), list(found.items))]
    databases = [view for view in found.items if view.kind == DATABASE]
    others = [view for view in found.items if view.kind != DATABASE]
    groups = [(True, databases), (False, others)]
    if found.items[0].kind != DATABASE:
        groups.reverse()
    return [(is_database, views) for is_database, views in groups if views]


def _file(extension: str) -> str:
    return url_for("search.file", extension=extension, as_of=None, lang=None)


def _explained(
    register: Register, found: SearchPage
) -> dict[UUID, list[tuple[str, float]]]:
    """Return why each result stands where it does, for the department when it asks."""
    if (
        request.args.get("explain") != "1"
        or register.audience.level is not Visibility.OWNER
    ):
        return {}
    return {
        view.id: [
            (_reason(one.what, _label(register, view, one.field)), one.points)
            for one in found.ranked[view.id].reasons
        ]
        for view in found.items
        if view.id in found.ranked
    }


def _reason(what: str, field: str) -> str:
    """Say why a result has points: which words, in which field."""
    said = str(_REASONS.get(what, f"“{what}”"))
    return f"{said} ({field})" if field else said


def _label(register: Register, view: EntryView, dotted: str) -> str:
    """Return what people call a field of an entry's kind, by its dotted name; nothing
    for none.
    """
    own = {
        "identifier": _("Mã trong danh mục"),
        "former": _("Tên, mã trước đây"),
        "": "",
    }
    return (
        own[dotted]
        if dotted in own
        else wording.label(
            dict(register.profile.kinds[view.kind].walk())[dotted].labels
        )
    )


def _less(
    register: Register, text: str, wanted: Filter, given: dict[str, list[str]]
) -> list[tuple[str, str, int]]:
    """Return for whoever found nothing the filters without which there is something:
    label, address, how many.
    """
    found = []
    for name, narrowed in search.less(wanted).items():
        total = search.count(register, installation().index, text, narrowed)
        if total and name in given:
            values = ", ".join(
                search_facets.titles(register, name, given[name]).get(one, one)
                for one in given[name]
            )
            found.append((values, _with(**{name: None, "after": None}), total))
    return found


def _cases(
    register: Register, text: str, total: int, *, near: bool
) -> dict[str, object]:
    """Return how many cases have the words in their title, of those that the reader may
    read, and the request that nothing found leads to.
    """
    nothing = None
    if text and (near or not total) and case_origins.may_open():
        nothing = case_origins.of_nothing(text)
    count = 0
    if text and case_origins.reads():
        criteria = CaseFilter(text=text[:200])
        count = case_queries.count(guard.desk(register.session), criteria)
    return {"of_nothing": nothing, "cases_found": count}


def _elsewhere(
    register: Register, text: str, wanted: Filter, found: SearchPage
) -> tuple[int | None, str] | None:
    """Return how many more there are of other provinces (None where there are more than
    are counted), and the address that brings them; None where they are among the
    results already.
    """
    if SCOPE not in wanted.facts or found.by_titles:
        return None
    address = _with(scope=search.EVERYWHERE, after=None)
    if not found.whole:
        return None, address
    everywhere = without(wanted, SCOPE)
    words = found.meant or text
    more = search.count(register, installation().index, words, everywhere)
    return more - found.total, address


def _chips(register: Register, given: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return the chosen filters with the address of the same search without each."""
    chips = []
    for name, values in given.items():
        if name == SCOPE:
            continue
        titles = search_facets.titles(register, name, values)
        for value in values:
            rest = [other for other in values if other != value]
            chips.append(
                (titles.get(value, value), _with(**{name: rest or None, "after": None}))
            )
    return chips


def _with(path: str = "/tim-kiem", /, **changed: object) -> str:
    """Return the address of this search, or of its file, with some parameters changed;
    None takes one off.
    """
    return asked_again(path, **changed)


# files of what a search finds
_DOOR = Door("search-file", places=2, waiting=2)


@blueprint.get("/tim-kiem.<extension>")
@declares(None)
def file(extension: str) -> Response:
    """Give all that a search finds as a file (XLSX, CSV, Turtle, JSON-LD), or the
    newest of it as a feed (Atom).
    """
    if extension not in {*_TABLES, "ttl", "jsonld", "atom"}:
        raise NotFoundError(
            "Kết quả tìm kiếm tải được ở dạng: xlsx, csv, ttl, jsonld, atom"
        )
    text = request.args.get("q", "")
    with _DOOR.passing(), _opened() as register:
        given = _given()
        wide = search.filters(register.profile, given)
        wanted = search_facets.narrowed(register, wide, given[FRESHNESS])
        if extension == "atom":
            return _feed(register, text, wanted)
        ids = search.ids(register, installation().index, text, wanted)
        _require_few(ids)
        # what files say is the same for everybody
        public = Register(register.session, register.profile, register.at)
        if extension in _TABLES:
            base = installation().settings.base_uri
            chosen = request.args.getlist("cot")
            table = files.table(public, ids, base, _condition, chosen)
            content_type = _TABLES[extension]
            body = table.csv() if extension == "csv" else table.xlsx()
        else:
            content_type = FORMATS[extension].content_type
            body = b"".join(catalogue.some(public, extension, ids))
    return finish(attachment(body, f"ket-qua-tim-kiem.{extension}", content_type), None)


def _condition(view: EntryView) -> str:
    text, _colour = wording.condition(view)
    return text


def _require_few(ids: Sequence[UUID]) -> None:
    """Raise InvalidError for more than a file holds; nothing is left out unsaid."""
    most = installation().settings.file_rows
    if len(ids) > most:
        message = _(
            "Có %(n)s kết quả; mỗi tệp tối đa %(most)s. Thêm điều kiện để thu hẹp, "
            "hoặc tải trọn danh mục ở trang “Tải về”.",
            n=len(ids),
            most=most,
        )
        raise InvalidError(message, [FieldError("q", "too-many", message)])


def _feed(register: Register, text: str, wanted: Filter) -> Response:
    found = search.search(
        register,
        installation().index,
        text,
        wanted,
        limit=_FEED,
        facets=(),
        sort=Sort.RECORDED,
        exact=True,
    )
    title = _("Kết quả tìm: %(text)s", text=text or _("mọi mục"))
    base = installation().settings.base_uri
    return finish(
        atom.feed(register, found.items, title, base, _with(), _with(_file("atom"))),
        None,
    )


@blueprint.get("/goi-y")
@declares(None)
def suggestions() -> Response:
    """Return what somebody who types may be looking for, as JSON: text, what it is,
    where it leads.
    """
    with _opened() as register:
        try:
            found = suggesting.suggestions(
                register, installation().index, request.args.get("q", "")[:100]
            )
        except DanhmucError:
            return jsonify([])
        kinds = register.profile.kinds
        listed = [
            _suggestion(view, wording.label(kinds[view.kind].labels))
            for view in found.entries
        ]
        for name in found.items:
            href = url_for("search.results", q=f'data_items.name:"{name}"')
            listed.append({"text": name, "what": _("Trường dữ liệu"), "href": href})
        if found.meant:
            href = url_for("search.results", q=found.meant)
            listed.append({"text": found.meant, "what": _("Từ gần nhất"), "href": href})
    return finish(jsonify(listed), None)


def _suggestion(view: EntryView, what: str) -> dict[str, str]:
    condition, _colour = wording.condition(view)
    stands = view.thing.condition in STANDING
    return {
        "text": f"{view.title} ({view.local_id})",
        "what": what if stands else f"{what} – {condition}",
        "href": entry_address(installation().profile, view),
    }


@blueprint.post("/tim-kiem/luu")
@declares(Action.WORK)
def save() -> BaseResponse:
    """Keep a search for whoever is logged in: what is new in it is told by letter."""
    asked = _asked(MultiDict(parse_qsl(request.form.get("asked", "")[:4000])))
    with current.writing() as session:
        searches.save(session, guard.account().person_id, asked)
    flash(_("Đã lưu tìm kiếm. Có mục mới khớp thì thư được gửi vào sáng hôm sau."))
    return redirect(url_for("notices.listed"))


@blueprint.post("/tim-kiem/bo-luu")
@declares(Action.WORK)
def forget() -> BaseResponse:
    """Forget a search that was kept."""
    with current.writing() as session:
        searches.forget(
            session,
            guard.account().person_id,
            register_arguments.whole(request.form.get("number")) or 0,
        )
    flash(_("Đã bỏ tìm kiếm."))
    return redirect(url_for("notices.listed"))


def _asked(given: MultiDict[str, str]) -> str:
    """Return the words and filters of a search as the query of its address, always in
    one order.
    """
    named = [
        ("q", given.get("q", "").strip()),
        *((name, one) for name in FILTERED for one in sorted(given.getlist(name))),
    ]
    return urlencode([pair for pair in named if pair[1]])
