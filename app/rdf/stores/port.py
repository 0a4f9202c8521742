"""The triple store as the register needs it: a few verbs, chosen by URL, each backend
passing one contract suite.

One named graph for each entry, so that to write it again is to replace it; the name of
the graph is the IRI of the entry's catalogue record. Only what is public is ever
written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

MOST_ROWS = 10_000  # solutions or triples of one answer
MOST_QUERY = 8_192  # bytes of a query


@dataclass(frozen=True)
class Question:
    """A SPARQL query and how its answer is wanted.

    `results` is the media type for SELECT and ASK, `triples` the one for CONSTRUCT and
    DESCRIBE, None where the asker takes none of ours. `default` and `named` are the
    graphs that it is to look in; where both are empty, those that the text names, and
    all of them where it names none. `first`: as many rows as a page shows are enough;
    fewer where they are wide.
    """

    text: str
    results: str | None = "application/sparql-results+json"
    triples: str | None = "text/turtle"
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    first: int | None = None


@dataclass(frozen=True)
class Answer:
    """What a query found, written out."""

    media_type: str
    body: bytes


class TripleStore(Protocol):
    """Holds the published triples for queries. It holds no truth: everything in it can
    be made anew.
    """

    def replace(self, graphs: Mapping[str, str]) -> None:
        """Have each named graph hold these N-Triples and nothing else, none for "";
        durable and idempotent.
        """
        ...

    def publish(self) -> None:
        """Have readers see what was written; until then they see what was there
        before.
        """
        ...

    def names(self) -> set[str]:
        """Return the names of the graphs that readers see."""
        ...

    def graph(self, name: str) -> str:
        """Return what readers see in a graph, as sorted N-Triples lines; "" where there
        is none.
        """
        ...

    def answer(self, question: Question) -> Answer:
        """Answer a query that only reads.

        MalformedError for one that is wrong, or may not be asked; NotAcceptableError
        where no wanted format fits; UnavailableError past the limits of time, memory
        and rows, while too many others ask, or without a store.
        """
        ...

    def resting(self) -> bool:
        """Tell whether the store was found unreachable a moment ago, so that it is not
        tried again yet.
        """
        ...

    def sound(self) -> bool:
        """Tell whether the store is there and can be read; UnavailableError while that
        cannot be known.
        """
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def close(self) -> None:
        """End the processes and connections that it holds; what is asked afterwards
        starts new ones.
        """
        ...
