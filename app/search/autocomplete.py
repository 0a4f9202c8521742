"""What somebody who types may be looking for: entries, agencies, codes, data items; the
last word is unfinished.
"""

from dataclasses import dataclass

from app.errors import MalformedError
from app.register.filters import SCOPE, WITHIN, Filter
from app.register.queries import EntryView, Register
from app.register.standing import State
from app.search import analysis, service
from app.search.port import SearchIndex

_ITEMS_SHOWN = 4
_ITEMS = "data_items.name"
# the best of all, then some of these
_LOOKED_AT = (
    ((), 5),
    (("agency",), 2),
    (("identifier-code",), 1),
)
_PRESENT = (State.IN_FORCE, State.SUSPENDED, State.NOT_YET)


@dataclass(frozen=True)
class Suggestions:
    """Entries, names of data items, and other words where those that were typed are
    nowhere.
    """

    entries: list[EntryView]
    items: list[str]
    meant: str | None


def suggestions(register: Register, index: SearchIndex, text: str) -> Suggestions:
    """Return suggestions for a text of plain words; none for what is no word yet.
    MalformedError, UnavailableError.
    """
    words = analysis.tokens(text)
    last = words.pop() if words else ""
    # a beginning has two letters
    typed = " ".join([*words, *([f"{last}*"] if len(last) > 1 else [])])
    if not typed:
        return Suggestions([], [], None)
    found: dict[object, EntryView] = {}
    for kinds, most in _LOOKED_AT:
        given = service.search(
            register,
            index,
            typed,
            Filter(kinds, _PRESENT, {SCOPE: (WITHIN,)}),
            limit=most,
            facets=(),
        )
        found.update((view.id, view) for view in given.items)
    items = _items(register, index, typed)
    meant = None
    if not found:
        meant = service.search(
            register, index, " ".join([*words, last]), Filter(), limit=1, facets=()
        ).meant
    return Suggestions(
        list(found.values()), list(dict.fromkeys(items))[:_ITEMS_SHOWN], meant
    )


def _items(register: Register, index: SearchIndex, typed: str) -> list[str]:
    """Return the names of data items that hold the words; none for more words than a
    search may have.
    """
    try:
        fielded = " ".join(f"{_ITEMS}:{word}" for word in typed.split())
        named = service.search(
            register, index, fielded, Filter(), limit=_ITEMS_SHOWN, facets=()
        )
    except MalformedError:
        return []
    passages = (
        passage for view in named.items for passage in named.passages.get(view.id, [])
    )
    return ["".join(part for part, _ in passage.parts) for passage in passages]
