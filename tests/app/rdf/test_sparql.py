import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from driver import served
from oxigraph_server import free_port, serving
from rdflib import Graph
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from support import database, opened_office

from app import clock, journal
from app.rdf.stores import sample_questions
from app.workflow.proposals.models import ProposalType
from catalog_schema.namespaces import SD

pytestmark = pytest.mark.slow

TITLES = "SELECT ?t WHERE { ?s a dcat:Dataset ; dct:title ?t } ORDER BY ?t"
RESULTS_JSON = "application/sparql-results+json"


def filled(office, count=2):
    owner, basis = str(office.department), str(office.law())
    return [
        office.enter(
            "shared-database", database(owner, basis, title=f"CSDL số {number}")
        )
        for number in range(count)
    ]


def found(answer):
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [row["t"]["value"] for row in json.loads(answer.data)["results"]["bindings"]]


def asked(client, **given):
    return client.get(
        "/sparql",
        query_string={"query": TITLES, **given},
        headers={"Accept": RESULTS_JSON},
    )


def test_what_is_entered_is_found_and_follows_every_change(office):
    first, _ = filled(office)
    office.system.follow()
    client = office.client()
    assert found(asked(client)) == ["CSDL số 0", "CSDL số 1"]

    content = database(
        str(office.department), str(office.law("2/2026/QĐ-UBND")), title="CSDL mới"
    )
    office.enter("shared-database", content, type=ProposalType.AMEND, entry_id=first)
    # the store lags, and says so on the page of the parts
    assert found(asked(client)) == [
        "CSDL số 0",
        "CSDL số 1",
    ]
    office.system.follow()
    assert found(asked(client)) == ["CSDL mới", "CSDL số 1"]

    office.enter(
        "shared-database",
        {},
        type=ProposalType.SUSPEND,
        entry_id=first,
        effective_from=clock.today(),
    )
    office.system.follow()
    assert found(asked(client)) == ["CSDL mới", "CSDL số 1"]  # suspended ones stay
    office.enter(
        "shared-database",
        {},
        type=ProposalType.END,
        entry_id=first,
        effective_from=clock.today(),
    )
    office.system.follow()
    assert found(asked(client)) == ["CSDL số 1"]


def test_a_query_is_asked_in_the_three_ways_of_the_protocol(office):
    filled(office)
    office.system.follow()
    client, accept = office.client(), {"Accept": RESULTS_JSON}

    got = client.get("/sparql", query_string={"query": TITLES}, headers=accept)
    form = client.post("/sparql", data={"query": TITLES}, headers=accept)
    body = client.post(
        "/sparql", data=TITLES, content_type="application/sparql-query", headers=accept
    )

    assert got.data == form.data == body.data
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        client.get("/sparql", query_string={"query": TITLES}).mimetype == RESULTS_JSON
    )


@pytest.mark.parametrize(
    ("query", "accept", "status", "mimetype"),
    [
        (TITLES, "text/csv", 200, "text/csv"),
        (TITLES, "text/csv; charset=utf-8", 200, "text/csv"),
        (TITLES, "text/tab-separated-values", 200, "text/tab-separated-values"),
        (TITLES, "application/sparql-results+xml", 200, "application/sparql-results+xml"),
        (TITLES, "application/json", 200, RESULTS_JSON),
        (TITLES, "*/*", 200, RESULTS_JSON),
        (TITLES, "text/turtle", 406, "application/problem+json"),
        (TITLES, "image/png", 406, "application/problem+json"),
        ("ASK {}", "text/csv", 406, "application/problem+json"),
        ("CONSTRUCT WHERE { ?s a dcat:Dataset }", "text/turtle", 200, "text/turtle"),
        ("CONSTRUCT WHERE { ?s a dcat:Dataset }", "application/ld+json", 200, "application/ld+json"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle;q=0.5, application/rdf+xml", 200, "application/rdf+xml"),
        ("SELECT (<urn:f>(1) AS ?x) {}", RESULTS_JSON, 400, "application/problem+json"),
        ("SELEKT", RESULTS_JSON, 400, "application/problem+json"),
        ("DROP ALL", RESULTS_JSON, 400, "application/problem+json"),
        ("SELECT * WHERE { SERVICE <http://a.example/> {} }", RESULTS_JSON, 400, "application/problem+json"),
        ("x" * 9000, RESULTS_JSON, 400, "application/problem+json"),
        ("SELECT", "text/html", 400, "text/html"),
        (TITLES, "text/html", 200, "text/html"),
    ],
)  # fmt: skip
def test_each_answer_has_its_format_and_its_status(
    office, query, accept, status, mimetype
):
    filled(office, 1)
    office.system.follow()

    answer = office.client().get(
        "/sparql", query_string={"query": query}, headers={"Accept": accept}
    )

    assert (answer.status_code, answer.mimetype) == (status, mimetype)


@pytest.mark.parametrize(
    ("query", "wanted", "status", "mimetype"),
    [
        (TITLES, "xml", 200, "application/sparql-results+xml"),
        (TITLES, RESULTS_JSON, 200, RESULTS_JSON),
        (TITLES, "turtle", 406, "application/problem+json"),
        (TITLES, "pdf", 406, "application/problem+json"),
        *[
            ("CONSTRUCT WHERE { ?s a dcat:Dataset }", name, 200, "text/turtle")
            for name in ("ttl", "turtle", "n3")
        ],
        *[
            ("CONSTRUCT WHERE { ?s a dcat:Dataset }", name, 200, "application/rdf+xml")
            for name in ("rdf", "xml", "rdf+xml")
        ],
        (
            "CONSTRUCT WHERE { ?s a dcat:Dataset }",
            "JSON-LD",
            200,
            "application/ld+json",
        ),
    ],
)
def test_a_format_is_asked_for_by_the_names_that_clients_have(
    office, query, wanted, status, mimetype
):
    filled(office, 1)
    office.system.follow()

    answer = office.client().get(
        "/sparql", query_string={"query": query, "format": wanted}
    )

    assert (answer.status_code, answer.mimetype) == (status, mimetype)


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({"data": {"update": "DROP ALL"}}, "chỉ đọc"),
        ({"data": {"query": ["ASK {}", "ASK {}"]}}, "một câu"),
        ({"data": {"question": "ASK {}"}}, "Thiếu câu hỏi"),
        ({"data": "ASK {}", "content_type": "text/plain"}, "application/sparql-query"),
        (
            {"data": {"query": "ASK {}", "default-graph-uri": "http://a.example/"}},
            "đồ thị của danh mục",
        ),
    ],
)
def test_what_the_protocol_does_not_know_is_refused_in_words(office, sent, word):
    answer = office.client().post("/sparql", **sent, headers={"Accept": RESULTS_JSON})

    assert answer.status_code == 400
    assert word in answer.get_json()["detail"]


def test_without_a_question_machines_get_the_description_and_people_the_page(office):
    client = office.client()

    graph = Graph().parse(
        client.get("/sparql", headers={"Accept": "text/turtle"}).data, format="turtle"
    )

    assert list(graph.subject_objects(SD.endpoint))
    assert "<textarea" in client.get(
        "/sparql", headers={"Accept": "text/html"}
    ).get_data(as_text=True)


@pytest.mark.parametrize(
    "example", sample_questions.read(), ids=lambda example: example.name
)
def test_every_sample_question_finds_something_in_the_demonstration(
    demo_client, example
):
    answer = demo_client.get(
        "/sparql",
        query_string={"query": example.text},
        headers={"Accept": RESULTS_JSON},
    )

    assert answer.status_code == 200
    assert answer.get_json(force=True)["results"]["bindings"]


def test_a_deleted_store_is_made_anew_and_the_check_proves_it(office):
    filled(office)
    office.system.follow()
    folder = office.system.settings.data_dir / "triples"

    shutil.rmtree(folder)
    assert asked(office.client()).status_code == 503
    office.system.follow()

    assert found(asked(office.client())) == ["CSDL số 0", "CSDL số 1"]
    with office.system.database.reading() as session:
        assert office.system.triples_projection.missing(session) == []
        office.system.store.replace(
            {f"{office.system.profile.base}/id/ban-ghi/CSDL-0001": ""}
        )
        office.system.store.publish()
        assert office.system.triples_projection.missing(session) == ["CSDL-0001"]


def test_a_spoiled_store_is_built_anew_whole(office):
    filled(office)
    office.system.follow()
    office.system.store.close()
    for path in (office.system.settings.data_dir / "triples" / "live").glob("*"):
        path.write_bytes(b"spoiled")
    content = database(
        str(office.department), str(office.law("2/2026/QĐ-UBND")), title="CSDL thứ ba"
    )
    office.enter("shared-database", content)

    for _ in range(3):
        office.system.follow()

    assert found(asked(office.client())) == ["CSDL số 0", "CSDL số 1", "CSDL thứ ba"]


def test_from_names_a_graph_of_ours_and_the_page_shows_the_first_rows_only(office):
    filled(office, 1)
    office.system.follow()
    client, base = office.client(), office.system.profile.base
    inside = f"SELECT ?t FROM <{base}/id/ban-ghi/CSDL-0001> WHERE {{ ?s dct:title ?t }}"
    assert client.get("/sparql", query_string={"query": inside}).status_code == 200

    page = client.get(
        "/sparql",
        query_string={"query": "SELECT * WHERE { ?s ?p ?o }"},
        headers={"Accept": "text/html"},
    )

    assert page.text.count('<tr class="govuk-table__row">') == 201


@pytest.mark.usefixtures("socket_enabled")
def test_a_store_on_a_server_that_is_down_keeps_nothing_else_from_working_and_is_caught_up_with_later(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("app.rdf.stores.remote._REST", 0.0)
    port = free_port()
    office = opened_office(tmp_path, store_url=f"sparql+http://127.0.0.1:{port}/query")
    filled(office)
    client = office.client()

    assert office.system.follow() > 0
    assert "<mark>CSDL</mark> số 1" in client.get("/tim-kiem?q=CSDL").get_data(
        as_text=True
    )
    assert asked(client).status_code == 503
    with office.system.database.reading() as session:
        # what the operators' page shows as late
        assert journal.position(session, "triples") < journal.head(session)
    with serving(port):
        office.system.follow()
        assert found(asked(client)) == ["CSDL số 0", "CSDL số 1"]
        with office.system.database.reading() as session:
            assert office.system.triples_projection.missing(session) == []
            assert journal.position(session, "triples") == journal.head(session)


@pytest.mark.nightly("kills")
@pytest.mark.usefixtures("socket_enabled")
def test_a_client_asks_while_the_server_is_killed_again_and_again(tmp_path):
    server = served(tmp_path)
    owner, basis = str(server.office.department), str(server.office.law())
    for number in range(6):
        server.office.enter(
            "shared-database", database(owner, basis, title=f"CSDL số {number}")
        )
        server.start(until="/healthz")
        time.sleep(number * 0.15)  # some of the way into following
        server.kill()
    server.start()

    client = SPARQLWrapper(f"http://127.0.0.1:{server.port}/sparql", returnFormat=JSON)
    client.setQuery(
        "PREFIX dcat: <http://www.w3.org/ns/dcat#> SELECT ?s WHERE { ?s a dcat:Dataset }"
    )
    until = time.monotonic() + 20
    rows = []
    while len(rows) < 6 and time.monotonic() < until:
        time.sleep(0.2)
        try:
            rows = client.queryAndConvert()["results"]["bindings"]
        except Exception:  # noqa: BLE001, S112 - the store is still being made
            continue
    assert len(rows) == 6
    client.setMethod(POST)
    client.setReturnFormat(TURTLE)
    client.setQuery("CONSTRUCT WHERE { ?s a <http://www.w3.org/ns/dcat#Dataset> }")
    assert len(Graph().parse(client.queryAndConvert(), format="turtle")) == 6
    server.stop()
    with server.office.system.database.reading() as session:
        assert server.office.system.triples_projection.missing(session) == []


@pytest.mark.nightly("attack")
@pytest.mark.usefixtures("socket_enabled")
def test_other_requests_are_answered_while_queries_without_end_run(tmp_path):
    server = served(tmp_path)
    filled(server.office)
    server.start()

    def asking(query):
        return server.ask("GET", f"/sparql?query={quote(query)}")

    # the store is still being made
    while asking("ASK { ?s a dcat:Dataset }")[0] != 200:
        time.sleep(0.1)
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with ThreadPoolExecutor(6) as pool:
        begun = [pool.submit(asking, endless) for _ in range(6)]
        time.sleep(0.5)  # all have come
        paths = [
            "/",
            "/tim-kiem?q=csdl",
            "/catalog.ttl",
            "/oai?verb=Identify",
            "/api/v1/entries",
            "/changes",
        ]
        others = [server.ask("GET", path)[0] for path in paths * 2]
        refused = [
            asking(query)[0]
            for query in (
                "DROP ALL",
                "SELECT * { SERVICE <http://127.0.0.1:1/a> { ?s ?p ?o } }",
            )
        ]
        running = sum(not one.done() for one in begun)
        ended = [one.result() for one in begun]

    assert others == [200] * len(others)
    assert running >= 2  # two run, two wait, and nothing else had to
    assert {
        (status, headers["Retry-After"] is not None) for status, _, headers in ended
    } == {(503, True)}
    assert set(refused) == {503}  # they do not even come in
    assert asking("ASK { ?s a dcat:Dataset }")[0] == 200
    assert server.process.poll() is None
    server.stop()
