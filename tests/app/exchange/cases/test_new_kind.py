"""A fifth kind of case is one shape and one module, with a line where kinds are named: opened, sent, answered, told, moved like the others."""

import shutil

import pytest
from casework import act, case_of, sent
from people import Browser
from support import Office, make_system

from app.exchange.cases import inputs, kinds, rules
from app.exchange.cases.kind import CaseKind, CaseRule
from app.exchange.cases.lifecycle import CaseStatus, Side
from app.exchange.cases.rules import S
from app.factory import create_app
from app.permissions import Action, Role
from catalog_schema import profile

# catalog_schema/shapes/cases/visit.ttl
SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dm: <urn:danhmuc:ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dct: <http://purl.org/dc/terms/> .

dm:visit a sh:NodeShape ;
  dm:caseWord "xin-tham" ; dm:identifierPrefix "XT" ; dm:titleField "title" ; dm:audience "state" ;
  rdfs:label "Xin đến thăm"@vi, "Visit"@en ; dm:pluralLabel "Xin đến thăm"@vi, "Visits"@en ;
  sh:targetClass dm:Visit ; dm:rdfType dm:Visit ;
  sh:property [
    dm:field "title" ; sh:path dct:title ; sh:order 10 ; sh:group dm:general ;
    sh:name "Thăm gì"@vi, "What"@en ; sh:description "Nơi muốn thăm."@vi, "The place."@en ;
    sh:datatype rdf:langString ; sh:languageIn ( "vi" ) ; sh:maxCount 1 ; sh:maxLength 300 ;
    dm:mandatoryAt "draft" ; dm:audience "state" ; dct:source "thử nghiệm" ] ;
  sh:property [
    dm:field "host" ; sh:path dm:host ; sh:order 20 ; sh:group dm:general ;
    sh:name "Nơi tiếp"@vi, "Host"@en ; sh:description "Cơ quan tiếp."@vi, "Who receives."@en ;
    sh:nodeKind sh:IRI ; dm:targetKind "agency" ; sh:maxCount 1 ;
    dm:mandatoryAt "submit" ; dm:audience "state" ; dct:source "thử nghiệm" ] .
"""
# app/exchange/cases/kinds/visits.py
VISIT = CaseKind(
    name="visit",
    answering=rules.named("host"),
    asked_in="host",
    term=lambda _desk, _case, _begun: (None, None),
    rules={
        **rules.writing(),
        Action.ANSWER_CASE: CaseRule(
            word="Trả lời",
            moves={S.SENT: S.DONE},
            takes=inputs.Answer,
            precondition=rules.require_text,
            effect=rules.answer,
            side=Side.ANSWERING,
        ),
    },
)


@pytest.fixture
def office(tmp_path, monkeypatch):
    shapes = tmp_path / "cases"
    shutil.copytree(profile.CASES, shapes)
    (shapes / "visit.ttl").write_text(SHAPE, encoding="utf-8")
    monkeypatch.setattr(profile, "CASES", shapes)
    monkeypatch.setitem(kinds.KINDS, "visit", VISIT)
    profile.load.cache_clear()
    yield Office(make_system(tmp_path)).open()
    profile.load.cache_clear()


def test_a_fifth_kind_is_asked_answered_and_seen_like_the_others(office):
    application = create_app(office.system)
    registrar = Browser(office, Role.REGISTRAR, application)
    assert "Xin đến thăm" in registrar.get("/viec").text
    assert "Nơi tiếp" in registrar.get("/viec/moi/xin-tham").text
    content = {"title": "Trung tâm dữ liệu", "host": str(office.other)}
    number = sent(office, "visit", content)
    owner = Browser(office, "elsewhere", application)
    page = owner.get(f"/viec/{number}").text
    assert "Trung tâm dữ liệu" in page
    assert "Trả lời" in page

    act(office, number, Action.ANSWER_CASE, "elsewhere", inputs.Answer("Mời thứ Hai"))

    assert case_of(office, number).status is CaseStatus.DONE
    assert "Mời thứ Hai" in registrar.get(f"/viec/{number}").text
