"""The profile as executable SHACL: the same rules as the compiled schemas, in the
standard's own language.
"""

from dataclasses import dataclass
from functools import lru_cache

import pyshacl
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from catalog_schema import profile as profiles
from catalog_schema.namespaces import DCT, DM, RDF, RDFS, SH, XSD, new_graph
from catalog_schema.profile import (
    Condition,
    Field,
    Kind,
    Profile,
    Stage,
    Type,
    Visibility,
)

_WHEN = "-when"  # ends the name of the shape that says "mandatory when …"


@dataclass(frozen=True)
class Violation:
    """One result of severity Violation: dotted field name, message, node that it is
    about.
    """

    field: str
    message: str
    focus: str


def check(
    graph: Graph,
    profile: Profile,
    kind: Kind,
    stage: Stage = Stage.ENTER,
    level: Visibility = Visibility.OWNER,
) -> list[Violation]:
    """Validate every node of the kind's target class in `graph`, without inference,
    imports or network.

    `level`: what the graph was cut to; fields above it are not looked for.
    """
    shapes = compiled(profile.base, kind.name, stage, level)
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    assert isinstance(report, Graph)  # noqa: S101 - pyshacl returns bytes only when asked to
    return sorted(violations(report), key=lambda v: (v.focus, v.field, v.message))


def violations(report: Graph) -> list[Violation]:
    """Return the results that a validation report lists itself; nested details are not
    counted.
    """
    nodes = [
        n
        for r in report.subjects(RDF.type, SH.ValidationReport)
        for n in report.objects(r, SH.result)
    ]
    return [
        _violation(report, n)
        for n in nodes
        if report.value(n, SH.resultSeverity) == SH.Violation
    ]


def _violation(report: Graph, node: Node) -> Violation:
    shape = str(report.value(node, SH.sourceShape))
    local = shape.rpartition("#")[2]  # {kind}.{dotted field}
    field = local.partition(".")[2].removesuffix(_WHEN)
    messages = sorted(str(m) for m in report.objects(node, SH.resultMessage))
    return Violation(field, "; ".join(messages), str(report.value(node, SH.focusNode)))


@lru_cache(maxsize=64)
def compiled(
    base: str, kind_name: str, stage: Stage, level: Visibility = Visibility.OWNER
) -> Graph:
    """Return the SHACL of one kind at one stage, of the fields that a level may see.

    The published profile is the stage `enter`, with every field.
    """
    profile = profiles.load(base)
    kind = profile.kinds[kind_name]
    graph = new_graph()
    shape = DM[kind.name]
    graph.add((shape, RDF.type, SH.NodeShape))
    for target in profile.shapes.objects(shape, SH.targetClass):
        graph.add((shape, SH.targetClass, target))
    for language, label in kind.labels.items():
        graph.add((shape, RDFS.label, Literal(label, lang=language)))
    compiler = _Compiler(profile, graph, stage, level)
    compiler.fields(shape, kind.name, kind.fields)
    for field in kind.fields:
        if (
            level.sees(field.audience)
            and field.mandatory_when
            and stage.includes(field.mandatory_at)
        ):
            compiler.conditional(kind, field, field.mandatory_when)
    return graph


class _Compiler:
    def __init__(
        self, profile: Profile, graph: Graph, stage: Stage, level: Visibility
    ) -> None:
        self.level = level
        self.profile = profile
        self.graph = graph
        self.stage = stage

    def fields(self, shape: Node, name: str, fields: tuple[Field, ...]) -> None:
        for field in fields:
            if self.level.sees(field.audience):
                self._field(shape, f"{name}.{field.name}", field)

    def _field(self, shape: Node, name: str, field: Field) -> None:
        node = DM[name]
        self._add(shape, SH.property, node)
        self._add(node, RDF.type, SH.PropertyShape)
        self._add(node, SH.path, field.path)
        self._add(node, SH.order, Literal(field.order))
        for predicate, texts in (
            (SH.name, field.labels),
            (SH.description, field.hints),
            (SH.message, field.messages),
        ):
            for language, text in texts.items():
                self._add(node, predicate, Literal(text, lang=language))
        for source in field.sources:
            self._add(node, DCT.source, Literal(source, lang="vi"))
        self._cardinality(node, field)
        self._values(node, name, field)

    def _is_always_asked(self, field: Field) -> bool:
        return self.stage.includes(field.mandatory_at) and field.mandatory_when is None

    def _cardinality(self, node: Node, field: Field) -> None:
        if self._is_always_asked(field):
            self._add(node, SH.minCount, Literal(1))
        if field.absent_at and self.stage.includes(field.absent_at):
            self._add(node, SH.maxCount, Literal(0))
        elif not field.many and field.type is not Type.LANG_TEXT:  # one a language
            self._add(node, SH.maxCount, Literal(1))
        elif field.many and field.max_items is not None:
            self._add(node, SH.maxCount, Literal(field.max_items))

    def _values(self, node: Node, name: str, field: Field) -> None:
        match field.type:
            case Type.GROUP:
                inner = DM[f"{name}-group"]
                self._add(node, SH.node, inner)
                self._add(inner, RDF.type, SH.NodeShape)
                self.fields(inner, name, field.fields)
            case Type.CONCEPT:
                concepts = self.profile.lists.schemes[
                    field.code_list or ""
                ].concepts.values()
                self._list(node, SH["in"], [URIRef(c.iri) for c in concepts])
            case Type.REFERENCE | Type.IRI:
                self._add(node, SH.nodeKind, SH.IRI)
            case Type.LANG_TEXT:
                self._language(node, field)
            case _:
                if field.datatype is not None:
                    self._add(node, SH.datatype, field.datatype)
                if field.language is not None:
                    self._list(node, SH.languageIn, [Literal(field.language)])
        self._limits(node, field)

    def _language(self, node: Node, field: Field) -> None:
        self._add(node, SH.datatype, RDF.langString)
        self._list(node, SH.languageIn, [Literal("vi"), Literal("en")])
        if field.many:
            return
        self._add(node, SH.uniqueLang, Literal("true", datatype=XSD.boolean))
        vietnamese = BNode()
        self._list(vietnamese, SH.languageIn, [Literal("vi")])
        self._add(node, SH.qualifiedValueShape, vietnamese)
        self._add(node, SH.qualifiedMaxCount, Literal(1))
        if self._is_always_asked(field):
            self._add(node, SH.qualifiedMinCount, Literal(1))

    def _limits(self, node: Node, field: Field) -> None:
        if field.type in (Type.TEXT, Type.LANG_TEXT):
            self._add(node, SH.minLength, Literal(1))
        if field.max_length is not None:
            self._add(
                node, SH.maxLength, Literal(field.max_length + len(field.iri_prefix))
            )
        if field.pattern is not None:
            self._add(
                node,
                SH.pattern,
                Literal(field.pattern.replace("^", f"^{field.iri_prefix}", 1)),
            )
        for predicate, bound in (
            (SH.minInclusive, field.minimum),
            (SH.maxInclusive, field.maximum),
        ):
            if bound is not None:
                self._add(node, predicate, Literal(bound))
        if field.constant is not None:
            self._list(node, SH["in"], [Literal(field.constant)])

    def conditional(self, kind: Kind, field: Field, condition: Condition) -> None:
        """Say: either the sibling does not have that value, or the field is there, or
        what may stand instead of it.
        """
        shape, present = DM[f"{kind.name}.{field.name}{_WHEN}"], BNode()
        self._add(shape, RDF.type, SH.NodeShape)
        for target in self.profile.shapes.objects(DM[kind.name], SH.targetClass):
            self._add(shape, SH.targetClass, target)
        self._add(present, SH.property, self._path(field, SH.minCount, Literal(1)))
        ways: list[Node] = [present]
        if condition.field and condition.equals:
            sibling, otherwise = kind.field(condition.field), BNode()
            listed = sibling.code_list or ""
            value = self.profile.lists.concept(listed, condition.equals).iri
            without = self._path(sibling, SH.hasValue, URIRef(value))
            self._add(otherwise, SH["not"], without)
            ways.append(otherwise)
        if condition.unless:
            instead, other = BNode(), kind.field(condition.unless)
            self._add(instead, SH.property, self._path(other, SH.minCount, Literal(1)))
            ways.append(instead)
        self._list(shape, SH["or"], ways)

    def _path(self, field: Field, constraint: URIRef, value: Node) -> BNode:
        node = BNode()
        self._add(node, SH.path, field.path)
        self._add(node, constraint, value)
        return node

    def _add(self, subject: Node, predicate: URIRef, value: Node) -> None:
        self.graph.add((subject, predicate, value))

    def _list(self, subject: Node, predicate: URIRef, members: list[Node]) -> None:
        head = BNode()
        self._add(subject, predicate, head)
        Collection(self.graph, head, members)
