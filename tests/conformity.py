"""Whether a graph conforms: to the official profiles, and to the one that the register publishes itself."""

import pyshacl
from rdflib import Graph

from catalog_schema import publication
from catalog_schema.namespaces import SH
from catalog_schema.profile import Visibility

PARSERS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
PROFILES = ["patched-ap301_base_range.ttl", "patched-breg210.ttl", "public"]


def parse(data, extension):
    """Read a document by the ending of its address."""
    return Graph().parse(data=data, format=PARSERS[extension])


def shapes(name, standards, base):
    """Return the shapes of a profile; `public`: those that the register publishes of what is public."""
    if name == "public":
        return publication.document(base, Visibility.PUBLIC)
    return Graph().parse(standards / "patched" / name)


def violations(graph, asked):
    """Return which node breaks a shape, and how it is told."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=asked, inference="none")
    nodes = [
        n
        for n in report.objects(None, SH.result)
        if report.value(n, SH.resultSeverity) == SH.Violation
    ]
    return [
        (str(report.value(n, SH.focusNode)), str(report.value(n, SH.resultMessage)))
        for n in nodes
    ]
