"""An entry as linked data: its own triples, its catalogue record with provenance, and
what a document adds to them.
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from rdflib import Graph, Literal, URIRef

from app import clock
from app.clock import OPEN_END, OPEN_START
from app.register.content.facts import REFERENCE
from app.register.queries import EntryView, Register
from app.register.standing import Standing, State
from catalog_schema import publication
from catalog_schema.graph import Writer
from catalog_schema.namespaces import ADMS, DCAT, DCT, FOAF, PROV, RDF, XSD, new_graph
from catalog_schema.profile import Kind, Profile

# What is kept is named after it: representations, lists of the feed and of OAI-PMH,
# dumps, pages of changes and the
# practice register. Raise it when any of `records`, `formats`, `dublin_core`, `feed`,
# `oai`, `activities` or
# `practice_feed` writes otherwise.
WRITER = "7"

STATUS: dict[State, str] = {
    State.IN_FORCE: "da-duyet",
    State.NOT_YET: "da-duyet",
    State.SUSPENDED: "tam-dung",
    State.ENDED: "thu-hoi",
}

CATALOGUE = "danh-muc/dung-chung"
# how an entry stands that the catalogue links
LISTED = (
    State.IN_FORCE,
    State.SUSPENDED,
)


_LINKS = ((DCAT.Dataset, DCAT.dataset), (DCAT.DataService, DCAT.service))


class Names(NamedTuple):
    """What the triples of one entry need to know of others: IRIs by id."""

    iris: dict[UUID, str]

    def iri(self, entry_id: str) -> str | None:
        """Return the IRI of an entry, or None while it has none."""
        return self.iris.get(UUID(entry_id))


def stamp(profile: Profile) -> str:
    """Return what kept triples depend on besides the version: profile, code lists, base
    and writer.
    """
    return hashlib.sha256(f"{WRITER} {profile.digest}".encode()).hexdigest()


def link(kind: Kind) -> URIRef | None:
    """Return how the catalogue links entries of a kind, None for one that is no
    resource of it (DCAT 3 §6.4).
    """
    return next((link for rdf_type, link in _LINKS if rdf_type in kind.rdf_types), None)


def catalogue_iri(profile: Profile) -> URIRef:
    """Return the IRI of the catalogue."""
    return URIRef(f"{profile.base}/id/{CATALOGUE}")


def record_iri(profile: Profile, view: EntryView | Standing) -> URIRef:
    """Return the IRI of the record, never that of the thing, below the base where the
    thing got its IRI.
    """
    base = view.iri.rpartition("/id/")[0] or profile.base
    return URIRef(f"{base}/id/ban-ghi/{view.local_id}")


def own(profile: Profile, view: EntryView, names: Names) -> Graph:
    """Return an entry's own triples with its record: what is kept per version, and what
    the catalogue is made of.
    """
    kind, subject = profile.kinds[view.kind], URIRef(view.iri)
    if link(kind) is not None and view.state in (State.ENDED, State.NOT_YET):
        graph = _tombstone(subject, view)
    else:
        content = kind.current(view.content)
        graph = Writer(profile, names.iri).graph(kind, subject, content)
    _identify(graph, kind, subject, view)
    _source(graph, subject, view)
    if link(kind) is not None:
        graph.add((subject, DCT.issued, Literal(view.issued_on)))
        graph.add((subject, DCT.modified, instant(view.recorded_at)))
    _record(graph, profile, view, names)
    return graph


def listing(profile: Profile, view: EntryView) -> Graph:
    """Return the catalogue's links to an entry and to its record; none where it is not
    one of its resources.
    """
    graph, node = new_graph(), catalogue_iri(profile)
    predicate = link(profile.kinds[view.kind])
    if predicate is not None and view.state in LISTED:
        graph.add((node, predicate, URIRef(view.iri)))
        graph.add((node, DCAT.record, record_iri(profile, view)))
    return graph


def document(register: Register, view: EntryView) -> Graph:
    """Return what `/doc/…` serves: own triples, the entries named (by name only), and
    the concepts with labels.
    """
    profile = register.profile
    others = register.referenced(view)
    users = [
        (path, use)
        for name, path in inverses(profile)
        for use in register.uses(view.id, only=name)
    ]
    used_by = {user.id: user for _, use in users for user in use.views}
    names = Names({o.id: o.iri for o in [*others.values(), *used_by.values(), view]})
    graph = own(profile, view, names)
    for path, use in users:
        for user in use.views:
            graph.add((URIRef(view.iri), path, URIRef(user.iri)))
    for other in (others | used_by).values():
        graph += _stub(profile, other, names)
    mentioned = {str(node) for node in graph.objects() if isinstance(node, URIRef)}
    graph += profile.lists.describe(mentioned)
    graph += publication.standard(profile.base)
    return graph


def inverses(profile: Profile) -> set[tuple[str, URIRef]]:
    """Return the fields that are also said of what they name, with the property that
    says it there.
    """
    fields = [pair for kind in profile.kinds.values() for pair in kind.walk()]
    return {
        (dotted, path)
        for dotted, field in fields
        if field.target_kind
        for path in field.inverse
    }


def instant(value: datetime) -> Literal:
    """Return an xsd:dateTime at +07:00, to the second."""
    text = clock.local(value).replace(microsecond=0).isoformat()
    return Literal(text, datatype=XSD.dateTime)


def _stub(profile: Profile, view: EntryView, names: Names) -> Graph:
    kind, subject = profile.kinds[view.kind], URIRef(view.iri)
    graph = Writer(profile, names.iri).graph(kind, subject, view.content, stub=True)
    _identify(graph, kind, subject, view)
    return graph


def _tombstone(subject: URIRef, view: EntryView) -> Graph:
    graph = new_graph()
    graph.add((subject, DCT.title, Literal(view.title, lang="vi")))
    return graph


def _source(graph: Graph, subject: URIRef, view: EntryView) -> None:
    """Say where a reference entry is from: the original's IRI, or in words where none
    is known.

    In a statement of provenance, since dct:source of a dataset or record must lead to a
    typed one of our own.
    """
    if view.content.get("record_kind") != REFERENCE:
        return
    iri, note = view.content.get("source_iri"), view.content.get("source_note")
    statement = URIRef(f"{subject}#nguon")
    graph.add((subject, DCT.provenance, statement))
    graph.add((statement, RDF.type, DCT.ProvenanceStatement))
    graph.add(
        (
            statement,
            DCT.source,
            URIRef(iri) if iri else Literal(note or view.title, lang="vi"),
        )
    )


def _identify(graph: Graph, kind: Kind, subject: URIRef, view: EntryView) -> None:
    if kind.identifier_field is None:
        graph.add((subject, DCT.identifier, Literal(view.local_id)))


def _record(graph: Graph, profile: Profile, view: EntryView, names: Names) -> None:
    record = record_iri(profile, view)
    activity = URIRef(f"{record}#duyet")
    listed = link(profile.kinds[view.kind]) is not None
    for rdf_type in (DCAT.CatalogRecord if listed else FOAF.Document, PROV.Entity):
        graph.add((record, RDF.type, rdf_type))
    graph.add((record, FOAF.primaryTopic, URIRef(view.iri)))
    graph.add((record, DCT.issued, Literal(view.issued_on)))
    graph.add((record, DCT.modified, instant(view.recorded_at)))
    graph.add(
        (
            record,
            ADMS.status,
            URIRef(profile.lists.concept("trang-thai", STATUS[view.state]).iri),
        )
    )
    graph.add((record, DCT.conformsTo, URIRef(f"{profile.base}/{publication.WORD}")))
    graph.add((record, PROV.wasGeneratedBy, activity))
    graph.add((activity, RDF.type, PROV.Activity))
    graph.add((activity, PROV.endedAtTime, instant(view.recorded_at)))
    unit = names.iris.get(view.decided_by_id) if view.decided_by_id else None
    if unit:
        graph.add((activity, PROV.wasAssociatedWith, URIRef(unit)))
    decision = names.iris.get(view.decision_id) if view.decision_id else None
    if decision:
        # the decision that promulgated this version
        graph.add((activity, PROV.used, URIRef(decision)))
    _validity(graph, record, view.valid_from, view.valid_to)


def _validity(graph: Graph, record: URIRef, start: date, end: date) -> None:
    if (start, end) == (OPEN_START, OPEN_END):
        return
    span = URIRef(f"{record}#hieu-luc")
    graph.add((record, DCT.valid, span))
    graph.add((span, RDF.type, DCT.PeriodOfTime))
    if start != OPEN_START:
        graph.add((span, DCAT.startDate, Literal(start)))
    if end != OPEN_END:
        # the last day, itself included
        graph.add((span, DCAT.endDate, Literal(max(start, end - timedelta(days=1)))))
