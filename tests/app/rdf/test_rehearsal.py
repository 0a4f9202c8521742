import json

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from support import BASE, database

from app.rdf.harvesting import pitfalls, rehearsal
from app.rdf.harvesting.rehearsal import Page
from catalog_schema.namespaces import ADMS, DCAT, DCT, FOAF, RDF, SKOS, XSD

pytestmark = pytest.mark.slow

LAND = URIRef(f"{BASE}/id/csdl/CSDL-0001")
RECORD = URIRef(f"{BASE}/id/ban-ghi/CSDL-0001")
HTTPS_DAILY = URIRef(
    "https://publications.europa.eu/resource/authority/frequency/DAILY"
)
HTTP_CSV = URIRef("http://www.iana.org/assignments/media-types/text/csv")
NOBODY, OTHER = (
    URIRef(f"{BASE}/id/co-quan/CQ-9999"),
    URIRef(f"{BASE}/id/csdl/CSDL-0002"),
)
AT_Z, LONG_AGO = (
    Literal(f"{t}", datatype=XSD.dateTime)
    for t in ("2099-01-01T00:00:00Z", "1999-01-01T00:00:00+07:00")
)
OPEN = {
    "title": {"vi": "Tệp"},
    "access_url": "https://so.example/tep.csv",
    "format": "CSV",
    "media_type": "text-csv",
    "licence": "CC_BY_4_0",
}


@pytest.fixture
def good(office):
    """The whole of a register that trips nobody."""
    owner, basis = str(office.department), str(office.law())
    office.enter(
        "shared-database",
        database(owner, basis, title="Cơ sở dữ liệu đất đai", distributions=[OPEN]),
    )
    office.enter(
        "shared-database", database(owner, basis, title="Cơ sở dữ liệu giao thông")
    )
    answer = office.client().get("/catalog.nt?full=1", buffered=True)
    return Graph().parse(data=answer.data, format="nt")


def change(graph, subject, predicate, *values):
    graph.remove((subject, predicate, None))
    for value in values:
        graph.add((subject, predicate, value))


def part(graph):
    return next(graph.subjects(RDF.type, DCAT.Distribution))


BROKEN = {  # rule → how a good graph is broken so that it must speak
    "blank-node": lambda g: g.add((LAND, DCT.relation, BNode())),
    "iri": lambda g: g.add(
        (LAND, DCT.relation, URIRef(f"{pitfalls.NOWHERE}tuong-doi"))
    ),
    "text": lambda g: g.add(
        (LAND, DCAT.keyword, Literal("dấu rời: a\u0301", lang="vi"))
    ),
    "stub": lambda g: g.add(
        (URIRef(f"{BASE}/id/csdl/CSDL-0099"), RDF.type, DCAT.Dataset)
    ),
    "identifier": lambda g: change(g, LAND, DCT.identifier, Literal("H19.04/csdl/3")),
    "link": lambda g: g.remove((None, DCAT.dataset, LAND)),
    "record": lambda g: g.add((LAND, FOAF.primaryTopic, LAND)),
    "language": lambda g: change(g, LAND, DCT.title, Literal("Đất đai", lang="vi-VN")),
    "english": lambda g: g.add((LAND, DCT.title, Literal("Land", lang="en"))),
    "title": lambda g: change(
        g, LAND, DCT.title, Literal("Cơ sở dữ liệu giao thông", lang="vi")
    ),
    "day": lambda g: change(
        g, LAND, DCT.modified, Literal("2026-13-45", datatype=XSD.date)
    ),
    "publisher": lambda g: change(g, LAND, DCT.publisher, Literal("Sở A")),
    "list": lambda g: change(g, part(g), DCT["format"], Literal("CSV")),
    "theme": lambda g: g.remove((LAND, DCAT.theme, None)),
    "law": lambda g: g.remove(
        (LAND, URIRef("http://data.europa.eu/r5r/applicableLegislation"), None)
    ),
    "licence": lambda g: g.remove((part(g), DCT.license, None)),
    "keyword": lambda g: g.add((LAND, DCAT.keyword, Literal("đất, thửa", lang="vi"))),
    "state": lambda g: change(
        g, RECORD, ADMS.status, URIRef(f"{BASE}/id/trang-thai/nhap")
    ),
    "roles": lambda g: g.add(
        (next(g.subjects(RDF.type, SKOS.ConceptScheme)), RDF.type, SKOS.Concept)
    ),
}
MORE = {
    "an https frequency": (
        "list",
        lambda g: change(g, LAND, DCT.accrualPeriodicity, HTTPS_DAILY),
    ),
    "an http media type": (
        "list",
        lambda g: change(g, part(g), DCAT.mediaType, HTTP_CSV),
    ),
    "two publishers": ("publisher", lambda g: g.add((LAND, DCT.publisher, NOBODY))),
    "a day as text": ("day", lambda g: change(g, LAND, DCT.issued, Literal("hôm qua"))),
    "a time at Z": ("day", lambda g: change(g, LAND, DCT.modified, AT_Z)),
    "changed before it was issued": (
        "day",
        lambda g: change(g, LAND, DCT.modified, LONG_AGO),
    ),
    "two titles": (
        "language",
        lambda g: g.add((LAND, DCT.title, Literal("Tên nữa", lang="vi"))),
    ),
    "an empty title": (
        "language",
        lambda g: change(g, LAND, DCT.title, Literal(" ", lang="vi")),
    ),
    "the same identifier twice": (
        "identifier",
        lambda g: g.add((OTHER, DCT.identifier, Literal("CSDL-0001"))),
    ),
    "two records": (
        "record",
        lambda g: g.add((URIRef(f"{BASE}/id/ban-ghi/x"), FOAF.primaryTopic, LAND)),
    ),
}


def spoken(graph):
    return {found.rule for rule in pitfalls.RULES for found in rule(graph)}


def test_a_good_register_trips_nobody(good):
    assert spoken(good) == set()


@pytest.mark.parametrize("rule", BROKEN)
def test_every_rule_speaks_when_it_is_broken(good, rule):
    BROKEN[rule](good)

    assert rule in spoken(good)


@pytest.mark.parametrize("name", MORE)
def test_what_harvesters_broke_on_is_found(good, name):
    rule, breaking = MORE[name]
    breaking(good)

    assert rule in spoken(good)


def test_no_rule_is_without_its_test(good):
    said = {
        found.rule for breaking in BROKEN.values() for found in _broken(good, breaking)
    }

    assert said >= set(BROKEN)


def _broken(good, breaking):
    copy = Graph()
    copy += good
    breaking(copy)
    return [found for rule in pitfalls.RULES for found in rule(copy)]


def fetcher(client):
    def fetch(path):
        answer = client.get(path)
        return Page(
            path,
            answer.status_code,
            answer.headers.get("Content-Type", ""),
            answer.data,
        )

    return fetch


@pytest.mark.parametrize("extension", ["ttl", "rdf", "jsonld", "nt"])
def test_the_demonstration_is_harvested_without_a_fault(demo, demo_client, extension):
    report = rehearsal.rehearse(demo.profile, extension, fetcher(demo_client))

    assert report.errors == 0, [one for one in report.findings if one.severity == "lỗi"]
    assert (report.pages, report.datasets, report.services) == (1, 26, 3)


def test_faults_of_pages_are_told(office):
    owner, basis = str(office.department), str(office.law())
    office.enter("shared-database", database(owner, basis))
    client = office.client()
    good = fetcher(client)

    def wrong(path):
        page = good(path)
        return Page(
            path, page.status, "text/plain", page.body.replace(b"totalItems", b"total")
        )

    # nobody holds the code of who publishes here
    assert {
        f.rule for f in rehearsal.rehearse(office.system.profile, "ttl", wrong).findings
    } >= {"answer", "paging", "publisher"}
    broken = rehearsal.rehearse(
        office.system.profile, "ttl", lambda path: Page(path, 503, "text/html", b"")
    )
    assert (broken.pages, broken.errors > 0) == (0, True)


def test_a_database_that_was_named_badly_is_told_by_its_code(office):
    owner, basis = str(office.department), str(office.law())
    for _ in range(2):
        office.enter(
            "shared-database",
            database(owner, basis, title="Trùng tên", keyword=["đất; nước"]),
        )

    report = rehearsal.rehearse(office.system.profile, "ttl", fetcher(office.client()))

    told = {(one.rule, one.entry) for one in report.findings}
    assert {
        ("title", "CSDL-0001"),
        ("title", "CSDL-0002"),
        ("keyword", "CSDL-0001"),
    } <= told
    assert json.dumps([one.message for one in report.findings])
