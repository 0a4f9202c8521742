import os
import subprocess
import sys

import pytest
from conformity import PROFILES, parse, shapes, violations
from conftest import ROOT
from rdflib import DCTERMS, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from support import agency, database

from app.errors import NotAcceptableError
from app.operations import audits
from app.operations.installation import open_register
from app.rdf.publishing import catalogue
from app.rdf.writing import records
from app.rdf.writing.formats import FORMATS
from app.register.filters import Filter
from app.register.standing import State
from app.workflow.proposals.models import ProposalType
from catalog_schema import validation
from catalog_schema.namespaces import ADMS, DCAT, DCT, DM, ELI, FOAF, OWL, RDF, SKOS
from catalog_schema.profile import Type


@pytest.fixture(scope="session")
def whole(demo_client):
    return {
        e: demo_client.get(f"/catalog.{e}?full=1&records=all", buffered=True).data
        for e in FORMATS
    }


@pytest.mark.slow
def test_the_catalogue_is_the_same_graph_in_all_formats(whole):
    graphs = {e: parse(data, e) for e, data in whole.items()}

    for extension, graph in graphs.items():
        assert set(graph) == set(graphs["nt"]), extension


@pytest.mark.slow
@pytest.mark.parametrize("name", PROFILES)
def test_the_catalogue_conforms(whole, demo, standards, name):
    assert (
        violations(parse(whole["nt"], "nt"), shapes(name, standards, demo.profile.base))
        == []
    )


@pytest.mark.nightly("fuzz")
@pytest.mark.slow
@pytest.mark.parametrize("name", PROFILES)
def test_the_pages_of_a_harvest_conform_together(demo, demo_client, standards, name):
    asked = shapes(name, standards, demo.profile.base)

    for extension in FORMATS:
        assert (
            violations(
                parse(demo_client.get(f"/catalog.{extension}").data, extension), asked
            )
            == []
        )


@pytest.mark.parametrize("name", PROFILES)
def test_the_check_of_conformity_can_fail(whole, demo, standards, name):
    graph = parse(whole["nt"], "nt")
    dataset = next(graph.subjects(RDF.type, DCAT.Dataset))
    graph.remove((dataset, DCTERMS.title, None))

    found = violations(graph, shapes(name, standards, demo.profile.base))

    assert str(dataset) in {focus for focus, _ in found}


EVERY_TENTH = pytest.param("1", id="every tenth")
EVERY_ONE = pytest.param("", id="every one", marks=pytest.mark.nightly("fuzz"))


@pytest.mark.slow
@pytest.mark.parametrize("ending", [EVERY_TENTH, EVERY_ONE])
def test_every_entry_conforms_in_every_format(demo, demo_client, standards, ending):
    """Each document by itself: parses, the same graph in all formats, and valid under both profiles and our own."""
    checks = [shapes(name, standards, demo.profile.base) for name in PROFILES]
    with open_register(demo, None, None) as register:
        views = [
            view for view in register.all(Filter()) if view.local_id.endswith(ending)
        ]
    together = Graph()
    for view in views:
        kind = demo.profile.kinds[view.kind]
        address = f"/doc/{kind.path_word}/{view.local_id}"
        read = {e: parse(demo_client.get(f"{address}.{e}").data, e) for e in FORMATS}
        assert all(isomorphic(graph, read["nt"]) for graph in read.values()), (
            view.local_id
        )
        # each by itself for every tenth, all of them together below
        if view.local_id.endswith("1"):
            # our own asks of an agency what only its own document says
            for each in checks[:-1]:
                assert violations(read["ttl"], each) == [], view.local_id
        together += read["ttl"]
    # a part of the register names what is not in it
    for each in checks if ending == "" else []:
        assert violations(together, each) == []


@pytest.mark.slow
def test_every_entry_conforms_to_the_profile_itself(demo):
    with demo.database.reading() as session:
        assert audits.nonconforming(session, demo.profile) == []


def test_the_profile_finds_what_is_wrong(demo):
    kind = demo.profile.kinds["shared-database"]
    graph = Graph()
    subject = URIRef("https://x.example/1")
    graph.add((subject, RDF.type, DCAT.Dataset))
    graph.add((subject, DCT.title, Literal("Chỉ có tên", lang="vi")))
    original = demo.profile.lists.concept("loai-ban-ghi", "goc").iri
    graph.add((subject, kind.field("record_kind").path, URIRef(original)))

    found = {v.field for v in validation.check(graph, demo.profile, kind)}

    assert {"description", "owner", "frequency", "access_rights"} <= found
    assert "title" not in found


def test_published_graphs_hold_no_blank_nodes_no_relative_addresses_and_only_plain_languages(
    whole,
):
    text = whole["nt"].decode()

    assert "_:" not in text
    for triple in parse(text, "nt"):
        for node in triple:
            assert not isinstance(node, URIRef) or ":" in node
            assert not isinstance(node, Literal) or node.language in (None, "vi", "en")


def test_every_text_has_its_language_and_only_codes_have_none(whole, demo):
    codes = {
        DCT.identifier,
        SKOS.notation,
        OWL.versionInfo,
        ELI.id_local,
        DM.broaderNotation,
        DM.replacedByNotation,
    }
    said = {
        p
        for _, p, o in parse(whole["nt"], "nt")
        if isinstance(o, Literal) and not (o.language or o.datatype)
    }
    assert said == codes
    plain = {
        field.name
        for kind in demo.profile.kinds.values()
        for _, field in kind.walk()
        if field.type is Type.TEXT and not field.language
    }
    assert plain == {  # who adds a text field says its language, or adds it here
        *(
            "broader",
            "code",
            "confirmed_by",
            "document_symbol",
            "email",
            "name",  # of who may sign
            "procedure_code",
            "format",
            "item",
            "list_version",
            "nas_id",
            "notation",
            "number",
        ),
        *("replaced_by", "source_id", "symbol", "telephone", "value", "version"),
    }


def test_every_dataset_has_one_link_and_one_record_of_another_address(whole):
    graph = parse(whole["nt"], "nt")

    for dataset in graph.subjects(RDF.type, DCAT.Dataset):
        topics = list(graph.subjects(FOAF.primaryTopic, dataset))
        assert len(list(graph.subjects(DCAT.dataset, dataset))) == 1
        assert len(topics) == 1
        assert topics[0] != dataset


def test_what_is_illustrative_says_so_in_rdf(whole, demo):
    graph = parse(whole["nt"], "nt")
    with open_register(demo, None, None) as register:
        marked = {URIRef(v.iri) for v in register.all(Filter()) if v.illustrative}

    # databases, codes, connections and procedures, and a few of each other kind
    assert len(marked) == 26 + 12 + 7 + 2 + 10
    assert set(graph.subjects(DM.illustrative, Literal(True))) == marked  # noqa: FBT003 - an RDF literal


def test_the_seed_view_has_26_databases_of_15_agencies(demo):
    from datetime import date

    with open_register(demo, date(2021, 12, 31), None) as register:
        wanted = Filter(("shared-database",), facts={"illustrative": ("true",)})
        assert register.count(wanted) == 26
        assert len(register.facet(wanted, "owner")) == 15


@pytest.mark.slow
def test_the_same_moment_gives_the_same_bytes_in_another_process_with_another_hash_seed(
    demo, demo_folder, whole
):
    code = (
        "import sys;from app import config;from app.factory import System;from app.rdf.publishing import catalogue;"
        "from app.operations.installation import open_register;"
        "s=System(config.load());c=open_register(s,None,None);r=c.__enter__();"
        "sys.stdout.buffer.write(b''.join(catalogue.stream(r,s.settings,sys.argv[1],everything=True)))"
    )
    for extension, seed in (("ttl", "1"), ("rdf", "2"), ("jsonld", "3"), ("nt", "4")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "DANHMUC_CONFIG": str(demo_folder / "demo.toml"),
        }
        ran = subprocess.run(
            [sys.executable, "-c", code, extension],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        assert ran.stdout == whole[extension], extension


def test_a_past_moment_gives_the_same_bytes_whatever_came_after(office):
    land = office.land()
    office.system.follow()
    client = office.client()
    with office.reading() as found:
        row, day = found.at.known_at, found.at.as_of
    paths = [
        f"/{p}?as_of={day}&known_at={row}"
        for p in ("catalog.ttl", "catalog.jsonld", "doc/csdl/CSDL-0001.rdf")
    ]
    before = [client.get(path).data for path in paths]

    content = database(
        str(office.department),
        office.get(land).content["legal_basis"][0],
        title="Đổi tên",
    )
    office.enter("shared-database", content, type=ProposalType.AMEND, entry_id=land)
    office.enter("agency", agency("Sở mới"))
    office.system.follow()

    assert [client.get(path).data for path in paths] == before
    assert client.get("/catalog.ttl").data != before[0]


def test_deleted_representations_give_the_same_bytes_before_and_after_they_are_rebuilt(
    office,
):
    from app import journal

    office.land()
    office.system.follow()
    with office.reading() as found:
        kept = b"".join(catalogue.stream(found, office.system.settings, "ttl"))

    office.system.rdf_projection.clear(office.system.database)
    with office.reading() as found:
        without = b"".join(catalogue.stream(found, office.system.settings, "ttl"))
    journal.rebuild(office.system.database, office.system.rdf_projection)
    with office.reading() as found:
        rebuilt = b"".join(catalogue.stream(found, office.system.settings, "ttl"))

    assert kept == without == rebuilt


def test_a_withdrawn_database_leaves_the_catalogue_but_stays_resolvable(office):
    from app import clock

    land = office.land()
    view = office.get(land)
    office.enter(
        "shared-database",
        database(str(office.department), view.content["legal_basis"][0]),
        type=ProposalType.END,
        entry_id=land,
        effective_from=clock.today(),
    )
    client = office.client()

    graph = parse(client.get("/doc/csdl/CSDL-0001.ttl").data, "ttl")
    subject = URIRef(view.iri)

    assert view.iri not in client.get("/catalog.ttl").get_data(as_text=True)
    assert (subject, RDF.type, DCAT.Dataset) not in graph
    assert str(graph.value(subject, DCT.title)) == "Cơ sở dữ liệu đất đai"
    status = graph.value(predicate=RDF.type, object=DCAT.CatalogRecord)
    assert str(graph.value(status, ADMS.status)).endswith("/trang-thai/thu-hoi")


def test_every_state_has_a_status():
    assert set(records.STATUS) == set(State)


ACCEPTS = [
    (None, "text/html"),
    ("*/*", "text/html"),
    ("text/turtle", "text/turtle"),
    ("application/rdf+xml", "application/rdf+xml"),
    ("application/ld+json", "application/ld+json"),
    ("application/n-triples", "application/n-triples"),
    ("text/html;q=0.5, text/turtle", "text/turtle"),
    ("application/xml;q=0.9, text/html", "text/html"),
]


@pytest.mark.parametrize(("accept", "media"), ACCEPTS)
def test_a_thing_answers_303_to_its_document_in_the_format_asked_for(
    demo_client, accept, media
):
    headers = {"Accept": accept} if accept else {}

    thing = demo_client.get("/id/csdl/CSDL-0062", headers=headers)
    document = demo_client.get(thing.location, headers=headers)

    assert thing.status_code == 303
    assert "Accept" in thing.headers["Vary"]
    assert document.status_code == 200
    assert document.mimetype == media
    assert 'rel="describes"' in document.headers["Link"]


@pytest.mark.parametrize(
    "path", ["/id/csdl/CSDL-0062", "/doc/csdl/CSDL-0062", "/catalog"]
)
def test_an_unknown_format_is_refused_with_the_formats_there_are(demo_client, path):
    answer = demo_client.get(path, headers={"Accept": "image/png"})

    assert answer.status_code == 406
    assert "text/turtle" in answer.get_data(as_text=True)
    assert NotAcceptableError.code == "not-acceptable"


@pytest.mark.parametrize(
    "path",
    [
        "/id/csdl/CSDL-9999",
        "/doc/csdl/csdl-0062",
        "/doc/la/x",
        "/id/ban-ghi/X",
        "/catalog.zip",
        "/doc/bang-ma/x",
        "/doc/loai-ma/x",
    ],
)
def test_what_is_not_there_is_404(demo_client, path):
    assert demo_client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/id/ban-ghi/CSDL-0062",
        "/id/danh-muc/dung-chung",
        "/id/dac-ta/dcat-ap-vn",
        "/id/bang-ma/loai-ma",
        "/id/loai-ma/QD20",
        "/id/ma-dinh-danh/H19.1",
    ],
)
def test_every_address_in_our_rdf_leads_somewhere(demo_client, path):
    for accept in ("text/html", "text/turtle"):
        answer = demo_client.get(
            path, headers={"Accept": accept}, follow_redirects=True
        )
        assert answer.status_code == 200
        assert answer.mimetype == accept or "danh-muc" in path


@pytest.mark.parametrize(
    "path",
    [
        "/catalog.ttl",
        "/doc/csdl/CSDL-0062.jsonld",
        "/doc/csdl/CSDL-0062",
        "/api/v1/entries",
    ],
)
def test_head_says_what_get_says_and_a_reader_who_has_it_gets_304(demo_client, path):
    got = demo_client.get(path)
    head = demo_client.head(path)
    again = demo_client.get(path, headers={"If-None-Match": got.headers["ETag"]})

    assert head.status_code == 200
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Last-Modified"):
        assert head.headers.get(name) == got.headers.get(name)
    assert again.status_code == 304
    assert again.headers["ETag"] == got.headers["ETag"]


def test_formats_have_different_validators(demo_client):
    tags = {
        demo_client.get(f"/doc/csdl/CSDL-0062.{e}").headers["ETag"] for e in FORMATS
    }

    assert len(tags) == len(FORMATS)


def test_an_old_date_gets_the_bytes_and_the_present_one_304(demo_client):
    got = demo_client.get("/catalog.nt")
    same = demo_client.get(
        "/catalog.nt", headers={"If-Modified-Since": got.headers["Last-Modified"]}
    )
    old = demo_client.get(
        "/catalog.nt", headers={"If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"}
    )

    assert same.status_code == 304
    assert old.status_code == 200


def test_addresses_come_from_the_settings_whatever_host_was_asked(demo_client):
    plain = demo_client.get("/doc/csdl/CSDL-0062.ttl")
    forged = demo_client.get(
        "/doc/csdl/CSDL-0062.ttl",
        headers={"Host": "localhost:81", "X-Forwarded-Host": "evil.example"},
    )

    assert forged.data == plain.data
    assert forged.headers["Link"] == plain.headers["Link"]


def test_hostile_text_survives_every_format(office):
    name = 'Sở "Một" <b>&amp;\\ \n\' ]]> \u2028 đ'
    office.enter("agency", agency(name))
    client = office.client()

    for extension in FORMATS:
        graph = parse(client.get(f"/doc/co-quan/CQ-0003.{extension}").data, extension)
        titles = {
            str(o)
            for o in graph.objects(
                URIRef("https://danhmuc.example/id/co-quan/CQ-0003"), DCT.title
            )
        }
        assert titles == {name.strip().replace("\u2028", "\n")}
    page = client.get("/doc/co-quan/CQ-0003").get_data(as_text=True)
    assert "<b>&amp;" not in page.replace("&lt;b&gt;", "")


def test_content_under_the_published_context_reads_as_rdf(demo_client):
    entry = demo_client.get("/api/v1/entries/shared-database/CSDL-0062").json
    context = demo_client.get("/profile/shared-database.jsonld").json["@context"]
    simple = (
        "title",
        "theme",
        "frequency",
        "review_interval",
        "illustrative",
        "keyword",
        "purpose",
    )
    import json

    node = {
        "@context": context,
        "@id": entry["iri"],
        **{name: entry["content"][name] for name in simple},
    }
    read = Graph().parse(data=json.dumps(node), format="json-ld")
    document = parse(demo_client.get("/doc/csdl/CSDL-0062.ttl").data, "ttl")

    assert len(read) == 6 + len(entry["content"]["keyword"])
    assert set(read) <= set(document)


@pytest.mark.parametrize(("extension", "form"), [("trig", "trig"), ("nq", "nquads")])
def test_an_entry_with_its_provenance_apart_is_what_its_record_vouches_for(
    office, extension, form
):
    view = office.get(office.land())
    client = office.client()

    answer = client.get(
        f"/id/csdl/{view.local_id}",
        headers={"Accept": f"application/{'trig' if form == 'trig' else 'n-quads'}"},
    )
    document = client.get(answer.headers["Location"])
    found = Dataset().parse(data=document.data, format=form)

    record = URIRef(f"https://danhmuc.example/id/ban-ghi/{view.local_id}")
    vouched = found.graph(record)
    assert (URIRef(view.iri), RDF.type, DCAT.Dataset) in vouched
    assert {str(one).partition("#")[0] for one in vouched.subjects()} == {view.iri}
    # whom it names, which another record vouches for
    assert list(found.default_graph.subject_objects(FOAF.name))
    assert (record, FOAF.primaryTopic, URIRef(view.iri)) in found.default_graph
    together = {triple for graph in found.graphs() for triple in graph}
    assert together == set(
        parse(client.get(f"/doc/csdl/{view.local_id}.nt").data, "nt")
    )
