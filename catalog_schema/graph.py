"""Content of one entry → triples, and back. The two directions are inverse for every
field of the profile.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urldefrag

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from catalog_schema.namespaces import DM, PREFIXES, RDF, XSD, new_graph
from catalog_schema.profile import Field, Kind, Profile, Type

Content = Mapping[str, Any]
# names an item of a repeated group for good, so that its IRI outlives reordering
_EMPTY: tuple[Any, ...] = (None, [], {})  # False and 0 are values
KEY = "key"


class Writer:
    """Writes content as triples. `iri_of` turns an entry's id into its IRI, or None
    while it has none (left out).
    """

    def __init__(self, profile: Profile, iri_of: Callable[[str], str | None]) -> None:
        self.profile = profile
        self.iri_of = iri_of

    def graph(
        self, kind: Kind, subject: URIRef, content: Content, *, stub: bool = False
    ) -> Graph:
        """Return the triples of `content` about `subject`; with `stub`, only types and
        the fields that name it.
        """
        graph = new_graph()
        for rdf_type in kind.rdf_types:
            graph.add((subject, RDF.type, rdf_type))
        for predicate, value in kind.constants:
            graph.add((subject, predicate, value))
        self._fields(
            graph,
            tuple(f for f in kind.fields if f.in_stub or not stub),
            subject,
            content,
        )
        return graph

    def _fields(
        self, graph: Graph, fields: tuple[Field, ...], subject: URIRef, content: Content
    ) -> None:
        for field in fields:
            value = content.get(field.name)
            if value is not None:
                self._field(graph, field, subject, value)

    def _field(self, graph: Graph, field: Field, subject: URIRef, value: Any) -> None:
        if field.type is Type.GROUP:
            self._groups(graph, field, subject, value)
            return
        for item in value if field.many else [value]:
            for node in self._nodes(field, item):
                self._add(graph, field, subject, node)

    def _add(self, graph: Graph, field: Field, subject: URIRef, node: Node) -> None:
        graph.add((subject, field.path, node))
        for path in field.also_as:
            graph.add((subject, path, node))
        if isinstance(node, Literal) and node.language == "vi":
            for path in field.also_as_vietnamese:
                graph.add((subject, path, node))
        for path in field.also_as_instant:
            graph.add((subject, path, _midnight(node)))
        for path in field.inverse:
            graph.add((node, path, subject))
        if field.node_class is not None:
            graph.add((node, RDF.type, field.node_class))

    def _groups(self, graph: Graph, field: Field, subject: URIRef, value: Any) -> None:
        items = value if field.many else [value]
        nodes = [
            part_iri(subject, field, item.get(KEY, str(place)))
            for place, item in enumerate(items, start=1)
        ]
        for position, (node, item) in enumerate(
            zip(nodes, items, strict=True), start=1
        ):
            graph.add((subject, field.path, node))
            for path in field.of_entry:
                graph.add((URIRef(urldefrag(subject).url), path, node))
            for path in field.inverse:
                graph.add((node, path, subject))
            for rdf_type in field.rdf_types:
                graph.add((node, RDF.type, rdf_type))
            if field.many:
                graph.add((node, DM.order, Literal(position)))
            self._fields(graph, field.fields, node, item)
        self._siblings(graph, field, nodes, items)

    def _siblings(
        self, graph: Graph, group: Field, nodes: list[URIRef], items: list[Content]
    ) -> None:
        """Say of items which other items of their group they name."""
        first = group.fields[0].name  # by which items name each other
        for field in group.fields:
            if not field.also_as_sibling:
                continue  # of others the first may be what no key can be
            node_of = {
                item[first]: node
                for node, item in zip(nodes, items, strict=True)
                if first in item
            }
            for node, item in zip(nodes, items, strict=True):
                target = node_of.get(item.get(field.name))
                if target is not None:
                    for path in field.also_as_sibling:
                        graph.add((node, path, target))

    def _nodes(self, field: Field, value: Any) -> list[Node]:
        match field.type:
            case Type.LANG_TEXT if field.many:
                return [Literal(value, lang="vi")]
            case Type.LANG_TEXT:
                return [
                    Literal(text, lang=language)
                    for language, text in sorted(value.items())
                ]
            case Type.CONCEPT:
                return [
                    URIRef(self.profile.lists.concept(field.code_list or "", value).iri)
                ]
            case Type.REFERENCE:
                iri = self.iri_of(value)
                return [URIRef(iri)] if iri else []
            case Type.IRI:
                return [URIRef(field.iri_prefix + value)]
            case Type.DATE:
                return [Literal(date.fromisoformat(value))]
            case _:
                return [_literal(field, value)]


class Reader:
    """Reads triples back as content. `id_of` turns an IRI into an entry's id, or None
    when it is not ours.
    """

    def __init__(self, profile: Profile, id_of: Callable[[str], str | None]) -> None:
        self.profile = profile
        self.id_of = id_of

    def content(self, kind: Kind, graph: Graph, subject: URIRef) -> dict[str, Any]:
        """Return what the kind's fields say about `subject`; unknown predicates and
        values are left out.
        """
        return self._fields(kind.fields, graph, subject)

    def _fields(
        self, fields: tuple[Field, ...], graph: Graph, subject: URIRef
    ) -> dict[str, Any]:
        read_fields = {
            field.name: self._field(field, graph, subject) for field in fields
        }
        return {
            name: value for name, value in read_fields.items() if value not in _EMPTY
        }

    def _field(self, field: Field, graph: Graph, subject: URIRef) -> Any:
        nodes = list(graph.objects(subject, field.path))
        if field.type is Type.GROUP:
            return self._groups(field, graph, subject, nodes)
        if field.type is Type.LANG_TEXT and not field.many:
            return {
                str(n.language): str(n)
                for n in nodes
                if isinstance(n, Literal) and n.language
            }
        read = [self._value(field, node) for node in nodes]
        values = sorted(
            (value for value in read if value is not None),
            key=str,
        )
        return values if field.many else next(iter(values), None)

    def _groups(
        self, field: Field, graph: Graph, subject: URIRef, nodes: list[Node]
    ) -> Any:
        prefix = part_iri(subject, field, "")
        ours = [n for n in nodes if isinstance(n, URIRef) and n.startswith(prefix)]
        if not field.many:
            return self._fields(field.fields, graph, ours[0]) if ours else None
        ours.sort(key=lambda n: (_integer(graph.value(n, DM.order)) or 0, str(n)))
        return [
            {KEY: str(n).removeprefix(prefix), **self._fields(field.fields, graph, n)}
            for n in ours
        ]

    def _value(self, field: Field, node: Node) -> Any:
        match field.type:
            case Type.CONCEPT:
                concept = self.profile.lists.by_iri(str(node))
                return (
                    concept.code
                    if concept and concept.scheme == field.code_list
                    else None
                )
            case Type.REFERENCE:
                return self.id_of(str(node))
            case Type.IRI:
                return str(node).removeprefix(field.iri_prefix)
            case Type.INTEGER:
                return _integer(node)
            case Type.BOOLEAN:
                return str(node) == "true"
            case _:
                return str(node)


def part_iri(owner: URIRef, field: Field, key: str) -> URIRef:
    """Return the hash IRI of a part: `…#hang-muc-1`, below another part
    `…#hang-muc-1-chia-se-2`.
    """
    joint = "-" if "#" in owner else "#"
    return URIRef(
        f"{owner}{joint}{field.hash_suffix}" + (f"-{key}" if field.many else "")
    )


def context(profile: Profile, kind: Kind) -> dict[str, Any]:
    """Return the JSON-LD 1.1 context under which a kind's content, as the API gives it,
    reads as RDF.
    """
    return {**PREFIXES, **_terms(profile, kind.fields)}


def _terms(profile: Profile, fields: tuple[Field, ...]) -> dict[str, Any]:
    return {field.name: _term(profile, field) for field in fields}


def _term(profile: Profile, field: Field) -> dict[str, Any]:
    term: dict[str, Any] = {"@id": str(field.path)}
    match field.type:
        case Type.LANG_TEXT if field.many:
            term["@language"] = "vi"
        case Type.LANG_TEXT:
            term["@container"] = "@language"
        case Type.CONCEPT:
            concepts = profile.lists.schemes[field.code_list or ""].concepts
            term |= {
                "@type": "@vocab",
                "@context": {code: concept.iri for code, concept in concepts.items()},
            }
        case Type.REFERENCE | Type.IRI:
            term["@type"] = "@id"
        case Type.GROUP:
            term["@context"] = _terms(profile, field.fields)
        case Type.TEXT if field.language:
            term["@language"] = field.language
        case Type.DATE | Type.TEXT | Type.INTEGER if field.datatype not in (
            None,
            XSD.string,
            XSD.integer,
        ):
            term["@type"] = str(field.datatype)
    return term


def _midnight(day: Node) -> Literal:
    """Return the first instant of a day of Viet Nam, as xsd:dateTime."""
    return Literal(f"{day}T00:00:00+07:00", datatype=XSD.dateTime)


def _integer(node: Node | None) -> int | None:
    """Return the number that a node is, None where it is none: what others wrote may be
    anything.
    """
    text = str(node)
    return int(text) if re.fullmatch("-?[0-9]{1,18}", text) else None


def _literal(field: Field, value: Any) -> Literal:
    if field.language:
        return Literal(value, lang=field.language)
    if field.datatype is None or field.datatype == XSD.string:
        return Literal(value)
    return Literal(value, datatype=field.datatype)
