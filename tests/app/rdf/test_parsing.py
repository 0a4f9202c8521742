"""RDF that somebody sent: read where it is plain and bounded, refused in words where it is not, never fetched."""

import json
import socket
import threading

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from app.errors import InvalidError
from app.rdf.harvesting import parsing
from app.rdf.harvesting.parsing import FORMATS, MAX_TRIPLES, Parser
from app.sandbox import TOO_MUCH, Limits

DCAT = {"dcat": "http://www.w3.org/ns/dcat#", "title": "http://purl.org/dc/terms/title"}
BUNDLED = "https://danhmuc.example/profile/shared-database.jsonld"
BASE = "https://danhmuc.example/"


@pytest.fixture(scope="module")
def reader():
    found = Parser({BUNDLED: DCAT})
    found.read(b"", "text/turtle", BASE)
    yield found
    found.close()


@pytest.fixture
def watched():
    """An address on this machine at which somebody listens, and the list of those who came."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.settimeout(0.2)
    came, done = [], threading.Event()

    def wait():
        while not done.is_set():
            try:
                came.append(listener.accept()[1])
            except TimeoutError:
                continue

    thread = threading.Thread(target=wait)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", came
    done.set()
    thread.join()
    listener.close()


def bomb(levels, times=10):
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * times}">' for n in range(1, levels)
    )
    head = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:a">'
    tail = f'<x xmlns="urn:">&e{levels - 1};</x></rdf:Description></rdf:RDF>'
    return f'<!DOCTYPE r [<!ENTITY e0 "lol">{entities}]>{head}{tail}'


XML = "application/rdf+xml"
JSON = "application/ld+json"
TURTLE = "text/turtle"
HOSTILE = {
    "an external entity": (
        XML,
        '<!DOCTYPE r [<!ENTITY x SYSTEM "{here}/x">]>\n<r>&x;</r>',
        "DOCTYPE",
    ),
    "a file as entity": (
        XML,
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        "DOCTYPE",
    ),
    "an external DTD": (XML, '<!DOCTYPE r SYSTEM "{here}/dtd"><r/>', "DOCTYPE"),
    "a parameter entity": (
        XML,
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "{here}/p"> %p;]><r/>',
        "DOCTYPE",
    ),
    "an entity bomb": (XML, bomb(6), "DOCTYPE"),
    "a larger entity bomb": (XML, bomb(9), "DOCTYPE"),
    "another encoding": (
        XML,
        '<?xml version="1.0" encoding="UTF-16"?><r/>'.encode("utf-16"),
        "UTF-8",
    ),
    "a remote context": (
        JSON,
        '{{"@context": "{here}/context.jsonld"}}',
        "không được tải về",
    ),
    "a context of a file": (
        JSON,
        '{{"@context": "file:///etc/hostname"}}',
        "không được tải về",
    ),
    "a remote context within": (
        JSON,
        '{{"a": [{{"@context": ["{here}/c"]}}]}}',
        "không được tải về",
    ),
    "a remote context in a term": (
        JSON,
        '{{"@context": {{"t": {{"@id": "urn:t", "@context": "{here}"}}}}}}',
        "không được",
    ),
    "an import": (JSON, '{{"@context": {{"@import": "{here}/c"}}}}', "@import"),
    "two equal keys": (JSON, '{{"@context": {{}}, "@context": "{here}"}}', "hai khóa"),
    "deep JSON": (JSON, '{{"a":' * 900 + "1" + "}}" * 900, "quá 50 tầng"),
    "very deep JSON": (JSON, "[" * 100_000, "quá 50 tầng"),
    "deep Turtle": (
        TURTLE,
        "<urn:a> <urn:b> " + "[ <urn:b> " * 400 + "1" + "]" * 400 + ".",
        "quá 50 tầng",
    ),
    "deep lists": (
        TURTLE,
        "\n<urn:a> <urn:b> " + "( " * 5000 + ") " * 5000 + ".",
        "Dòng 2",
    ),
    "a bad IRI": (
        TURTLE,
        "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <http://a b> .",
        "Dòng 2",
    ),
    "a control character": (
        TURTLE,
        '<urn:a> <urn:b> "x" .\n<urn:a> <urn:b> "\x0b" .',
        "Dòng 2",
    ),
    "no character at all": (TURTLE, '<urn:a> <urn:b> "\ufffe" .', "điều khiển"),
    "a gigantic literal": (
        TURTLE,
        '<urn:a> <urn:b> "' + "x" * 1_500_000 + '" .',
        "dài quá",
    ),
    "too many triples": (
        TURTLE,
        "<urn:a> <urn:b> " + ",".join(map(str, range(MAX_TRIPLES + 1))) + " .",
        "quá 100000",
    ),
    "too large a file": (TURTLE, b" " * (parsing.MAX_BYTES + 1), "tối đa"),
    "no syntax at all": (TURTLE, "\n\nxin chào", "Dòng 3"),
    "no UTF-8": (TURTLE, b"<urn:a> <urn:b> <urn:c> .\n\xff", "Dòng 2"),
    "an unknown kind": ("text/html", "<p>", "Không đọc loại tệp"),
}


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_rdf_is_refused_in_words_and_nobody_is_asked_for_anything(
    reader, watched, what
):
    media_type, text, said = HOSTILE[what]
    here, came = watched
    if isinstance(text, str):
        text = (
            text.replace("{{", "{").replace("}}", "}").replace("{here}", here).encode()
        )

    with pytest.raises(InvalidError) as error:
        reader.read(text, media_type, BASE)

    assert said in str(error.value)
    assert came == []
    assert (
        reader.read(b"<urn:a> <urn:b> <urn:c> .", TURTLE, BASE).strip()
        == "<urn:a> <urn:b> <urn:c> ."
    )


SIZE = 9_900_000
RDF_HEAD = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="e:">'
EXPENSIVE = {
    "triples": (TURTLE, lambda: b"<urn:a> <urn:b> 1 .\n" * (SIZE // 20)),
    "brackets side by side": (TURTLE, lambda: b"<a:a> <a:b> " + b"()," * (SIZE // 3)),
    "texts side by side": (TURTLE, lambda: b"<a:a> <a:b> " + b'"",' * (SIZE // 3)),
    "comments": (TURTLE, lambda: b"#\n" * (SIZE // 2) + b"<"),
    "addresses without end": (TURTLE, lambda: b"<" * SIZE),
    "a literal": (TURTLE, lambda: b'<a:a> <a:b> "' + "😀".encode() * (SIZE // 4)),
    "a literal without end": (TURTLE, lambda: b'<a:a> <a:b> "' + b'\\"' * (SIZE // 2)),
    "elements in elements": (XML, lambda: RDF_HEAD + b"<e:a>" * (SIZE // 6)),
    "elements": (XML, lambda: RDF_HEAD + b"<r:Description><e:a/></r:Description>" * (SIZE // 40)),
    "few elements, as many as are looked at": (XML, lambda: RDF_HEAD + b"<r:Description><e:a/></r:Description>" * 199_000),
    "comments without end": (XML, lambda: RDF_HEAD + b"<!--" * 590_000),
    "numbers": (JSON, lambda: b'{"a:b":[' + b"1," * (SIZE // 2) + b"1]}"),
    "objects": (JSON, lambda: '{"a:😀":['.encode() + b"{}," * (SIZE // 3) + b"1]}"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("what", EXPENSIVE)
def test_what_is_refused_costs_little_however_large_it_is(what):
    """Two seconds of CPU and 256 MB above what the process has anyway: within that it says why."""
    media_type, made = EXPENSIVE[what]
    reader = Parser(limits=Limits(cpu=2, memory=(256 + 130) << 20))
    try:
        with pytest.raises(InvalidError) as error:
            reader.read(made(), media_type, BASE)
    finally:
        reader.close()

    assert str(error.value) != TOO_MUCH


def test_a_context_that_is_bundled_is_taken_from_here(reader):
    document = {
        "@context": [BUNDLED, {"x": "urn:x"}],
        "@id": "urn:a",
        "@type": "dcat:Dataset",
        "title": "Đất đai",
    }

    read = reader.read(json.dumps(document).encode(), JSON, BASE)

    assert "<http://www.w3.org/ns/dcat#Dataset>" in read
    assert '<http://purl.org/dc/terms/title> "Đất đai"' in read


@pytest.mark.parametrize(
    "media_type",
    [name for name in FORMATS if "quads" not in name and "trig" not in name],
)
def test_what_is_plain_is_read_whole(reader, demo_client, media_type):
    fixed = {
        "text/turtle": "ttl",
        "application/rdf+xml": "rdf",
        "application/ld+json": "jsonld",
    }
    extension = fixed.get(media_type, "nt")
    body = demo_client.get(f"/doc/csdl/CSDL-0062.{extension}").data

    read = Graph().parse(data=reader.read(body, media_type, BASE), format="nt")

    assert len(read) > 40
    assert isomorphic(
        read,
        Graph().parse(
            data=body,
            format=extension.replace("rdf", "xml").replace("jsonld", "json-ld"),
        ),
    )


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE r [<!ENTITY x "y">]>',
        "<!DOCTYPE r>",
        '<! doctype r SYSTEM "file:///etc/passwd">',
    ],
)
def test_any_doctype_is_refused_by_name_and_line(reader, declared):
    rdf = (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e#">'
    )
    document = f"<?xml version='1.0'?>\n{declared}\n{rdf}<r:Description r:about='urn:a' e:b='c'/></r:RDF>"

    with pytest.raises(InvalidError, match=r"Dòng 2: .*DOCTYPE"):
        reader.read(document.encode(), "application/rdf+xml", "urn:base")
