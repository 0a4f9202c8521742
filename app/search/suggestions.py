"""What somebody who types may be looking for: entries, agencies, codes, data items; the last word is unfinished."""

from dataclasses import dataclass

from app.register.narrowing import Filter
from app.register.queries import EntryView, Register
from app.register.standing import State
from app.search import analysis, service
from app.search.port import SearchIndex

_EACH = 4  # of each sort
_ITEMS = "data_items.name"
_FIRST = (("shared-database",), ("agency",), ("identifier-code",))
_PRESENT = (State.IN_FORCE, State.SUSPENDED, State.NOT_YET)


@dataclass(frozen=True)
class Suggestions:
    """Entries, names of data items, and other words where those that were typed are nowhere."""

    entries: list[EntryView]
    items: list[str]
    meant: str | None


def suggestions(register: Register, index: SearchIndex, text: str) -> Suggestions:
    """Return suggestions for a text of plain words; none for what is no word yet. MalformedError, UnavailableError."""
    words = analysis.tokens(text)
    if not words or len(words[-1]) < 2:  # noqa: PLR2004 - a beginning has two letters
        return Suggestions([], [], None)
    typed = " ".join([*words[:-1], f"{words[-1]}*"])
    found: dict[object, EntryView] = {}
    for kinds in (*_FIRST, ()):
        wanted = Filter(kinds, _PRESENT)
        given = service.search(register, index, typed, wanted, limit=_EACH, facets=())
        found.update((view.id, view) for view in given.items if len(found) < 2 * _EACH or kinds)
    named = service.search(register, index, _field(typed), Filter(), limit=_EACH, facets=())
    items = [
        "".join(part for part, _ in passage.parts)
        for view in named.items
        for passage in named.passages.get(view.id, [])
        if passage.fields[-1].name == "name" and len(passage.fields) > 1
    ]
    meant = None
    if not found:
        meant = service.search(register, index, " ".join(words), Filter(), limit=1, facets=()).meant
    return Suggestions(list(found.values()), list(dict.fromkeys(items))[:_EACH], meant)


def _field(typed: str) -> str:
    return " ".join(f"{_ITEMS}:{word}" for word in typed.split())
