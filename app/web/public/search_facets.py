"""The filters beside a search: values with how many there are, and what people read for
them.

How fresh data are follows from the day, so the index does not know it: that filter is
made of what `exchange.freshness` says.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached
from flask_babel import lazy_gettext as _l

from app.errors import MalformedError
from app.exchange import freshness
from app.exchange.freshness import Freshness
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import State
from app.search import analysis
from app.search import service as search
from app.search.service import SearchPage
from app.web.display import freshness_words, wording
from catalog_schema.code_lists import Concept
from catalog_schema.profile import DATABASE, Kind, Profile

FRESHNESS = "freshness"
_CHANNEL = "connection_guides.channel"
_SHOWN = 12  # values of a facet, beside those that are chosen
_LISTS = 64  # names of facets whose code lists are remembered
_COUNTED = 2000  # results up to which it is counted how fresh they are
_FACET_LABELS = {
    "kind": _l("Loại đối tượng"),
    "owner": _l("Cơ quan chủ quản"),
    "theme": _l("Lĩnh vực"),
    "sharing_class": _l("Hình thức chia sẻ"),
    "personal_data": _l("Dữ liệu cá nhân"),
    "frequency": _l("Tần suất cập nhật"),
    _CHANNEL: _l("Kênh kết nối"),
    FRESHNESS: _l("Độ mới của dữ liệu"),
    "state": _l("Mục trong danh mục"),
}
# shown folded: what few people narrow by
_FOLDED = frozenset({"personal_data", "frequency", _CHANNEL, FRESHNESS})


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what the form sends, what people read, how many there are
    (None where that was not counted), whether it is chosen.
    """

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter of the search page; `more` values are not shown."""

    name: str
    label: str
    choices: list[Choice]
    more: int
    folded: bool = False


def facets(
    register: Register,
    counted: Mapping[str, Sequence[tuple[str, int]]],
    given: Mapping[str, Sequence[str]],
    *,
    near: bool = False,
) -> list[Facet]:
    """Return the facets of what an index or the register has counted; without counts
    where what is `near` would be other things under each of them.
    """
    found = []
    for name, counts in counted.items():
        known = dict(counts)
        values = [
            *given[name],
            *(value for value, _count in counts if value not in given[name]),
        ]
        shown = values[: max(_SHOWN, len(given[name]))]
        named = titles(register, name, shown)
        choices = [
            Choice(
                value,
                named.get(value, value),
                None if near else known.get(value, 0),
                value in given[name],
            )
            for value in shown
        ]
        found.append(
            Facet(
                name,
                str(_FACET_LABELS[name]),
                choices,
                len(values) - len(shown),
                folded=name in _FOLDED and not given[name],
            )
        )
    return found


def narrowed(register: Register, wanted: Filter, states: Sequence[str]) -> Filter:
    """Return a filter of databases whose data are as fresh as one of these states;
    MalformedError for what is none.
    """
    if not states:
        return wanted
    try:
        chosen = {Freshness(state) for state in states}
    except ValueError as error:
        raise MalformedError(
            "Độ mới không có trong danh sách: " + ", ".join(Freshness)
        ) from error
    by_state = freshness.by_state(register)
    ids = set[UUID]().union(*(by_state.get(state, ()) for state in chosen))
    return search.among(wanted, ids)


def of_freshness(register: Register, whole: SearchPage, chosen: Sequence[str]) -> Facet:
    """Return the facet of how fresh data are, counted where there are few enough;
    `whole`: what is found without it.
    """
    by_state = freshness.by_state(register)
    found = set(whole.every()) if whole.total <= _COUNTED else None
    labels = dict(freshness_words.named())
    choices = []
    for state, ids in sorted(by_state.items()):
        count = None if found is None else len(ids & found)
        if count != 0 or state in chosen:
            label = labels[state]
            choices.append(Choice(state, label, count, state in chosen))
    name = str(_FACET_LABELS[FRESHNESS])
    return Facet(FRESHNESS, name, choices, 0, folded=not chosen)


def has_databases(counted: Mapping[str, Sequence[tuple[str, int]]]) -> bool:
    """Tell whether a database is among what was counted."""
    return any(kind == DATABASE for kind, _count in counted.get("kind", ()))


def label(name: str) -> str:
    """Return what people read for a facet."""
    return str(_FACET_LABELS[name])


def titles(register: Register, name: str, values: Sequence[str]) -> dict[str, str]:
    """Return what people read for the values of a filter."""
    if name == "kind":
        return {
            value: wording.label(register.profile.kinds[value].plural)
            for value in values
        }
    if name == FRESHNESS:
        return dict(freshness_words.named())
    if name == "state":
        return {value: str(wording.ENTRY_STATES[State(value)]) for value in values}
    if name == "owner":
        views = register.by_ids(UUID(value) for value in values)
        return {str(entry_id): view.title for entry_id, view in views.items()}
    found: dict[str, str] = {}
    for kind, concepts in _lists(register.profile, name):
        for value in values:
            if value in concepts and value not in found:
                read = wording.label(concepts[value].labels)
                alike = read in found.values()
                about = wording.label(kind.labels).lower()
                found[value] = f"{read} ({about})" if alike else read
    return found


def _asked_lists(profile: Profile, name: str) -> Hashable:
    return profile.digest, name


@cached(LRUCache[Hashable, Any](_LISTS), key=_asked_lists, lock=Lock())
def _lists(profile: Profile, name: str) -> list[tuple[Kind, Mapping[str, Concept]]]:
    """Return the kinds that have a field and its code list, which two kinds may take
    from two of them; databases first.
    """
    schemes = profile.lists.schemes
    return [
        (kind, schemes[declared.code_list].concepts)
        for kind in sorted(profile.kinds.values(), key=_is_no_database)
        for dotted, declared in kind.walk()
        if dotted == name and declared.code_list
    ]


def _is_no_database(kind: Kind) -> bool:
    return kind.name != DATABASE


# what people say that a filter knows, and no text says; of one filter what stands
# first
_SAID: Sequence[tuple[Sequence[str], str, Sequence[str]]] = (
    (
        (
            "chậm cập nhật",
            "quá hạn cập nhật",
            "dữ liệu quá hạn",
            "lâu không cập nhật",
            "chưa cập nhật",
        ),
        FRESHNESS,
        (Freshness.LATE,),
    ),
    (("hằng ngày", "hàng ngày", "mỗi ngày"), "frequency", ("DAILY",)),
    (("hằng tuần", "hàng tuần", "mỗi tuần"), "frequency", ("WEEKLY",)),
    (("hằng tháng", "hàng tháng", "mỗi tháng"), "frequency", ("MONTHLY",)),
    (("hằng quý", "hàng quý", "mỗi quý"), "frequency", ("QUARTERLY",)),
    (("hằng năm", "hàng năm", "mỗi năm"), "frequency", ("ANNUAL",)),
    (("thời gian thực", "liên tục"), "frequency", ("CONT", "UPDATE_CONT")),
    (
        (
            "dữ liệu mở",
            "csdl mở",
            "cơ sở dữ liệu mở",
            "nào mở",
            "mở cho",
            "dữ liệu công khai",
            "công khai cho",
            "công bố cho",
        ),
        "sharing_class",
        ("mo",),
    ),
    (("dữ liệu dùng chung",), "sharing_class", ("dung-chung",)),
    (("dữ liệu dùng riêng",), "sharing_class", ("dung-rieng",)),
    (("nhạy cảm",), "personal_data", ("nhay-cam",)),
    (("dữ liệu cá nhân cơ bản",), "personal_data", ("co-ban",)),
    (("dữ liệu cá nhân",), "personal_data", ("co-ban", "nhay-cam")),
    (("lgsp",), _CHANNEL, ("lgsp",)),
    (("ndxp",), _CHANNEL, ("ndxp",)),
    (("api", "dịch vụ dữ liệu", "dịch vụ chia sẻ"), "kind", ("data-service",)),
)


def meant(text: str) -> dict[str, list[str]]:
    """Return the filters that a text speaks of, by the names of facets; none for most
    texts. They are of databases where they say no kind.
    """
    words = analysis.tokens(text)
    marked = analysis.exact(words) != analysis.folded(words)
    written = analysis.exact if marked else analysis.folded
    line = f" {' '.join(written(words))} "
    found: dict[str, list[str]] = {}
    for said, name, values in _SAID:
        if any(f" {' '.join(written(analysis.tokens(one)))} " in line for one in said):
            found.setdefault(name, [*values])
    return found
