"""The search index as the register needs it: a few verbs, chosen by URL, each backend
passing one contract suite.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from app.search.terms import Query
from catalog_schema.profile import Visibility

MAX_HITS = 20_000
MOST_COUNTED = 5_000  # documents beyond which a backend may stop counting
# the facts that every document has, beside those of its content
KIND, STATE = (
    "entry.kind",
    "entry.state",
)
# what is searched, by dotted name, with its weight from the profile
Fields = Mapping[str, float]


@dataclass(frozen=True)
class Document:
    """What is indexed of an entry: texts by dotted field, facts to filter and count.

    `levels`: who may see the texts of a field, if not everybody; `weights`: what they
    weigh, if not as in `Fields`.
    """

    id: UUID
    version_id: UUID
    texts: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: Mapping[str, Visibility] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class IndexQuery:
    """A question: a query with terms, who asks, facts that hits must have, facts whose
    values are counted.

    `filters`: name → any of these values. What is counted respects every filter but its
    own.
    """

    query: Query
    level: Visibility = Visibility.PUBLIC
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A document that was found, with its texts for the ranking (`digest.read`)."""

    id: UUID
    order: str
    shown: str


@dataclass(frozen=True)
class Matches:
    """The likeliest hits, most likely first; how many match, at least; whether that is
    all; counts by fact.
    """

    hits: list[Hit]
    total: int
    whole: bool
    counts: Mapping[str, list[tuple[str, int]]]


class SearchIndex(Protocol):
    """Finds entries by text. It holds no truth: everything in it can be rebuilt from
    the register.

    What reads raises UnavailableError past its time, and IndexLostError when the index
    is missing or cannot be read; from then on `sound` is False.
    """

    def write(
        self, documents: Iterable[Document], removed: Iterable[UUID] = ()
    ) -> None:
        """Replace these documents and remove those entries, durably and together;
        idempotent. It makes no index.
        """
        ...

    def search(self, asked: IndexQuery, limit: int) -> Matches:
        """Return at most `limit` hits, those first that have the words in a heading and
        in a row; see `plan.Plan`.
        """
        ...

    def matching(self, asked: IndexQuery) -> list[UUID]:
        """Return the ids of what matches, in the order of `search`, at most
        MAX_HITS.
        """
        ...

    def known(self, words: Iterable[str], level: Visibility) -> Mapping[str, int]:
        """Return those of these folded words that stand somewhere, each with a number
        that grows with how often.
        """
        ...

    def sound(self) -> bool:
        """Tell whether the index is there and nobody has found it unreadable."""
        ...

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Hold these documents and nothing else; until that is done searches go on in
        what was there. Durable.
        """
        ...

    def versions(self, ids: Iterable[UUID] | None = None) -> dict[UUID, UUID]:
        """Return the version that is indexed of each entry, or of each of these."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def close(self) -> None:
        """Let go of what is held open; it opens again by itself."""
        ...
