"""What the register offers to machines, as a void:Dataset (VoID): its whole files, its
feed, where its things live.
"""

from rdflib import Graph, Literal, URIRef

from app.config import Settings
from app.rdf.publishing import catalogue
from app.rdf.writing import formats, records
from app.register.queries import Register
from catalog_schema.namespaces import DCT, FOAF, RDF, VOID, new_graph


def description(register: Register, settings: Settings) -> Graph:
    """Return the description; it changes when what is published does."""
    base, node = register.profile.base, records.catalogue_iri(register.profile)
    graph = new_graph()
    here = URIRef(f"{base}/.well-known/void")
    graph.add((here, RDF.type, VOID.DatasetDescription))
    graph.add((here, FOAF.primaryTopic, node))
    graph.add((node, RDF.type, VOID.Dataset))
    for predicate, value in catalogue.texts(settings, register.at.as_of):
        graph.add((node, predicate, Literal(value, lang="vi")))
    for extension, form in formats.FORMATS.items():
        graph.add((node, VOID.dataDump, URIRef(f"{base}/dump/danh-muc.{extension}")))
        graph.add((node, VOID.feature, URIRef(form.iri)))
    graph.add((node, VOID.sparqlEndpoint, URIRef(f"{base}/sparql")))
    graph.add((node, VOID.uriSpace, Literal(f"{base}/id/")))
    graph.add((node, VOID.rootResource, node))
    _, modified = register.published()
    if modified is not None:
        graph.add((node, DCT.modified, records.instant(modified)))
    return graph
