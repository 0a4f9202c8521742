import io
from dataclasses import replace

import pytest
from click.testing import CliRunner
from rdflib import Graph, URIRef
from sqlalchemy import func, select
from support import agency, built, opened_office

from app.cli import main  # noqa: F401 - the commands
from app.cli.group import cli
from app.errors import InvalidError, NotFoundError
from app.permissions import Action, Role
from app.rdf.harvesting import fetching, reference_import
from app.rdf.harvesting.reference_import import Outcome
from app.register.content.facts import REFERENCE
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.models import Proposal
from catalog_schema.namespaces import DCT, PROV

FILE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://bo.example/dm> a dcat:Catalog ; dct:title "Danh mục của Bộ"@vi ; dcat:dataset <https://bo.example/d/1>, <https://bo.example/d/2> .
<https://bo.example/org/bo> a foaf:Organization ; foaf:name "Bộ Thí dụ"@vi .
<https://bo.example/d/1> a dcat:Dataset ; dct:title "Cơ sở dữ liệu hộ tịch"@vi, "Civil status"@en ;
  dct:description "Khai sinh, kết hôn, khai tử."@vi ; dct:identifier "https://bo.example/d/1?id=7" ; dct:publisher <https://bo.example/org/bo> ;
  dcat:theme <http://publications.europa.eu/resource/authority/data-theme/GOVE> ; dcat:keyword "hộ tịch"@vi ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/RESTRICTED> ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/DAILY> ; dcat:landingPage <ftp://bo.example/x> .
<https://bo.example/d/2> a dcat:Dataset ; dct:title "Registers"@en ; dct:description "Without Vietnamese."@en ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ; dcat:theme <http://publications.europa.eu/resource/authority/data-theme/GOVE> ;
  dct:publisher <https://bo.example/org/bo> .
<https://bo.example/s/1> a dcat:DataService ; dct:title "Tra cứu hộ tịch"@vi ; dct:description "Tra cứu."@vi ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ; dcat:theme <http://publications.europa.eu/resource/authority/data-theme/GOVE> ;
  dcat:endpointURL <https://bo.example/api> ; dcat:servesDataset <https://bo.example/d/1> ; dct:publisher <https://bo.example/org/bo> .
[] a dcat:Dataset ; dct:title "Không có địa chỉ"@vi .
"""
FORMATS = {".ttl": "turtle", ".rdf": "xml", ".jsonld": "json-ld", ".nt": "nt"}
D1, D2, S1, ORG_IRI = (
    f"https://bo.example/{end}" for end in ("d/1", "d/2", "s/1", "org/bo")
)


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path, promulgate=())


def graph_of(text=FILE):
    return Graph().parse(data=text, format="turtle")


def plan(office, text=FILE, source="Bộ Thí dụ"):
    with office.desk() as desk:
        return reference_import.plan(desk, graph_of(text), source)


def outcomes(records):
    return {one.iri: one.outcome for one in records if one.iri.startswith("https")}


def apply(office, text=FILE, **how):
    with office.desk() as desk:
        return [
            one.id
            for one in reference_import.carry_out(
                desk, reference_import.plan(desk, graph_of(text), "Bộ Thí dụ"), **how
            )
        ]


def approve(office, ids):
    for one in ids:
        office.act(one, Action.TAKE, Role.REVIEWER)
        complete(office, one)
        office.act(one, Action.RECOMMEND, Role.REVIEWER)
        office.act(one, Action.APPROVE, Role.APPROVER)


def complete(office, proposal_id):
    """Have the reviewer say what entering asks for and DCAT does not tell."""
    with office.desk(Role.REVIEWER) as desk:
        proposal = proposals.get(desk, proposal_id)
        full = built(proposal.kind, proposal.content)
        told_all = full == proposal.content
    if not told_all:
        office.act(proposal_id, Action.MEND, Role.REVIEWER, content=full)


def test_what_is_named_comes_before_what_names_it_and_nothing_comes_twice(office):
    first = plan(office)
    assert outcomes(first) == {
        ORG_IRI: Outcome.NEW,
        D1: Outcome.WAITING,
        D2: Outcome.WAITING,
        S1: Outcome.WAITING,
    }
    # the one without an address
    assert sum(one.outcome is Outcome.REFUSED for one in first) == 1

    made = apply(office)
    assert outcomes(plan(office))[ORG_IRI] is Outcome.OPEN
    assert apply(office) == []
    approve(office, made)
    assert outcomes(plan(office)) == {
        ORG_IRI: Outcome.SAME,
        D1: Outcome.NEW,
        D2: Outcome.NEW,
        S1: Outcome.WAITING,
    }
    approve(office, apply(office))
    approve(office, apply(office))

    assert set(outcomes(plan(office)).values()) == {Outcome.SAME}
    with office.reading() as register:
        found = {
            view.content["source_iri"]: view
            for kind in ("shared-database", "data-service")
            for view in register.all(office_filter(kind))
        }
    land = found[D1].content
    assert found[D1].local_id == "CSDL-0001"
    assert land["record_kind"] == REFERENCE
    assert land["title"] == {"vi": "Cơ sở dữ liệu hộ tịch", "en": "Civil status"}
    assert land["source_id"] == "https://bo.example/d/1?id=7"
    assert "landing_page" not in land  # no web address: said in the plan, and left out
    assert found[D2].content["title"]["vi"] == "Registers"
    assert found[S1].content["serves"] == [str(found[D1].id)]


def office_filter(kind):
    from app.register.filters import Filter

    return Filter((kind,))


def test_the_plan_says_what_was_left_out_and_what_has_no_vietnamese(office):
    approve(office, apply(office))

    said = {one.iri: " ".join(one.said) for one in plan(office)}

    assert "Trang giới thiệu" in said[D1]
    assert "không có tiếng Việt" in said[D2]


def test_a_change_at_the_source_becomes_an_amendment_and_what_is_gone_is_told(office):
    for _ in range(3):
        approve(office, apply(office))
    changed = FILE.replace(
        "Khai sinh, kết hôn, khai tử.", "Khai sinh, kết hôn, khai tử, nhận con nuôi."
    )
    lines = [
        line
        for line in changed.splitlines()
        if "d/2> a" not in line and "Without" not in line
    ]
    later = "\n".join(lines).replace(
        " ;\n  dct:publisher <https://bo.example/org/bo> .\n<https://bo.example/s/1>",
        " .\n<https://bo.example/s/1>",
    )
    later = (
        changed[: changed.index("<https://bo.example/d/2> a")]
        + changed[changed.index("<https://bo.example/s/1>") :]
    )

    found = plan(office, later)

    assert outcomes(found) == {
        ORG_IRI: Outcome.SAME,
        D1: Outcome.CHANGED,
        D2: Outcome.GONE,
        S1: Outcome.SAME,
    }
    assert "Nội dung dữ liệu" in " ".join(
        next(one for one in found if one.iri == D1).said
    )
    assert len(apply(office, later)) == 1
    assert outcomes(plan(office, later, "nơi khác"))[D1] is Outcome.OPEN
    # it never came from there
    assert D2 not in outcomes(plan(office, later, "nơi khác"))


def test_an_agency_of_the_same_name_is_the_same_agency(office):
    office.enter("agency", agency("Bộ Thí dụ"))

    assert outcomes(plan(office)) == {
        ORG_IRI: Outcome.SAME,
        D1: Outcome.NEW,
        D2: Outcome.NEW,
        S1: Outcome.WAITING,
    }


def test_our_own_catalogue_brings_nothing(office):
    office.land()
    ours = office.client().get("/catalog.ttl?full=1", buffered=True).text

    assert {one.outcome for one in plan(office, ours)} == {Outcome.REFUSED}


def test_references_say_where_they_are_from_and_stay_out_of_the_feed(office):
    office.enter("agency", agency("Bộ Thí dụ"))
    approve(office, apply(office))
    client = office.client()

    own = Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")
    everything = Graph().parse(
        data=client.get("/catalog.ttl?records=all").data, format="turtle"
    )

    assert not list(own.subjects(PROV.wasDerivedFrom))
    land = next(everything.subjects(PROV.wasDerivedFrom, URIRef(D1)))
    assert list(
        everything.objects(everything.value(land, DCT.provenance), DCT.source)
    ) == [URIRef(D1)]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_command_previews_then_submits_from_a_file_of_each_format(
    office, tmp_path, monkeypatch, ending
):
    path = tmp_path / f"bo{ending}"
    text = FILE[: FILE.index("[] a dcat")]
    path.write_text(graph_of(text).serialize(format=FORMATS[ending]), encoding="utf-8")
    monkeypatch.setattr("app.cli.group.System", lambda _settings: office.system)
    monkeypatch.setattr("app.config.load", lambda: office.system.settings)
    email = f"{Role.REGISTRAR}@thu.example"
    run = CliRunner()
    with office.system.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Proposal))
    seen = run.invoke(
        cli, ["harvest", "import", str(path), "--as", email, "--from", "Bộ"]
    )
    assert "xem trước" in seen.output, seen.output + str(seen.exception)
    with office.system.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == before
    done = run.invoke(
        cli,
        ["harvest", "import", "-", "--as", email, "--from", "Bộ", "--apply"],
        input=path.read_bytes(),
    )
    assert "Đã gửi 1 phiếu" in done.output, done.output + str(done.exception)


def test_a_file_that_was_cut_at_the_end_of_a_line_is_told_by_what_its_source_announces(
    office, monkeypatch
):
    monkeypatch.setattr("app.cli.group.System", lambda _settings: office.system)
    monkeypatch.setattr("app.config.load", lambda: office.system.settings)
    announced = "<urn:page> <http://www.w3.org/ns/hydra/core#totalItems> 9 .\n"
    lines = graph_of(FILE[: FILE.index("[] a dcat")]).serialize(format="nt")
    call = ["harvest", "import", "-", "--from", "Bộ", "--as"]
    call += [f"{Role.REGISTRAR}@thu.example", "--apply"]

    refused = CliRunner().invoke(cli, call, input=announced + lines)
    assert "Nguồn công bố nhiều hơn" in refused.output
    assert refused.exit_code != 0
    taken = CliRunner().invoke(cli, [*call, "--incomplete"], input=announced + lines)
    assert "Đã gửi 1 phiếu" in taken.output, taken.output


def test_only_addresses_of_the_settings_are_fetched_and_hostile_files_are_refused(
    office, tmp_path
):
    settings = office.system.settings
    with pytest.raises(NotFoundError):
        fetching.read("https://la.example/dm.ttl", io.BytesIO(), settings)
    for name, text in {
        "a.ttl": "<a> <b> .",
        "b.rdf": "<!DOCTYPE a [<!ENTITY b 'c'>]><rdf:RDF/>",
        "c.jsonld": '{"@context": "http://la.example/"}',
    }.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidError):
            fetching.read(str(path), io.BytesIO(), settings)


@pytest.mark.usefixtures("socket_enabled")
def test_a_catalogue_in_pages_is_fetched_from_an_allowed_address(office, tmp_path):
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            here, last = (
                f"http://127.0.0.1:{self.server.server_port}",
                "page=2" in self.path,
            )
            paging = (
                ""
                if last
                else f"<{here}/dm?page=1> <http://www.w3.org/ns/hydra/core#next> <{here}/dm?page=2> ."
            )
            body = f"<{here}/d/{2 if last else 1}> a <http://www.w3.org/ns/dcat#Dataset> . {paging}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/turtle")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}/dm"
        try:
            _, graph = fetching.read(
                address,
                io.BytesIO(),
                replace(office.system.settings, harvest_sources=(address,)),
            )
        finally:
            server.shutdown()
    assert len(set(graph.subjects())) == 3
