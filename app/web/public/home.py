"""The home page: the search field, figures, themes, what changed, how the list stands,
and days to look back to.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from app import clock, succession
from app.permissions import declares
from app.rdf.writing.formats import FORMATS
from app.register import codes as code_queries
from app.register.conditions import Condition
from app.register.content.facts import ORIGINAL
from app.register.filters import RECORDED, SCOPE, WITHIN, Filter
from app.register.own_databases import ORIGINALS
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT
from app.search import facet_counts as counting
from app.web.display import pictures, wording
from app.web.display.addresses import entry_address
from app.web.display.pictures import Strand
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from app.web.public import state_of_register
from app.web.public.state_of_register import StateOfRegister
from catalog_schema.profile import DATABASE

blueprint = Blueprint("home", __name__)
_ACTS = 3  # days of reorganisation to look back to
_NEWS = 5
_KINDS = 6  # of a day, those with most; the page of all changes has the others
_RECORDED = 100  # versions recorded last, of which days are made
_EXAMPLES = ("đất đai", "hộ tịch", "y tế", "Sở Tài nguyên và Môi trường", "NĐ 278/2025")
_OWNED: dict[str, Any] = {"kind": DATABASE, "record_kind": ORIGINAL, "state": PRESENT}


@dataclass(frozen=True)
class Figure:
    """A figure of the home page, and the list that it counts."""

    label: object
    value: int
    href: str
    note: str = ""


@dataclass(frozen=True)
class Stop:
    """A day to look back to, what happened then, and how large the list was."""

    day: date
    what: str
    size: state_of_register.Size


@dataclass(frozen=True)
class Theme:
    """A field of work, how many databases it has, and the share of the largest."""

    label: str
    count: int
    share: int
    href: str


@dataclass(frozen=True)
class News:
    """What changed on a day of effect; each part is a text and the page that tells
    more, "" for none. Or what was `recorded` on a day, one part for each kind.
    """

    day: date
    parts: Sequence[tuple[str, str]]
    recorded: bool = False


@dataclass(frozen=True)
class Row:
    """Of how many databases something holds, and what is to be done next."""

    label: str
    count: int
    share: int
    next_step: str


@blueprint.get("/")
@declares(None)
def home() -> Response:
    """Show what is asked first of the list, at the day that the address asks about."""
    with opened() as register:
        state = state_of_register.state(register)
        page = render_template(
            "public/home.html",
            figures=_figures(register),
            examples=_EXAMPLES,
            strands=_strands(register),
            themes=_themes(register),
            news=_news(register),
            rows=_rows(state),
            databases=state.databases,
            formats=FORMATS.values(),
            at=register.at,
            stops=_stops(register),
        )
    return finish(Response(page), None)


def _strands(register: Register) -> tuple[date, int, int, list[Strand]] | None:
    """Return the first day to look back to, how many owners there were and are, and
    every database as a line between them; None where there is no such day.
    """
    featured = installation().settings.featured_day
    if featured is None or featured >= register.at.as_of:
        return None
    had = state_of_register.owners(register, featured)
    has = state_of_register.owners(register, register.at.as_of)
    pairs = [(name, has[entry]) for entry, name in had.items() if entry in has]
    if not pairs:
        return None
    before, now = len(set(had.values())), len(set(has.values()))
    return featured, before, now, pictures.strands(sorted(pairs))


def _stops(register: Register) -> list[Stop]:
    """Return a few days on which the list was another: the featured one, those on which
    most agencies were reorganised, and today.
    """
    acts = register.all(Filter((succession.KIND,), PRESENT))
    days = Counter(act.content["date"] for act in acts)
    featured, today = installation().settings.featured_day, clock.today()
    chosen = {date.fromisoformat(day): count for day, count in days.most_common(_ACTS)}
    told = [
        (day, _("%(n)s việc sắp xếp cơ quan", n=count))
        for day, count in chosen.items()
        if day < today
    ]
    if featured is not None:
        told.append((featured, _("Danh mục đầu tiên")))
    told.append((today, _("Hiện nay")))
    return [
        Stop(day, what, state_of_register.size(register, day))
        for day, what in sorted(told)
    ]


def _themes(register: Register) -> list[Theme]:
    _total, counts = counting.facets(register, ORIGINALS, ["theme"])
    most = max((count for _code, count in counts["theme"]), default=1)
    concepts = register.profile.lists.schemes["data-theme"].concepts
    return [
        Theme(
            wording.label(concepts[code].labels),
            count,
            round(100 * count / most),
            url_for("search.results", theme=code, **_OWNED),
        )
        for code, count in counts["theme"]
        if code in concepts
    ]


def _news(register: Register) -> list[News]:
    """Return what happened last up to the register's day: what was recorded, what was
    reorganised, which laws ended.
    """
    day = register.at.as_of
    told = [*_reorganised(register), *_ended_laws(register)]
    if day == clock.today():
        told += _recorded(register)
    past = [news for news in told if news.day <= day]
    return sorted(past, key=lambda news: news.day, reverse=True)[:_NEWS]


def _recorded(register: Register) -> list[News]:
    """Return on which days the last versions were recorded, and of which kinds how many
    entries.
    """
    latest = register.latest(_RECORDED)
    by_day: dict[date, dict[str, EntryView]] = {}
    for view in latest:
        day = clock.local(view.recorded_at).date()
        by_day.setdefault(day, {}).setdefault(view.kind, view)
    found = []
    for day, one_of_each in list(by_day.items())[:_NEWS]:
        # of the last day that was looked at only a part may be among the latest; what
        # other provinces keep is not what one searches for
        recorded = Filter(facts={SCOPE: (WITHIN,)}, days={RECORDED: (day, day)})
        _total, counts = counting.facets(register, recorded, ["kind"])
        parts = [
            _of_kind(register, day, kind, count, one_of_each)
            for kind, count in counts["kind"][:_KINDS]
        ]
        found.append(News(day, parts, recorded=True))
    return found


def _of_kind(
    register: Register,
    day: date,
    kind: str,
    count: int,
    one_of_each: Mapping[str, EntryView],
) -> tuple[str, str]:
    """Return the one entry by name, or how many there are, with the page of them."""
    if count == 1 and kind in one_of_each:
        view = one_of_each[kind]
        return view.title, entry_address(register.profile, view)
    named = wording.label(register.profile.kinds[kind].plural).lower()
    listed = url_for("search.results", kind=kind, q=f"capnhat:{day}")
    return f"{wording.number(count)} {named}", listed


def _reorganised(register: Register) -> list[News]:
    acts = register.all(Filter((succession.KIND,), PRESENT))
    days = Counter(act.content["date"] for act in acts)
    return [
        News(
            date.fromisoformat(day),
            [
                (
                    _("%(n)s việc sắp xếp cơ quan", n=wording.number(count)),
                    _changes_of(date.fromisoformat(day)),
                )
            ],
        )
        for day, count in days.items()
    ]


def _changes_of(day: date) -> str:
    """Return the page that tells what became of agencies on a day."""
    before = (day - timedelta(days=1)).isoformat()
    return url_for(
        "changes_page.page", tu=before, den=day.isoformat(), kind=code_queries.AGENCY
    )


def _ended_laws(register: Register) -> list[News]:
    """Return the laws that ended, each with what came in its place."""
    laws = register.all(Filter(("legal-document",), PRESENT))
    found = []
    for law in laws:
        if not law.thing.over or not law.content.get("in_force_to"):
            continue
        heirs = register.by_ids(law.thing.successors).values()
        parts = [
            (law.title, entry_address(register.profile, law)),
            (_("hết hiệu lực"), ""),
        ]
        for heir in list(heirs)[:1]:
            page = entry_address(register.profile, heir)
            parts += [(_("thay bằng"), ""), (heir.title, page)]
        found.append(News(date.fromisoformat(law.content["in_force_to"]), parts))
    return found


def _rows(state: StateOfRegister) -> list[Row]:
    """Return how the list stands, line by line."""

    def row(label: str, count: int, done: str, left: str) -> Row:
        share = round(100 * count / state.databases) if state.databases else 0
        return Row(label, count, share, left if count < state.databases else done)

    def missing(count: int) -> str:
        return wording.number(state.databases - count)

    due = wording.day(state.next_due) if state.next_due else ""
    return [
        row(
            _("Được cơ quan chủ quản khai, xác nhận trong hạn"),
            state.confirmed,
            _("Lần xác nhận tiếp theo: trước %(day)s", day=due) if due else "",
            _("%(n)s cơ sở dữ liệu quá hạn xác nhận", n=missing(state.confirmed)),
        ),
        row(
            _("Có căn cứ pháp lý còn hiệu lực"),
            state.in_force,
            "",
            _unfounded(state),
        ),
        row(
            _("Đã phân loại dùng chung, dùng riêng, mở"),
            state.classified,
            "",
            _("%(n)s cơ sở dữ liệu chưa phân loại", n=missing(state.classified)),
        ),
        row(
            _("Dữ liệu còn trong hạn cập nhật"),
            state.current,
            "",
            _(
                "%(n)s cơ sở dữ liệu quá hạn, %(m)s không định kỳ hoặc chưa khai",
                n=wording.number(state.late),
                m=missing(state.current + state.late),
            ),
        ),
    ]


def _unfounded(state: StateOfRegister) -> str:
    """Return how many databases rest on no law in force, and why."""
    told = []
    if state.on_lapsed:
        laws = ", ".join(state.lapsed[:2])
        count = wording.number(state.on_lapsed)
        told.append(_("%(n)s cơ sở dữ liệu còn dẫn %(laws)s", n=count, laws=laws))
    if without := state.databases - state.in_force - state.on_lapsed:
        count = wording.number(without)
        told.append(_("%(n)s cơ sở dữ liệu chưa dẫn căn cứ", n=count))
    return "; ".join(told)


def _figures(register: Register) -> list[Figure]:
    databases, owners = counting.facets(register, ORIGINALS, ["owner"])
    codes = code_queries.conditions_of_all(register)
    listed = register.all(Filter(("data-standard",), PRESENT))
    standards = Counter(view.thing.condition for view in listed)
    province = wording.province_type(
        installation().settings.province(register.at.as_of)
    )
    return [
        Figure(
            _("cơ sở dữ liệu dùng chung của %(type)s", type=province),
            databases,
            url_for("search.results", **_OWNED),
        ),
        Figure(_("cơ quan chủ quản"), len(owners["owner"]), url_for("agencies.owners")),
        Figure(
            _("mã định danh đang dùng"),
            codes[Condition.IN_USE],
            url_for(
                "search.results",
                kind="identifier-code",
                status="dang-dung",
                state=PRESENT,
            ),
            _without_start(codes) or _("tra được cả mã đã đóng"),
        ),
        Figure(
            _("tiêu chuẩn dữ liệu"),
            standards.total()
            - standards[Condition.START_UNKNOWN]
            - standards[Condition.NOT_YET],
            url_for("standards.standards"),
            _without_start(standards),
        ),
    ]


def _without_start(conditions: Counter[Condition]) -> str:
    """Say of how many things nobody knows whether they were there yet; nothing for
    none.
    """
    count = conditions[Condition.START_UNKNOWN]
    if not count:
        return ""
    return str(_("Chưa xác định ngày bắt đầu: %(n)s", n=wording.number(count)))
