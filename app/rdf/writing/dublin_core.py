"""A database as simple Dublin Core: which element says what a property says, for
OAI-PMH's `oai_dc`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, unescape

from catalog_schema.namespaces import DCAT, DCATAP, DCT, RDF

FORM = "dc"  # the name under which it is kept
_ELEMENTS = {
    str(DCT.title): "title",
    str(DCAT.keyword): "subject",
    str(DCAT.theme): "subject",
    str(DCT.description): "description",
    str(DCT.publisher): "publisher",
    str(DCT.modified): "date",
    str(DCT.type): "type",
    str(DCT.identifier): "identifier",
    str(DCATAP.applicableLegislation): "relation",
    str(DCT.accessRights): "rights",
}
_ORDER = tuple(dict.fromkeys(_ELEMENTS.values()))
# in words of the DCMI Type Vocabulary
_TYPES = {str(DCAT.Dataset): "Dataset", str(DCAT.DataService): "Service"}
_PUBLISHER = re.compile("<dc:publisher>([^<]*)</dc:publisher>")


def block(triples: Iterable[Any], iri: str) -> str:
    """Return the elements of what `iri` is; its publisher by IRI, since a name may
    change without it.
    """
    elements: dict[str, list[str]] = {name: [] for name in _ORDER}
    elements["identifier"].append(iri)
    for triple in triples:
        name, value = _ELEMENTS.get(triple.predicate.value), triple.object
        if triple.subject.value == iri and triple.predicate.value == str(RDF.type):
            elements["type"] += [_TYPES[value.value]] if value.value in _TYPES else []
        if (
            name
            and triple.subject.value == iri
            and getattr(value, "language", None) in (None, "vi")
        ):
            elements[name].append(value.value)
    written = "".join(
        f"<dc:{name}>{escape(value)}</dc:{name}>"
        for name, values in elements.items()
        for value in values
    )
    return f"{written}<dc:language>vi</dc:language>"


def publishers(text: str) -> set[str]:
    """Return the IRIs of the publishers that a block names."""
    return {unescape(iri) for iri in _PUBLISHER.findall(text)}


def named(text: str, titles: Mapping[str, str]) -> str:
    """Return a block with the names of its publishers, as far as `titles` has them by
    IRI.
    """
    return _PUBLISHER.sub(lambda match: _named(unescape(match[1]), titles), text)


def _named(iri: str, titles: Mapping[str, str]) -> str:
    return f"<dc:publisher>{escape(titles.get(iri, iri))}</dc:publisher>"
