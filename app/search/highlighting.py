"""Where a text holds what was asked for, in its own letters: what pages set in bold,
and the passage that they show.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.register.content import facts, hashing
from app.register.queries import EntryView
from app.search import analysis
from app.search.questions import EVERYWHERE, joining
from app.search.terms import Match, Query, Term
from app.vietnamese import fold
from catalog_schema.profile import Field, Profile

_WORD = re.compile(r"[^\W_]+")
_SHOWN = 240  # letters of a passage
_BEFORE = 60  # of them before the first mark
_MOST = 2  # passages of an entry

Part = tuple[str, bool]  # a piece of text, and whether it is marked


@dataclass(frozen=True)
class Passage:
    """A text of an entry that holds what was asked for: the field's path of labels, and
    its parts.
    """

    fields: tuple[Field, ...]
    parts: list[Part]


class Marking:
    """Marks what one query asks for."""

    def __init__(self, query: Query) -> None:
        terms = list(_flat(query))
        words = [word for one in terms for word in one.words]
        nothing = EVERYWHERE | joining(words)
        # of what else was asked for, words that tell nothing are marked nowhere
        telling = [one for one in terms if not nothing.issuperset(one.words)]
        found = {
            (tuple(analysis.folded(one.words)), one.match is Match.PREFIX, one.field)
            for one in telling or terms
        }
        self._wanted = sorted(found, key=lambda one: -len(one[0]))

    def parts(self, text: str, dotted: str) -> list[Part]:
        """Return the text of a field in parts; put together they are the text in
        NFC.
        """
        normal = unicodedata.normalize("NFC", text)
        words = [
            (match.start(), match.end(), fold(match[0]))
            for match in _WORD.finditer(normal)
        ]
        found, at, end = list[Part](), 0, 0
        while at < len(words):
            length = self._length([word for *_, word in words[at : at + 30]], dotted)
            if length:
                start, stop = words[at][0], words[at + length - 1][1]
                if found and found[-1][1] and normal[end:start].isspace():
                    found[-1] = (found[-1][0] + normal[end:stop], True)
                else:
                    found += [(normal[end:start], False), (normal[start:stop], True)]
                end = stop
            at += max(1, length)
        return [part for part in (*found, (normal[end:], False)) if part[0]]

    def passages(self, profile: Profile, view: EntryView) -> list[Passage]:
        """Return the texts beside the title that hold most of what was asked for, what
        weighs most first.
        """
        found: list[tuple[int, float, int, Passage]] = []
        for path, text in _texts(profile.kinds[view.kind].fields, view.content):
            dotted = ".".join(field.name for field in path)
            parts = self.parts(text, dotted) if text != view.title else []
            marked = {
                fold(word) for part, hit in parts if hit for word in _WORD.findall(part)
            }
            if marked:
                found.append(
                    (
                        -len(marked),
                        -path[-1].search_weight,
                        len(found),
                        Passage(path, _cut(parts)),
                    )
                )
        return [row[3] for row in sorted(found, key=lambda row: row[:3])[:_MOST]]

    def _length(self, words: list[str], dotted: str) -> int:
        """Return how many of these words, from the first on, are one of what is wanted;
        the longest that fits.
        """
        for wanted, prefix, field in self._wanted:
            ahead = tuple(words[: len(wanted)]) if field in (None, dotted) else ()
            if ahead == wanted or (prefix and ahead and ahead[0].startswith(wanted[0])):
                return len(wanted)
        return 0


def _flat(query: Query) -> Iterator[Term]:
    for term in query.terms:
        if term.match is Match.ANY:
            yield from (one for each in term.alternatives for one in each)
        else:
            yield term


def _texts(
    fields: tuple[Field, ...], content: hashing.Content
) -> Iterator[tuple[tuple[Field, ...], str]]:
    """Yield the searchable texts of a content with the fields that lead there."""
    for dotted, field, text in facts.texts(fields, content):
        path, inside = tuple[Field, ...](), fields
        for name in dotted.split(".")[:-1]:
            path = (*path, next(one for one in inside if one.name == name))
            inside = path[-1].fields
        yield (*path, field), text


def _cut(parts: list[Part]) -> list[Part]:
    """Return the parts around the first mark."""
    first = next(place for place, (_, hit) in enumerate(parts) if hit)
    before = "".join(text for text, _ in parts[:first])
    start = before[-_BEFORE:].split(" ", 1)[-1] if len(before) > _BEFORE else before
    found: list[Part] = []
    left = _SHOWN
    if start:
        found.append((("… " if start != before else "") + start, False))
    for text, hit in parts[first:]:
        found.append((text if len(text) <= left else text[:left] + " …", hit))
        left -= len(text)
        if left <= 0:
            break
    return found
