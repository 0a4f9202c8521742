"""What every backend indexes of a document: a bag of tokens for each level of reader,
and texts to rank it by.

Tokens tell by their shape what they are: `dat` a word, without marks; `_dat_dai` two
words that follow each other; `^dat`, `^_dat_dai`, `^đat~4` (with marks, the tone
behind) the same in a heading, which is what weighs most: names, titles, codes;
`^=dat_dai` a whole heading; `title=dat` a word in one field. So a query is nothing but
"these tokens, or those, and not that one", which every engine answers fast and alike;
the order is made afterwards, in `ranking`.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.register.standing import State
from app.search import analysis
from app.search.initials import INITIALS
from app.search.port import STATE, Document, Fields
from catalog_schema.profile import Visibility

LEVELS = tuple(Visibility)
_LEVEL = {level.value: level for level in LEVELS}
HEADING = 3.0  # weight from which on a field is a heading
# words of a text that are looked at for the ranking: all of the longest that the
# profile allows
_RANKED = 2500
_MOST = 20_000  # tokens of a level: PostgreSQL takes a megabyte
_HEADING_WORDS = 20  # by which a whole heading is known
_NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True)
class Digest:
    """A document as it is indexed: tokens by level, facts (`kind=agency`), a key that
    orders, texts for ranking.
    """

    tokens: Mapping[Visibility, frozenset[str]]
    facts: frozenset[str]
    order: str
    shown: str


class RankedText(NamedTuple):
    """A text of a hit as it is ranked: its field, and its words without and with marks,
    blanks around each.
    """

    field: str
    weight: float
    level: Visibility
    folded: str
    exact: str


def made_by(fields: Fields) -> str:
    """Return a name for what makes an index of these fields: another analysis or other
    weights have another one.
    """
    return hashlib.sha256(
        f"{analysis.VERSION} {sorted(fields.items())}".encode()
    ).hexdigest()[:12]


def fact(name: str, value: str) -> str:
    """Return the token of a fact."""
    return f"{name}={value}"


def digest(document: Document, fields: Fields) -> Digest:
    """Return what is indexed of a document."""
    tokens: dict[Visibility, set[str]] = {level: set() for level in LEVELS}
    shown: list[Any] = []
    for name, texts in document.texts.items():
        level = document.levels.get(name, Visibility.PUBLIC)
        weight = document.weights.get(name, fields.get(name, 1.0))
        for text in texts:
            words = analysis.tokens(text)
            plain, marked = analysis.folded(words), analysis.exact(words)
            if len(tokens[level]) < _MOST:
                tokens[level] |= _tokens(name, plain, marked, heading=weight >= HEADING)
            shown.append([name, weight, level.value, _row(plain), _row(marked)])
    named = " ".join(document.texts.get("identifier", ()))
    order = _NUMBER.sub(lambda found: found[0].zfill(8), named) + " " + document.id.hex
    ended = State.ENDED in document.facts.get(STATE, ())
    facts = {
        fact(name, value) for name, values in document.facts.items() for value in values
    }
    return Digest(
        {level: frozenset(found) for level, found in tokens.items()},
        frozenset(one for one in facts if not re.search(r"\s", one)),
        order,
        json.dumps([ended, shown], ensure_ascii=False, separators=(",", ":")),
    )


def read(shown: str) -> tuple[bool, list[RankedText]]:
    """Read back from a digest whether the entry has ended, and its texts."""
    ended, rows = json.loads(shown)
    return ended, [
        RankedText(name, weight, _LEVEL[level], *words)
        for name, weight, level, *words in rows
    ]


def whole(words: Sequence[str]) -> str:
    """Return the token of a heading that says these words and nothing else, but for how
    nearly all of them begin.
    """
    return f"^={'_'.join(analysis.bare(words)[:_HEADING_WORDS])}"


def _tokens(
    name: str, plain: list[str], marked: list[str], *, heading: bool
) -> set[str]:
    fielded = {f"{name}={word}" for word in plain}
    if name == INITIALS:
        return fielded
    found = {*plain, *analysis.pairs(plain), *fielded}
    if heading:
        found |= {f"^{word}" for word in (*plain, *analysis.pairs(plain), *marked)} | {
            whole(plain)
        }
    return found


def _row(words: list[str]) -> str:
    return f" {' '.join(words[:_RANKED])} "
