"""Kinds and fields, read from the shapes in `shapes/`: one kind a file, one block a
field, nothing declared twice.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef
from rdflib.term import Node

from catalog_schema import code_lists
from catalog_schema.code_lists import CodeLists, labels
from catalog_schema.namespaces import DCT, DM, OWL, RDF, RDFS, SH, XSD, new_graph

DIRECTORY = Path(__file__).parent / "shapes"
CASES = DIRECTORY / "cases"
# the kind that the register exists for; rules about databases alone name it by this
DATABASE = "shared-database"


class Stage(StrEnum):
    """When a field becomes mandatory. Each stage includes the ones before it."""

    DRAFT = "draft"
    SUBMIT = "submit"
    ENTER = "enter"

    def includes(self, other: "Stage | None") -> bool:
        """Tell whether what is mandatory at `other` is mandatory at this stage."""
        return other is not None and _PLACE[other] <= _PLACE[self]


_PLACE = {stage: place for place, stage in enumerate(Stage)}


class Visibility(StrEnum):
    """Who may see a field: everybody, state agencies, or the owner and the
    department.
    """

    PUBLIC = "public"
    STATE = "state"
    OWNER = "owner"

    def sees(self, other: "Visibility") -> bool:
        """Tell whether a reader of this level may see a field of level `other`."""
        return _RANK[other] <= _RANK[self]


_RANK = {level: rank for rank, level in enumerate(Visibility)}


class Type(StrEnum):
    """How a field's value looks in content: see `catalog_schema.graph` for the RDF
    side.
    """

    TEXT = "text"
    LANG_TEXT = "lang-text"
    DATE = "date"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    IRI = "iri"
    CONCEPT = "concept"
    REFERENCE = "reference"
    GROUP = "group"


class Prefill(StrEnum):
    """What a new proposal starts with: the actor's agency, their post's title, or the
    agency's earlier words.
    """

    AGENCY = "agency"
    POST = "post"
    EARLIER = "earlier"


@dataclass(frozen=True)
class Condition:
    """The field is mandatory only when the sibling `field`, where one is named, has the
    value `equals`, and the sibling `unless`, where one is named, is blank.
    """

    field: str | None
    equals: str | None
    unless: str | None = None


@dataclass(frozen=True)
class Field:
    """One field of a kind or of a nested group. `many` fields hold a list; `fields` are
    those of a group.

    `historical`: it tells what was, so that a succession of agencies does not change
    whom it names. `also_as_sibling`: the value names another item of the same group by
    its first field; `of_entry`: the parts are also said of the entry itself.
    `absent_at`: from then on nothing may stand in it, and its message says why.
    `lookup`: entries are looked up by this text, in whatever letter case or marks.
    `language`: the tag of a plain text that is always in one language. `max_items`
    bounds a `many` field, None where the house's own bound holds. `inverse_labels`: how
    whoever is named in it calls those that name it, where the label does not say it.
    `deprecated`: it is told otherwise now, so that it is asked for and shown nowhere,
    while what was once said stays.
    """

    name: str
    path: URIRef
    type: Type
    many: bool
    labels: Mapping[str, str]
    hints: Mapping[str, str]
    messages: Mapping[str, str]
    order: int
    section: str | None
    mandatory_at: Stage | None
    mandatory_when: Condition | None
    absent_at: Stage | None
    audience: Visibility
    sources: tuple[str, ...]
    code_list: str | None
    target_kind: str | None
    datatype: URIRef | None
    language: str | None
    max_length: int | None
    pattern: str | None
    minimum: int | None
    maximum: int | None
    constant: bool | None
    default: str | None
    prefill: Prefill | None
    iri_prefix: str
    node_class: URIRef | None
    hash_suffix: str | None
    also_as: tuple[URIRef, ...]
    also_as_vietnamese: tuple[URIRef, ...]
    also_as_instant: tuple[URIRef, ...]
    also_as_sibling: tuple[URIRef, ...]
    of_entry: tuple[URIRef, ...]
    inverse: tuple[URIRef, ...]
    inverse_labels: Mapping[str, str]
    max_items: int | None
    search_weight: float
    facet: bool
    lookup: bool
    short_lane: bool
    in_stub: bool
    historical: bool
    deprecated: bool
    rdf_types: tuple[URIRef, ...]
    fields: tuple["Field", ...]

    def required(self, stage: Stage, siblings: Mapping[str, object]) -> bool:
        """Tell whether the field must be filled at `stage`, given the values beside
        it.
        """
        if not stage.includes(self.mandatory_at):
            return False
        condition = self.mandatory_when
        if condition is None:
            return True
        if condition.unless and siblings.get(condition.unless):
            return False
        named = condition.field
        return named is None or siblings.get(named) == condition.equals


@dataclass(frozen=True)
class Section:
    """A section of form and page; `benefits`: what filling it in is good for."""

    name: str
    labels: Mapping[str, str]
    benefits: Mapping[str, str]
    order: int


@dataclass(frozen=True)
class Kind:
    """A class of entries. `title_field` names an entry for people; `identifier_field`,
    if set, names it for good. `audience`: who may know of an entry at all.
    """

    name: str
    path_word: str
    identifier_prefix: str
    identifier_field: str | None
    title_field: str
    entered_by: str
    audience: Visibility
    labels: Mapping[str, str]
    plural: Mapping[str, str]
    rdf_types: tuple[URIRef, ...]
    fields: tuple[Field, ...]
    constants: tuple[tuple[URIRef, Node], ...]

    def field(self, name: str) -> Field:
        """Return a top-level field; KeyError when the kind has none of that name."""
        return {field.name: field for field in self.fields}[name]

    def current(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return a content without what is deprecated."""
        old = {field.name for field in self.fields if field.deprecated}
        return {name: value for name, value in content.items() if name not in old}

    def walk(self) -> Iterator[tuple[str, Field]]:
        """Yield every field with its dotted name, groups before what they hold."""
        yield from _walk(self.fields, "")


@dataclass(frozen=True)
class Profile:
    """The whole profile for one base address; `digest` changes with any file of it and
    with the base.

    `cases` are the kinds of cases, which are no entries: they are neither published nor
    in the `shapes`.
    """

    base: str
    digest: str
    kinds: Mapping[str, Kind]
    cases: Mapping[str, Kind]
    sections: Mapping[str, Section]
    lists: CodeLists
    shapes: Graph

    def hidden(self, level: Visibility) -> frozenset[str]:
        """Return the kinds of whose entries a reader of a level may not know."""
        return frozenset(
            name for name, kind in self.kinds.items() if not level.sees(kind.audience)
        )

    def content_kind(self, name: str) -> Kind:
        """Return the kind of an entry or of a case; KeyError for neither."""
        return self.cases[name] if name in self.cases else self.kinds[name]

    def by_path_word(self, word: str) -> Kind | None:
        """Return the kind whose addresses use `word`, or None."""
        return next(
            (kind for kind in self.kinds.values() if kind.path_word == word), None
        )


def _walk(fields: tuple[Field, ...], prefix: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        yield prefix + field.name, field
        yield from _walk(field.fields, f"{prefix}{field.name}.")


@lru_cache(maxsize=8)
def load(base: str) -> Profile:
    """Read every shape file; `base` (no trailing slash) is where local code lists and
    datatypes live.
    """
    shapes = _parsed(DIRECTORY, base)
    with_cases = new_graph()  # which use groups of the other shapes
    with_cases += shapes
    with_cases += _parsed(CASES, base)
    reader = _Reader(shapes)
    return Profile(
        base=base,
        digest=_digest(base),
        kinds={kind.name: kind for kind in reader.kinds()},
        cases={kind.name: kind for kind in _Reader(with_cases).cases()},
        sections=reader.sections(),
        lists=code_lists.load(base),
        shapes=shapes,
    )


def _parsed(directory: Path, base: str) -> Graph:
    graph = new_graph()
    for path in sorted(directory.glob("*.ttl")):
        graph.parse(path, publicID=base + "/")
    return graph


def _digest(base: str) -> str:
    paths = [
        *sorted(DIRECTORY.glob("*.ttl")),
        *sorted(CASES.glob("*.ttl")),
        *sorted(code_lists.DIRECTORY.glob("*.ttl")),
    ]
    return hashlib.sha256(
        base.encode() + b"".join(path.read_bytes() for path in paths)
    ).hexdigest()


class _Reader:
    """Turns the shapes graph into kinds and fields; raises ValueError naming the block
    that is wrong.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def kinds(self) -> list[Kind]:
        nodes = sorted(self.graph.subjects(DM.pathWord, None), key=str)
        return [self._kind(node, DM.pathWord) for node in nodes]

    def cases(self) -> list[Kind]:
        nodes = sorted(self.graph.subjects(DM.caseWord, None), key=str)
        return [self._kind(node, DM.caseWord) for node in nodes]

    def sections(self) -> dict[str, Section]:
        sections_ = [
            Section(
                _local(node),
                labels(self.graph, node, RDFS.label),
                labels(self.graph, node, RDFS.comment),
                self._int(node, SH.order) or 0,
            )
            for node in self.graph.subjects(RDF.type, SH.PropertyGroup)
        ]
        return {
            section.name: section
            for section in sorted(sections_, key=lambda s: s.order)
        }

    def _kind(self, node: Node, word: URIRef) -> Kind:
        return Kind(
            name=_local(node),
            path_word=self._need(node, word),
            identifier_prefix=self._need(node, DM.identifierPrefix),
            identifier_field=self._text(node, DM.identifierField),
            title_field=self._need(node, DM.titleField),
            entered_by=(self._need(node, DM.enteredBy) if word == DM.pathWord else ""),
            audience=Visibility(
                self._text(node, DM.audience) or Visibility.PUBLIC.value
            ),
            labels=labels(self.graph, node, RDFS.label),
            plural=labels(self.graph, node, DM.pluralLabel),
            rdf_types=self._iris(node, DM.rdfType),
            fields=self._fields(node),
            constants=self._constants(node),
        )

    def _fields(self, node: Node) -> tuple[Field, ...]:
        blocks = [
            b
            for b in self.graph.objects(node, SH.property)
            if (b, DM.field, None) in self.graph
        ]
        return tuple(
            sorted(
                (self._field(block) for block in blocks),
                key=lambda f: (f.order, f.name),
            )
        )

    def _constants(self, node: Node) -> tuple[tuple[URIRef, Node], ...]:
        blocks = [
            b
            for b in self.graph.objects(node, SH.property)
            if (b, DM.field, None) not in self.graph
        ]
        pairs = [
            (self.graph.value(b, SH.path), self.graph.value(b, SH.hasValue))
            for b in blocks
        ]
        return tuple(
            sorted(
                (URIRef(str(p)), v) for p, v in pairs if p is not None and v is not None
            )
        )

    def _field(self, node: Node) -> Field:
        group = self.graph.value(node, SH.node)
        section = self.graph.value(node, SH.group)
        constant = self.graph.value(node, SH.hasValue)
        prefill = self._text(node, DM.prefill)
        most = self._int(node, SH.maxCount)
        return Field(
            name=self._need(node, DM.field),
            path=URIRef(self._need(node, SH.path)),
            type=self._type(node),
            many=most != 1,
            labels=labels(self.graph, node, SH.name),
            hints=labels(self.graph, node, SH.description),
            messages=labels(self.graph, node, SH.message),
            order=self._int(node, SH.order) or 0,
            section=_local(section) if section is not None else None,
            mandatory_at=self._stage(node, DM.mandatoryAt),
            mandatory_when=self._condition(node),
            absent_at=self._stage(node, DM.absentAt),
            audience=Visibility(self._need(node, DM.audience)),
            sources=tuple(sorted(str(o) for o in self.graph.objects(node, DCT.source))),
            code_list=self._text(node, DM.codeList),
            target_kind=self._text(node, DM.targetKind),
            datatype=next(iter(self._iris(node, SH.datatype)), None),
            language=self._language(node),
            max_length=self._int(node, SH.maxLength),
            pattern=self._text(node, SH.pattern),
            minimum=self._int(node, SH.minInclusive),
            maximum=self._int(node, SH.maxInclusive),
            constant=str(constant) == "true" if constant is not None else None,
            default=self._text(node, SH.defaultValue),
            prefill=Prefill(prefill) if prefill else None,
            iri_prefix=self._text(node, DM.iriPrefix) or "",
            node_class=next(iter(self._iris(node, DM.nodeClass)), None),
            hash_suffix=self._text(node, DM.hashSuffix),
            also_as=self._iris(node, DM.alsoAs),
            also_as_vietnamese=self._iris(node, DM.alsoAsVietnamese),
            also_as_instant=self._iris(node, DM.alsoAsInstant),
            also_as_sibling=self._iris(node, DM.alsoAsSibling),
            of_entry=self._iris(node, DM.ofEntry),
            inverse=self._iris(node, DM.inverse),
            inverse_labels=labels(self.graph, node, DM.inverseName),
            max_items=most,
            search_weight=float(self._text(node, DM.searchWeight) or 0),
            facet=self._flag(node, DM.facet),
            lookup=self._flag(node, DM.lookup),
            short_lane=self._flag(node, DM.shortLane),
            in_stub=self._flag(node, DM.inStub),
            historical=self._flag(node, DM.historical),
            deprecated=self._flag(node, OWL.deprecated),
            rdf_types=self._iris(group, DM.rdfType) if group is not None else (),
            fields=self._fields(group) if group is not None else (),
        )

    def _type(self, node: Node) -> Type:
        for predicate, type_ in (
            (SH.node, Type.GROUP),
            (DM.codeList, Type.CONCEPT),
            (DM.targetKind, Type.REFERENCE),
        ):
            if (node, predicate, None) in self.graph:
                return type_
        if self.graph.value(node, SH.nodeKind) == SH.IRI:
            return Type.IRI
        if self._language(node):
            return Type.TEXT
        return _DATATYPES.get(str(self.graph.value(node, SH.datatype)), Type.TEXT)

    def _flag(self, node: Node, predicate: URIRef) -> bool:
        return self._text(node, predicate) == "true"

    def _language(self, node: Node) -> str | None:
        """Return the one language that a text is in, as its tag."""
        allowed = self.graph.value(node, SH.languageIn)
        return None if allowed is None else str(self.graph.value(allowed, RDF.first))

    def _stage(self, node: Node, predicate: URIRef) -> Stage | None:
        text = self._text(node, predicate)
        return Stage(text) if text else None

    def _condition(self, node: Node) -> Condition | None:
        when = self.graph.value(node, DM.mandatoryWhen)
        return (
            None
            if when is None
            else Condition(
                self._text(when, DM.field),
                self._text(when, DM.equals),
                self._text(when, DM.unless),
            )
        )

    def _iris(self, node: Node, predicate: URIRef) -> tuple[URIRef, ...]:
        return tuple(
            sorted(URIRef(str(o)) for o in self.graph.objects(node, predicate))
        )

    def _text(self, node: Node, predicate: URIRef) -> str | None:
        value = self.graph.value(node, predicate)
        return None if value is None else str(value)

    def _int(self, node: Node, predicate: URIRef) -> int | None:
        value = self._text(node, predicate)
        return None if value is None else int(value)

    def _need(self, node: Node, predicate: URIRef) -> str:
        value = self._text(node, predicate)
        if value is None:
            name = self._text(node, DM.field) or str(node)
            raise ValueError(f"shape block {name!r} lacks {predicate}")
        return value


_DATATYPES = {
    str(RDF.langString): Type.LANG_TEXT,
    str(XSD.date): Type.DATE,
    str(XSD.integer): Type.INTEGER,
    str(XSD.nonNegativeInteger): Type.INTEGER,
    str(XSD.boolean): Type.BOOLEAN,
}


def _local(node: Node) -> str:
    return str(node).rsplit("#", 1)[-1]
