"""What every triple store must do. A new backend is one more line in `BACKENDS`."""

import json
import os
import shutil
import socket
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
from oxigraph_server import free_port, serving
from support import landlock_works

from app.errors import MalformedError, NotAcceptableError, UnavailableError
from app.rdf.stores.opening import open_store
from app.rdf.stores.port import MOST_ROWS, Question

pytestmark = pytest.mark.slow

BASE = "https://danhmuc.example"
ONE, TWO = f"{BASE}/id/ban-ghi/CSDL-0001", f"{BASE}/id/ban-ghi/CSDL-0002"
LAND = f'<{BASE}/id/csdl/CSDL-0001> <http://purl.org/dc/terms/title> "Cơ sở dữ liệu đất đai"@vi .\n'
ROADS = f'<{BASE}/id/csdl/CSDL-0002> <http://purl.org/dc/terms/title> "Cơ sở dữ liệu \\"đường\\" bộ"@vi .\n'
TITLES = "SELECT ?t WHERE { ?s dct:title ?t } ORDER BY ?t"


@contextmanager
def embedded(tmp_path):
    yield f"oxigraph:{tmp_path}/triples"


def remote(_tmp_path):
    return serving(free_port())


BACKENDS = {"embedded": embedded, "remote": remote}


BY_DAY = "embedded"  # the store that needs no server; the others nightly
NIGHTLY = [
    pytest.param(name, marks=pytest.mark.nightly("attack"))
    for name in BACKENDS
    if name != BY_DAY
]


@pytest.fixture(params=[BY_DAY, *NIGHTLY])
def opened(request, tmp_path, socket_enabled):
    with (
        BACKENDS[request.param](tmp_path) as url,
        closing(open_store(url, [BASE])) as found,
    ):
        yield found


@pytest.fixture
def store(opened):
    opened.replace({ONE: LAND, TWO: ROADS})
    opened.publish()
    return opened


def titles(store, **about):
    return asked(store, TITLES, **about)


def asked(store, text, **about):
    told = json.loads(store.answer(Question(text, **about)).body)
    return [row["t"]["value"] for row in told["results"]["bindings"]]


def test_what_was_written_is_found_with_its_letters_and_quotes(store):
    assert titles(store) == ['Cơ sở dữ liệu "đường" bộ', "Cơ sở dữ liệu đất đai"]
    assert store.names() == {ONE, TWO}
    assert store.graph(TWO) == ROADS
    assert store.graph(f"{BASE}/id/ban-ghi/CSDL-0009") == ""


def test_writing_again_replaces_and_nothing_removes(store):
    store.replace({ONE: LAND.replace("đất đai", "thửa đất"), TWO: ""})
    store.replace({ONE: LAND.replace("đất đai", "thửa đất"), TWO: ""})
    store.publish()

    assert titles(store) == ["Cơ sở dữ liệu thửa đất"]
    assert store.names() == {ONE}


def test_a_query_may_look_in_graphs_of_ours(store):
    assert titles(store, default=(ONE,)) == ["Cơ sở dữ liệu đất đai"]
    assert titles(store, named=(TWO,)) == []
    assert asked(
        store, f"SELECT ?t WHERE {{ GRAPH <{TWO}> {{ ?s dct:title ?t }} }}"
    ) == ['Cơ sở dữ liệu "đường" bộ']
    assert asked(store, f"SELECT ?t FROM <{ONE}> WHERE {{ ?s dct:title ?t }}") == [
        "Cơ sở dữ liệu đất đai"
    ]
    one_named = f"FROM NAMED <{ONE}> WHERE"
    assert asked(
        store, f"SELECT ?t {one_named} {{ GRAPH ?g {{ ?s dct:title ?t }} }}"
    ) == ["Cơ sở dữ liệu đất đai"]
    assert asked(store, f"SELECT ?t {one_named} {{ ?s dct:title ?t }}") == []
    triples = store.answer(
        Question(
            f"CONSTRUCT FROM <{ONE}> WHERE {{ ?s ?p ?o }}",
            triples="application/n-triples",
        )
    )
    assert triples.body.decode() == LAND


def test_a_function_that_no_store_has_is_told_so(store):
    assert asked(store, "SELECT (xsd:integer('7') AS ?t) {}") == ["7"]
    for text in (
        "SELECT (<urn:f>(1) AS ?t) {}",
        "PREFIX f: <urn:f#> SELECT * { ?s ?p ?o FILTER(f:x(?s)) }",
    ):
        with pytest.raises(MalformedError):
            store.answer(Question(text))


def test_the_graphs_that_a_request_names_come_before_those_of_the_text(store):
    text = f"SELECT ?t FROM <{TWO}> WHERE {{ ?s dct:title ?t }}"
    assert asked(store, text, default=(ONE,)) == ["Cơ sở dữ liệu đất đai"]


@pytest.mark.parametrize(
    ("text", "wanted", "media_type", "part"),
    [
        (TITLES, {}, "application/sparql-results+json", '"vars":["t"]'),
        (
            TITLES,
            {"results": "application/sparql-results+xml"},
            "application/sparql-results+xml",
            "<sparql xmlns",
        ),
        (TITLES, {"results": "text/csv"}, "text/csv", '"Cơ sở dữ liệu ""đường"" bộ"'),
        (
            TITLES,
            {"results": "text/tab-separated-values"},
            "text/tab-separated-values",
            '"Cơ sở dữ liệu đất đai"@vi',
        ),
        (
            "ASK { ?s dct:title ?t }",
            {},
            "application/sparql-results+json",
            '"boolean":true',
        ),
        ("CONSTRUCT WHERE { ?s dct:title ?t }", {}, "text/turtle", "dct:title"),
        (
            "CONSTRUCT WHERE { ?s dct:title ?t }",
            {"triples": "application/rdf+xml"},
            "application/rdf+xml",
            "<rdf:RDF",
        ),
        (
            "CONSTRUCT WHERE { ?s dct:title ?t }",
            {"triples": "application/ld+json"},
            "application/ld+json",
            "@value",
        ),
        (
            f"DESCRIBE <{BASE}/id/csdl/CSDL-0001>",
            {"triples": "application/n-triples"},
            "application/n-triples",
            LAND,
        ),
    ],
)
def test_each_form_is_answered_in_each_of_its_formats(
    store, text, wanted, media_type, part
):
    answer = store.answer(Question(text, **wanted))

    assert answer.media_type == media_type
    assert part in answer.body.decode()


@pytest.mark.parametrize(
    "wanted",
    [
        (TITLES, {"results": None}),
        ("ASK {}", {"results": "text/csv"}),
        ("CONSTRUCT WHERE {?s ?p ?o}", {"triples": None}),
    ],
)
def test_a_format_that_does_not_fit_is_refused(store, wanted):
    text, about = wanted

    with pytest.raises(NotAcceptableError):
        store.answer(Question(text, **about))


HOSTILE = {
    "update": "DELETE WHERE { ?s ?p ?o }",
    "load": "LOAD <http://127.0.0.1:{port}/a>",
    "service": "SELECT * WHERE { SERVICE <http://127.0.0.1:{port}/a> { ?s ?p ?o } }",
    "silent": "SELECT * WHERE { OPTIONAL { SERVICE SILENT <http://127.0.0.1:{port}/a> { ?s ?p ?o } } }",
    "below": "SELECT * WHERE { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1:{port}/a> { ?s ?p ?o } } }",
    "inside": "SELECT * { { SELECT * { SERVICE ?x { ?s ?p ?o } VALUES ?x { <http://127.0.0.1:{port}/a> } } } }",
    "from": "SELECT * FROM <http://127.0.0.1:{port}/a> WHERE { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <http://127.0.0.1:{port}/a> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "from file": "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
    "from prefix": "PREFIX x: <http://127.0.0.1:{port}/> SELECT * FROM x:a WHERE { ?s ?p ?o }",
    "from beside": f"CONSTRUCT {{ ?s ?p ?o }} FROM <{ONE}> FROM <http://127.0.0.1:{{port}}/a> WHERE {{ ?s ?p ?o }}",
    "describe": "DESCRIBE <urn:x> FROM <http://127.0.0.1:{port}/a>",
    "a comment ended by CR": "SELECT * WHERE { ?s ?p ?o # x \r SERVICE <http://127.0.0.1:{port}/a> {?a ?b ?c}\n}",
    "an escaped quote": r'SELECT * { ?s ?p "\u0022 , " . SERVICE <http://127.0.0.1:{port}/a> {} . ?x ?y " , \u0022" }',
    "from behind a comment": "SELECT * # x \r FROM <http://127.0.0.1:{port}/a>\n WHERE { ?s ?p ?o }",
    "ungrouped": "SELECT ?s { ?s ?p ?o } GROUP BY ?p",
    "deep": "SELECT * WHERE " + "{" * 900 + "?s ?p ?o" + "}" * 900,
    "nonsense": "SELECT nothing at all",
    "empty": "",
    "long": "SELECT * WHERE { ?s ?p 'x" + "x" * 9000 + "' }",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_query_that_would_write_or_reach_out_is_refused_at_once(store, name):
    with listening() as (port, seen):
        began = time.monotonic()
        with pytest.raises((MalformedError, UnavailableError)):
            store.answer(Question(HOSTILE[name].replace("{port}", str(port))))
        took = time.monotonic() - began

    assert seen == []
    assert took < 7
    assert titles(store) == ['Cơ sở dữ liệu "đường" bộ', "Cơ sở dữ liệu đất đai"]


def test_the_word_service_in_a_text_is_only_a_word(store):
    text = 'SELECT ?t WHERE { ?s dct:title ?t FILTER(STR(?t) != "SERVICE <http://a.example/> {}") }'

    assert (
        len(json.loads(store.answer(Question(text)).body)["results"]["bindings"]) == 2
    )


def test_a_query_without_end_is_stopped_and_the_next_one_is_answered(store):
    many = "".join(
        f'<{BASE}/id/csdl/{n}> <http://purl.org/dc/terms/title> "{n}"@vi .\n'
        for n in range(3000)
    )
    store.replace({TWO: many})
    store.publish()
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    began = time.monotonic()
    with pytest.raises(UnavailableError, match="timeout"):
        store.answer(Question(endless))
    took = time.monotonic() - began

    assert took < 8
    assert json.loads(store.answer(Question("ASK {}")).body)["boolean"] is True


def test_too_many_rows_are_refused_in_words(store):
    many = "".join(
        f'<{BASE}/id/csdl/{n}> <http://purl.org/dc/terms/title> "{n}"@vi .\n'
        for n in range(MOST_ROWS + 1)
    )
    store.replace({TWO: many})
    store.publish()

    for text in (
        f"SELECT * FROM <{TWO}> WHERE {{ ?s ?p ?o }}",
        f"CONSTRUCT {{ ?s ?p ?o }} FROM <{TWO}> WHERE {{ ?s ?p ?o }}",
    ):
        with pytest.raises(UnavailableError, match="LIMIT"):
            store.answer(Question(text))
    assert store.answer(
        Question(f"SELECT * FROM <{TWO}> WHERE {{ ?s ?p ?o }} LIMIT 10000")
    ).body


def test_few_at_once_are_answered_and_the_others_are_told_to_come_back(store):
    answers = []

    def ask():
        try:
            answers.append(titles(store))
        except UnavailableError as error:
            answers.append(error.message)

    titles(store)
    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    answered = [one for one in answers if isinstance(one, list)]
    assert len(answers) == 12
    assert len(answered) >= 4
    assert all(
        one == ['Cơ sở dữ liệu "đường" bộ', "Cơ sở dữ liệu đất đai"] for one in answered
    )
    assert all("nhiều câu hỏi" in one for one in answers if isinstance(one, str))


def test_a_cleared_store_says_that_it_is_not_sound(store):
    store.clear()

    assert not store.sound()
    with suppress(UnavailableError):
        assert titles(store) == []


@pytest.fixture
def stack():
    with ExitStack() as found:
        yield found


@pytest.fixture
def folder(stack, tmp_path):
    """Return what opens the store of one folder again and again."""
    return lambda: stack.enter_context(
        closing(open_store(f"oxigraph:{tmp_path}/triples", [BASE]))
    )


def test_readers_of_the_folder_see_nothing_before_it_is_published(folder):
    store = folder()
    with pytest.raises(UnavailableError):
        titles(store)
    store.replace({ONE: LAND})
    store.publish()
    store.replace({TWO: ROADS})

    assert titles(store) == ["Cơ sở dữ liệu đất đai"]
    assert titles(folder()) == ["Cơ sở dữ liệu đất đai"]


def test_a_folder_that_was_deleted_or_spoiled_is_made_anew(folder, tmp_path):
    store = folder()
    store.replace({ONE: LAND})
    store.publish()

    shutil.rmtree(tmp_path / "triples")
    assert not store.sound()
    store.replace({ONE: LAND})
    store.publish()
    assert store.sound()
    store.close()
    for path in (tmp_path / "triples" / "live").glob("*"):
        path.write_bytes(b"spoiled")
    again = folder()
    with pytest.raises(UnavailableError):
        again.replace({TWO: ROADS})
    assert not again.sound()  # so that the follower builds it anew, rather than publish what little was written
    again.replace({TWO: ROADS})
    again.publish()
    assert titles(again) == ['Cơ sở dữ liệu "đường" bộ']


def test_only_one_process_writes(folder):
    first, second = folder(), folder()
    first.replace({ONE: LAND})

    with pytest.raises(UnavailableError):
        second.replace({TWO: ROADS})


def test_a_server_that_is_down_or_silent_is_left_alone_for_a_while(
    socket_enabled, stack
):
    with listening() as (port, _):
        silent = stack.enter_context(
            closing(open_store(f"sparql+http://127.0.0.1:{port}/query", [BASE]))
        )
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            silent.answer(Question("ASK {}"))
        assert time.monotonic() - began < 8
    assert not silent.resting()  # a slow answer says nothing of the next one
    down = stack.enter_context(
        closing(open_store(f"sparql+http://127.0.0.1:{port}/query", [BASE]))
    )
    for verb in (lambda: down.replace({ONE: LAND}), down.sound, down.names):
        with pytest.raises(UnavailableError):
            verb()
    assert down.resting()


@contextmanager
def listening():
    """Yield a port of this machine and what connects to it."""
    seen, server = [], socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    stopping = threading.Event()

    def accept():
        while not stopping.is_set():
            try:
                seen.append(server.accept())
            except TimeoutError:
                continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield server.getsockname()[1], seen
    finally:
        time.sleep(0.1)
        stopping.set()
        thread.join()
        server.close()
        for connection, _ in seen:
            connection.close()


@pytest.mark.parametrize(
    ("pattern", "triples"),
    [("?s ?p ?o", 60), ("?s <urn:p3> ?o", 9), ("GRAPH ?g { ?s <urn:p0> ?o }", 9)],
)
def test_a_folder_of_many_files_is_read_whole(folder, pattern, triples):
    """As a register of some years has: each batch that is written leaves files, of which few are opened at first."""
    store, graphs = folder(), 0
    for batch in range(40):
        names = [f"{batch}-{number}" for number in range(40)]
        graphs += len(names)
        store.replace({
            f"{BASE}/id/ban-ghi/{name}": "".join(f'<urn:{name}> <urn:p{n % 7}> "{name} {n}" .\n' for n in range(60))
            for name in names
        })  # fmt: skip
    store.publish()
    question = Question(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")

    if landlock_works():
        ((row),) = json.loads(store.answer(question).body)["results"]["bindings"]
        assert int(row["n"]["value"]) == graphs * triples
    else:
        with pytest.raises(UnavailableError, match="nhiều tệp"):
            store.answer(question)


def test_a_copy_stays_while_a_question_may_still_read_it(folder, tmp_path):
    store, place = folder(), tmp_path / "triples"
    # seconds ago: the second was the newest one until 20 seconds ago
    for age in (
        7000,
        6000,
        20,
        10,
    ):
        store.replace({ONE: LAND})
        store.publish()
        when = time.time() - age
        os.utime(place / (place / "present").read_text(), (when, when))
    before = set(place.glob("copy-*"))
    store.publish()
    left = set(place.glob("copy-*"))

    assert len(before) == 3
    assert len(left) == 4
    assert before < left
