"""The four formats, as one table; the same triples give the same bytes, whatever the process or the hash seed."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyoxigraph as ox
from rdflib import Graph

from catalog_schema.namespaces import PREFIXES, RDF

Triples = Iterable[ox.Triple]


@dataclass(frozen=True)
class Format:
    """One way to write RDF: its name, file extension, media type, whether it states a charset, and its writer."""

    name: str
    extension: str
    media_type: str
    charset: bool
    write: Callable[[Triples], bytes]

    @property
    def content_type(self) -> str:
        """The Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


def canonical(graph: Graph) -> str:
    """Return the graph as sorted N-Triples lines; it must hold no blank nodes."""
    parsed = ox.parse(graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    return "".join(sorted({f"{quad.triple} .\n" for quad in parsed}))


def triples(text: str) -> Iterator[ox.Triple]:
    """Read N-Triples lines, in their order."""
    return (quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES))


def _oxigraph(rdf_format: ox.RdfFormat) -> Callable[[Triples], bytes]:
    def write(items: Triples) -> bytes:
        used = PREFIXES if rdf_format != ox.RdfFormat.N_TRIPLES else None
        written = ox.serialize(items, format=rdf_format, prefixes=used)
        return written or b""

    return write


def _json_ld(items: Triples) -> bytes:
    """Write one node object per subject, under an inline context of prefixes: nothing to fetch."""
    nodes = [_node(subject, list(group)) for subject, group in groupby(items, key=lambda t: t.subject)]
    document = {"@context": PREFIXES, "@graph": nodes}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


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
    plain = datatype == "http://www.w3.org/2001/XMLSchema#string"
    return {"@value": term.value} if plain else {"@value": term.value, "@type": _compact(datatype)}


def _compact(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.isidentifier():
            return f"{prefix}:{local}"
    return iri


FORMATS: dict[str, Format] = {
    "ttl": Format("Turtle", "ttl", "text/turtle", charset=True, write=_oxigraph(ox.RdfFormat.TURTLE)),
    "rdf": Format("RDF/XML", "rdf", "application/rdf+xml", charset=False, write=_oxigraph(ox.RdfFormat.RDF_XML)),
    "jsonld": Format("JSON-LD", "jsonld", "application/ld+json", charset=False, write=_json_ld),
    "nt": Format("N-Triples", "nt", "application/n-triples", charset=False, write=_oxigraph(ox.RdfFormat.N_TRIPLES)),
}
