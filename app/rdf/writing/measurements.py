"""How fresh data are, as measurements of quality (DQV): beside the description of a
database, so that nothing of it, and no date of it, moves when one is made.
"""

from collections.abc import Mapping
from datetime import date

from rdflib import Graph, Literal, URIRef

from app.exchange.statements import Evidence
from catalog_schema.namespaces import DCT, DM, DQV, RDF, RDFS, XSD, new_graph

METRIC = DM.dataCurrentTo


def currency(base: str, known: Mapping[str, Evidence]) -> Graph:
    """Return the measurements of databases, by IRI, as far as anybody said."""
    graph = new_graph()
    graph.add((METRIC, RDF.type, DQV.Metric))
    graph.add((METRIC, RDFS.label, Literal("Dữ liệu cập nhật đến ngày", lang="vi")))
    graph.add((METRIC, DQV.expectedDataType, XSD.date))
    for iri, evidence in known.items():
        if evidence.day is None:
            continue
        name = iri.rpartition("/")[2]
        node = URIRef(f"{base}/chia-se/do-moi#{name}")
        graph.add((node, RDF.type, DQV.QualityMeasurement))
        graph.add((node, DQV.computedOn, URIRef(iri)))
        graph.add((node, DQV.isMeasurementOf, METRIC))
        graph.add((node, DQV.value, _day(evidence.day)))
        if evidence.said_on:
            graph.add((node, DCT.issued, _day(evidence.said_on)))
    return graph


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=XSD.date)
