"""The formats, as one table; the same triples give the same bytes, whatever the process
or the hash seed.

A document is a head, blocks and a tail: a block is what some triples are in a format,
and blocks that were written at different times stand one after the other in one
document.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from catalog_schema.namespaces import PREFIXES, RDF

Triples = Iterable[ox.Triple]
FORMAT_IRIS = "http://www.w3.org/ns/formats/"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True)
class Format:
    """One way to write RDF: its name, file extension, media type, whether it states a
    charset, and its writer.

    `block` writes triples without the head and the tail of the document; `between`
    stands between two blocks.
    """

    name: str
    extension: str
    media_type: str
    charset: bool
    block: Callable[[Triples], bytes]
    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""

    def write(self, items: Triples) -> bytes:
        """Return a document of these triples."""
        return b"".join(self.document([self.block(items)]))

    def document(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a document of blocks in this format, in their order."""
        yield self.head
        between = b""
        for block in filter(None, blocks):
            yield between + block
            between = self.between
        yield self.tail

    @property
    def iri(self) -> str:
        """The IRI that names the format for machines."""
        return f"{FORMAT_IRIS}{self.name.replace('/', '_')}"

    @property
    def content_type(self) -> str:
        """The Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


def canonical(graph: Graph) -> str:
    """Return the graph as sorted N-Triples lines; it must hold no blank nodes."""
    parsed = ox.parse(
        graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES
    )
    return "".join(sorted({f"{quad.triple} .\n" for quad in parsed}))


def of(graph: Graph) -> list[ox.Triple]:
    """Return the graph's triples in the order in which they are written."""
    return list(triples(canonical(graph)))


def graph_of(items: Triples) -> Graph:
    """Return triples as a graph of rdflib's."""
    graph = Graph(bind_namespaces="none")
    for triple in items:
        graph.add(
            (
                _term(triple.subject),
                URIRef(triple.predicate.value),
                _term(triple.object),
            )
        )
    return graph


def _term(term: Any) -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    plain = term.datatype.value == _STRING
    return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value))


def triples(text: str) -> Iterator[ox.Triple]:
    """Read N-Triples lines, in their order."""
    return (
        quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    )


def _written(items: Triples, rdf_format: ox.RdfFormat) -> bytes:
    used = PREFIXES if rdf_format != ox.RdfFormat.N_TRIPLES else None
    return ox.serialize(items, format=rdf_format, prefixes=used) or b""


def _n_triples(items: Triples) -> bytes:
    return _written(items, ox.RdfFormat.N_TRIPLES)


def _turtle(items: Triples) -> bytes:
    return _written(items, ox.RdfFormat.TURTLE).removeprefix(_TURTLE_HEAD)


def _rdf_xml(items: Triples) -> bytes:
    return (
        _written(items, ox.RdfFormat.RDF_XML)
        .removeprefix(_XML_HEAD)
        .removesuffix(_XML_TAIL)
    )


_SAMPLE = [
    ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"))
]
_TURTLE_HEAD = _written(_SAMPLE, ox.RdfFormat.TURTLE).partition(b"<urn:a>")[0]
_XML_TAIL = b"</rdf:RDF>"
_XML_HEAD = _written([], ox.RdfFormat.RDF_XML).removesuffix(_XML_TAIL)


def _json_ld(items: Triples) -> bytes:
    """Write one node object per subject; the context of prefixes is in the head:
    nothing to fetch.
    """
    nodes = (
        _node(subject, list(group))
        for subject, group in groupby(items, key=lambda t: t.subject)
    )
    return b",".join(_json(node) for node in nodes)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _node(subject: Any, group: list[ox.Triple]) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": subject.value}
    for triple in group:
        term: Any = triple.object
        if triple.predicate.value == str(RDF.type):
            node.setdefault("@type", []).append(_compact(term.value))
        else:
            node.setdefault(_compact(triple.predicate.value), []).append(_value(term))
    return node


def _value(term: Any) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"@id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = term.datatype.value
    plain = datatype == _STRING
    return (
        {"@value": term.value}
        if plain
        else {"@value": term.value, "@type": _compact(datatype)}
    )


def _compact(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.isidentifier():
            return f"{prefix}:{local}"
    return iri


_LD_HEAD = b'{"@context":' + _json(PREFIXES) + b',"@graph":['

FORMATS: dict[str, Format] = {
    "ttl": Format(
        "Turtle", "ttl", "text/turtle", charset=True, block=_turtle, head=_TURTLE_HEAD
    ),
    "rdf": Format(
        "RDF/XML",
        "rdf",
        "application/rdf+xml",
        charset=False,
        block=_rdf_xml,
        head=_XML_HEAD,
        tail=_XML_TAIL,
    ),
    "jsonld": Format(
        "JSON-LD",
        "jsonld",
        "application/ld+json",
        charset=False,
        block=_json_ld,
        head=_LD_HEAD,
        between=b",",
        tail=b"]}",
    ),
    "nt": Format(
        "N-Triples", "nt", "application/n-triples", charset=False, block=_n_triples
    ),
}


@dataclass(frozen=True)
class Quads:
    """One way to write an entry with its provenance apart.

    What is said of the entry and of its parts, which its record vouches for, stands in
    a graph of the record's name; what is said of the record, and of others that the
    entry names, in the default graph.
    """

    name: str
    extension: str
    media_type: str
    rdf_format: ox.RdfFormat

    @property
    def content_type(self) -> str:
        """The Content-Type header."""
        return f"{self.media_type}; charset=utf-8"

    def write(self, items: Triples, object_: str = "", record: str = "") -> bytes:
        """Return a document about a thing; without a record everything is in the
        default graph.
        """
        used = PREFIXES if self.rdf_format != ox.RdfFormat.N_QUADS else None
        default, named = (
            ox.DefaultGraph(),
            ox.NamedNode(record) if record else ox.DefaultGraph(),
        )
        quads = [
            ox.Quad(
                t.subject,
                t.predicate,
                t.object,
                named if _whole(t.subject) == object_ else default,
            )
            for t in items
        ]
        quads.sort(key=lambda quad: str(quad.graph_name))
        return ox.serialize(quads, format=self.rdf_format, prefixes=used) or b""


def _whole(part: Any) -> str:
    """Return the IRI of what a part is a part of."""
    return str(part.value.partition("#")[0])


QUADS: dict[str, Quads] = {
    "trig": Quads("TriG", "trig", "application/trig", ox.RdfFormat.TRIG),
    "nq": Quads("N-Quads", "nq", "application/n-quads", ox.RdfFormat.N_QUADS),
}
