"""A kind added as one shape file, with no other change, is proposed, examined, entered, searched, exported and seen."""

import io
import shutil

import pytest
from people import Browser
from python_calamine import load_workbook
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from support import BASE, Office, make_system

from app.factory import create_app
from app.permissions import Role
from catalog_schema import documentation, profile, publication, validation
from catalog_schema.namespaces import DM

SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dm: <urn:danhmuc:ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

dm:field-survey a sh:NodeShape ;
  dm:pathWord "khao-sat" ; dm:identifierPrefix "KS" ; dm:titleField "title" ; dm:enteredBy "approval" ;
  rdfs:label "Cuộc khảo sát"@vi, "Field survey"@en ; dm:pluralLabel "Cuộc khảo sát"@vi, "Field surveys"@en ;
  sh:targetClass dm:FieldSurvey ; dm:rdfType dm:FieldSurvey ;
  sh:property [
    dm:field "title" ; sh:path skos:prefLabel ; sh:order 10 ; sh:group dm:general ;
    sh:name "Tên cuộc khảo sát"@vi, "Name"@en ;
    sh:description "Tên đầy đủ."@vi, "In full."@en ;
    sh:datatype rdf:langString ; sh:maxCount 1 ; sh:maxLength 300 ;
    dm:mandatoryAt "draft" ; dm:audience "public" ; dm:searchWeight 4.0 ; dm:inStub true ;
    dct:source "thử nghiệm" ] ;
  sh:property [
    dm:field "owner" ; sh:path dct:publisher ; sh:order 20 ; sh:group dm:owner ;
    sh:name "Cơ quan chủ quản"@vi, "Owner"@en ;
    sh:description "Cơ quan tổ chức khảo sát."@vi, "Who holds it."@en ;
    sh:nodeKind sh:IRI ; dm:targetKind "agency" ; sh:maxCount 1 ;
    dm:mandatoryAt "submit" ; dm:audience "public" ; dm:prefill "agency" ; dm:facet true ;
    dct:source "thử nghiệm" ] .
"""
TITLE = "Khảo sát giếng nước"


@pytest.fixture
def office(tmp_path, monkeypatch):
    shapes = tmp_path / "shapes"
    shutil.copytree(profile.DIRECTORY, shapes)
    (shapes / "field-survey.ttl").write_text(SHAPE, encoding="utf-8")
    monkeypatch.setattr(profile, "DIRECTORY", shapes)
    forget_profile()
    yield Office(make_system(tmp_path)).open()
    forget_profile()


def forget_profile():
    for made in (profile.load, publication.document, validation.compiled):
        made.cache_clear()


def test_a_new_kind_arrives_everywhere_with_no_other_change(office):
    application = create_app(office.system)
    registrar, reviewer = (
        Browser(office, role, application) for role in (Role.REGISTRAR, Role.REVIEWER)
    )
    content = {"title": {"vi": TITLE}, "owner": str(office.department)}

    # begun, as a page and as a spreadsheet
    assert "Cuộc khảo sát" in registrar.get("/dang-ky").get_data(as_text=True)
    assert registrar.get("/dang-ky?kind=field-survey").status_code == 200
    sheet = load_workbook(
        io.BytesIO(registrar.get("/dang-ky/mau.xlsx?kind=field-survey").data)
    )
    assert "Tên cuộc khảo sát" in str(sheet.get_sheet_by_index(0).to_python())

    # written, sent and examined on the pages that every proposal has
    proposal_id = office.propose("field-survey", content)
    with office.desk() as desk:
        from app.workflow.proposals import queries as proposals

        number = proposals.get(desk, proposal_id).number
    assert TITLE in registrar.get(f"/phieu/{number}").get_data(as_text=True)
    assert "Tên cuộc khảo sát" in registrar.get(f"/phieu/{number}/phan/nhanh").get_data(
        as_text=True
    )
    assert registrar.get(f"/phieu/{number}/kiem-tra").status_code == 200
    office.act(proposal_id, "submit", Role.REGISTRAR)
    assert TITLE in reviewer.get(f"/phieu/{number}").get_data(as_text=True)
    assert TITLE in reviewer.get("/tham-dinh").get_data(as_text=True)

    # entered, found, seen
    office.enter("field-survey", {**content, "title": {"vi": "Khảo sát cầu treo"}})
    office.system.follow()
    client = application.test_client()
    address = "/doc/khao-sat/KS-0001"
    assert (
        client.get("/api/v1/entries?q=cau+treo").json["items"][0]["identifier"]
        == "KS-0001"
    )
    assert "Khảo sát cầu treo" in client.get("/tim-kiem?kind=field-survey").get_data(
        as_text=True
    )
    assert "Cuộc khảo sát" in client.get(address).get_data(as_text=True)
    assert "Field survey" in client.get(address + "?lang=en").get_data(as_text=True)

    # exported
    triples = Graph().parse(data=client.get(address + ".ttl").data, format="turtle")
    subject = URIRef(f"{BASE}/id/khao-sat/KS-0001")
    assert (subject, RDF.type, DM.FieldSurvey) in triples
    assert (subject, SKOS.prefLabel, Literal("Khảo sát cầu treo", lang="vi")) in triples
    assert "KS-0001" in client.get(
        "/catalog.nt?full=1&records=all", buffered=True
    ).get_data(as_text=True)
    assert "KS-0001" in client.get("/tim-kiem.csv?kind=field-survey").get_data(
        as_text=True
    )

    # described
    assert (
        "FieldSurveyContent"
        in client.get("/api/openapi.json").json["components"]["schemas"]
    )
    assert "field-survey" in client.get("/profile.ttl").get_data(as_text=True)
    assert "Cuộc khảo sát" in client.get("/profile").get_data(as_text=True)
    assert "`field-survey`" in documentation.markdown(office.system.profile)
