"""The profile as a document: the SHACL that entering runs on, what the register adds to
it, and what it is based on.
"""

from collections.abc import Iterator
from functools import lru_cache

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from catalog_schema import profile as profiles
from catalog_schema import validation
from catalog_schema.namespaces import DCT, DM, FOAF, OWL, RDF, SH, new_graph
from catalog_schema.profile import Field, Profile, Stage, Visibility

WORD = "id/dac-ta/dcat-ap-vn"  # the path of the profile's IRI
_TITLES = {
    "vi": "Đặc tả siêu dữ liệu của danh mục",
    "en": "Application profile of the register",
}
_BASED_ON = (
    "http://data.europa.eu/r5r/",  # DCAT-AP 3.0.1
    "http://data.europa.eu/m8g/",  # CPOV 2.1.2 and BRegDCAT-AP 2.1.0
    "http://www.w3.org/ns/adms",  # ADMS 2.00
    "http://www.w3.org/ns/org",
    "http://www.w3.org/2004/02/skos/core",
)


def standard(base: str) -> Graph:
    """Return what every document says of the profile: its type and its name."""
    graph, node = new_graph(), URIRef(f"{base}/{WORD}")
    graph.add((node, RDF.type, DCT.Standard))
    graph.add((node, DCT.title, Literal(_TITLES["vi"], lang="vi")))
    return graph


@lru_cache(maxsize=8)
def document(base: str, level: Visibility = Visibility.OWNER) -> Graph:
    """Return the profile as triples without a blank node, so that equal profiles give
    equal bytes.

    The whole is what entering runs on; of a lower `level` it holds the fields that its
    readers get, so that what they are given conforms to it. A shape of a field is named
    `urn:danhmuc:ns#{kind}.{dotted field}`, as a finding of the validation names it.
    """
    profile, graph = profiles.load(base), new_graph()
    for name in profile.kinds:
        for triple in _named(validation.compiled(base, name, Stage.ENTER, level)):
            graph.add(triple)
    for kind in profile.kinds.values():
        for dotted, field in kind.walk():
            shape = DM[f"{kind.name}.{dotted}"]
            if (shape, SH.path, None) in graph:
                _annotate(graph, shape, field)
    _describe(graph, profile)
    return graph


def _annotate(graph: Graph, shape: URIRef, field: Field) -> None:
    """Say of a field what SHACL has no term for."""
    values = {
        DM.audience: field.audience,
        DM.mandatoryAt: field.mandatory_at,
        DM.codeList: field.code_list,
        DM.targetKind: field.target_kind,
        DM.facet: field.facet or None,
        DM.shortLane: field.short_lane or None,
        OWL.deprecated: field.deprecated or None,
    }
    for predicate, value in values.items():
        if value is not None:
            graph.add(
                (
                    shape,
                    predicate,
                    Literal(value if isinstance(value, bool) else str(value)),
                )
            )


def _describe(graph: Graph, profile: Profile) -> None:
    node, page = URIRef(f"{profile.base}/{WORD}"), URIRef(f"{profile.base}/profile")
    graph += standard(profile.base)
    graph.add((node, DCT.title, Literal(_TITLES["en"], lang="en")))
    graph.add((node, DCT.identifier, Literal("dcat-ap-vn")))
    graph.add((node, DCT.type, SH.ShapesGraph))
    graph.add((node, FOAF.page, page))
    graph.add((page, RDF.type, FOAF.Document))
    for based in _BASED_ON:
        graph.add((node, DCT.references, URIRef(based)))
    for name in profile.kinds:
        graph.add((node, DCT.hasPart, DM[name]))
    for scheme in profile.lists.schemes.values():
        graph.add((node, DCT.requires, URIRef(scheme.iri)))


def _named(graph: Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Yield the triples with every blank node named after the way that leads to it."""
    names: dict[Node, URIRef] = {}
    waiting: list[Node] = []
    waiting += sorted(
        node for node in set(graph.subjects()) if isinstance(node, URIRef)
    )
    while waiting:
        subject = waiting.pop()
        for predicate, value in sorted(graph.predicate_objects(subject)):
            if isinstance(value, BNode):
                names[value] = _under(names.get(subject, subject), predicate)
                waiting.append(value)
    for subject, predicate, value in graph:
        yield names.get(subject, subject), predicate, names.get(value, value)


def _under(owner: Node, predicate: Node) -> URIRef:
    text = str(predicate)
    return URIRef(f"{owner}-{text.rpartition('#')[2]}")
