"""Which entries are called alike, and who owns them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, literal, or_, select

from app.register.content import facts
from app.register.content.facts import REFERENCE
from app.register.filters import is_elsewhere
from app.register.models import Entry, Version
from app.register.queries import EntryView, Register
from app.register.standing import State
from app.web.display.entry_names import uuids

_COMMON = frozenset(
    [
        "co",
        "so",
        "du",
        "lieu",
        "csdl",
        "he",
        "thong",
        "thong",
        "tin",
        "quan",
        "ly",
        "cua",
        "ve",
        "va",
        "tinh",
        "cac",
    ]
)
MOST_WORDS = 12  # of a name that are compared
PRESENT = (State.IN_FORCE, State.SUSPENDED, State.NOT_YET)


def similar(
    register_: Register, kind: str, text: str, but: UUID | None, limit: int = 5
) -> list[EntryView]:
    """Return entries of a kind whose names share half of the telling words, two at
    least: the province's own first, the same name before others.
    """
    key = facts.match_key(register_.profile.kinds[kind], text)
    words = list(dict.fromkeys(word for word in key.split() if word not in _COMMON))[
        :MOST_WORDS
    ]
    padded = literal(" ") + Version.match_key + literal(" ")
    shared = sum(
        (
            case((padded.contains(f" {word} ", autoescape=True), 1), else_=0)
            for word in words
        ),
        literal(0),
    )
    # one word in common says little
    least = max(-(-len(words) // 2), min(len(words), 2))
    alike = (
        or_(Version.match_key == key, shared >= least)
        if words
        else Version.match_key == key
    )
    query = (
        select(Version.entry_id)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.kind == kind, alike)
    )
    rows = register_.session.scalars(
        query.order_by((Version.match_key == key).desc(), shared.desc()).limit(
            4 * limit
        )
    )
    order = dict.fromkeys(entry_id for entry_id in rows if entry_id != but)
    views = register_.by_ids(order)
    present = [
        views[entry_id]
        for entry_id in order
        if entry_id in views and views[entry_id].state in PRESENT
    ]
    return sorted(present, key=_how_far)[:limit]


def _how_far(view: EntryView) -> tuple[bool, bool]:
    """Order what the province itself keeps first, then what the nation keeps, then what
    other provinces do.
    """
    content = view.content
    return is_elsewhere(content), content.get("record_kind") == REFERENCE


def owners(register_: Register, views: Sequence[EntryView]) -> dict[UUID, EntryView]:
    """Return by entry the agency that owns it, where it has one."""
    owned = {
        view.id: next(iter(uuids(str(view.content.get("owner", "")))), None)
        for view in views
    }
    agencies = register_.by_ids({agency for agency in owned.values() if agency})
    return {
        entry_id: agencies[agency]
        for entry_id, agency in owned.items()
        if agency in agencies
    }
