"""The search index as the register needs it: a few verbs, chosen by URL, each backend passing one contract suite."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.errors import SetupError
from app.search.terms import Query

MAX_HITS = 20_000


@dataclass(frozen=True)
class Document:
    """What is indexed of an entry: texts by dotted field, each with its weight from the profile."""

    id: UUID
    version_id: UUID
    texts: Mapping[str, tuple[str, ...]]


class SearchIndex(Protocol):
    """Finds entries by text. It holds no truth: everything in it can be rebuilt from the register."""

    def write(self, documents: Iterable[Document], removed: Iterable[UUID] = ()) -> None:
        """Replace these documents and remove those entries, durably and together; idempotent."""
        ...

    def search(self, query: Query, fields: frozenset[str]) -> list[UUID]:
        """Return ids, best first, equal ones by their identifiers, at most MAX_HITS, looking only in `fields`.

        UnavailableError past 0.5 s. IndexLostError when the index is missing or cannot be read; from then on `sound`
        is False.
        """
        ...

    def sound(self) -> bool:
        """Tell whether the index is there and nobody has found it unreadable."""
        ...

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Hold these documents and nothing else; until that is done searches go on in what was there. Durable."""
        ...

    def words(self, fields: frozenset[str], most: int) -> Mapping[str, int]:
        """Return the folded words of these fields, at most so many, with the number of texts in which each stands."""
        ...

    def versions(self) -> dict[UUID, UUID]:
        """Return the version that is indexed of each entry."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...


def open_index(url: str, weights: Mapping[str, float]) -> SearchIndex:
    """Open the index that `url` names, making it if it is not there; SetupError for an unknown kind."""
    scheme, _, rest = url.partition(":")
    if scheme == "whoosh":
        from app.search.whoosh_index import WhooshIndex  # noqa: PLC0415 - a backend is loaded only when it is used

        return WhooshIndex(rest, weights)
    raise SetupError(f"Không có công cụ tìm kiếm “{scheme}”: dùng whoosh:/đường/dẫn")
