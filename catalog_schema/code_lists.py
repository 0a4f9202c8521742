"""Which values are allowed: reads the SKOS concept schemes in `code_lists/` and looks
concepts up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from catalog_schema.namespaces import DCT, DM, RDF, SKOS, new_graph

DIRECTORY = Path(__file__).parent / "code_lists"


@dataclass(frozen=True)
class Concept:
    """One allowed value. `valid_from`/`valid_to` (exclusive) say when a dated
    vocabulary used it.

    `synonyms` are other words for it, abbreviations too (skos:altLabel).
    """

    scheme: str
    code: str
    iri: str
    labels: Mapping[str, str]
    order: int
    valid_from: date | None
    valid_to: date | None
    synonyms: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """How people may write it in Vietnamese: its label, that without what stands in
        brackets or says that it is data, other words for it.
        """
        label = self.labels["vi"]
        short = label.partition(" (")[0]
        return label, short, short.removeprefix("Dữ liệu "), *self.synonyms


@dataclass(frozen=True)
class ConceptScheme:
    """A code list: `concepts` by code, in the order in which people should see them."""

    name: str
    iri: str
    labels: Mapping[str, str]
    concepts: Mapping[str, Concept]


class CodeLists:
    """Every scheme of the profile for one base address, with the triples that describe
    each concept.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.schemes = {scheme.name: scheme for scheme in _schemes(graph)}
        self._by_iri = {
            c.iri: c for s in self.schemes.values() for c in s.concepts.values()
        }
        self._iris = frozenset(self._by_iri) | {
            scheme.iri for scheme in self.schemes.values()
        }

    def concept(self, scheme: str, code: str) -> Concept:
        """Return the concept; KeyError when the scheme or the code is unknown."""
        return self.schemes[scheme].concepts[code]

    def iris(self) -> frozenset[str]:
        """Return the IRIs of every concept and every scheme."""
        return self._iris

    def by_iri(self, iri: str) -> Concept | None:
        """Return the concept with this IRI, or None when no list has it."""
        return self._by_iri.get(iri)

    def describe(self, iris: set[str]) -> Graph:
        """Return the background triples of exactly these, and of what they name in turn
        (rdf profile 1.6).
        """
        result = new_graph()
        waiting = list(iris & self._iris)
        seen = set[str]()
        while waiting:
            subject = waiting.pop()
            seen.add(subject)
            for triple in self.graph.triples((URIRef(subject), None, None)):
                _subject, predicate, value = map(str, triple)
                if predicate.startswith(str(DM)):
                    continue
                result.add(triple)
                if value in self._iris and value not in seen:
                    waiting.append(value)
        return result


def load(base: str, directory: Path = DIRECTORY) -> CodeLists:
    """Read every `*.ttl`; local concepts get IRIs below `base` (no trailing slash)."""
    graph = new_graph()
    for path in sorted(directory.glob("*.ttl")):
        graph.parse(path, publicID=base + "/")
    return CodeLists(graph)


def _schemes(graph: Graph) -> list[ConceptScheme]:
    members: dict[Node, list[Node]] = {}
    for concept, scheme in graph.subject_objects(SKOS.inScheme):
        members.setdefault(scheme, []).append(concept)
    return [
        _scheme(graph, node, members.get(node, []))
        for node in graph.subjects(RDF.type, SKOS.ConceptScheme)
    ]


def _scheme(graph: Graph, node: Node, members: list[Node]) -> ConceptScheme:
    name = str(graph.value(node, DCT.identifier))
    concepts = sorted(
        (_concept(graph, member, name) for member in members),
        key=lambda c: (c.order, c.code),
    )
    return ConceptScheme(
        name, str(node), labels(graph, node, DCT.title), {c.code: c for c in concepts}
    )


def _concept(graph: Graph, node: Node, scheme: str) -> Concept:
    order = graph.value(node, DM.order)
    return Concept(
        scheme=scheme,
        code=str(graph.value(node, SKOS.notation)),
        iri=str(node),
        labels=labels(graph, node, SKOS.prefLabel),
        order=int(str(order)) if order is not None else 0,
        valid_from=_day(graph.value(node, DM.validFrom)),
        valid_to=_day(graph.value(node, DM.validTo)),
        synonyms=tuple(
            sorted(str(word) for word in graph.objects(node, SKOS.altLabel))
        ),
    )


def labels(graph: Graph, node: Node, predicate: URIRef) -> dict[str, str]:
    """Return `{language: text}` of a node's language-tagged values, in language
    order.
    """
    literals = (
        o
        for o in graph.objects(node, predicate)
        if isinstance(o, Literal) and o.language
    )
    return {
        str(o.language): str(o) for o in sorted(literals, key=lambda o: str(o.language))
    }


def _day(value: Node | None) -> date | None:
    return date.fromisoformat(str(value)) if value is not None else None
