"""A field added to a copy of a shape, with no other change, arrives everywhere."""

import shutil

import pytest
from rdflib import Graph, Literal, URIRef
from support import Office, database, make_system

from app.register.filters import Filter
from catalog_schema import documentation, graph, profile, validation
from catalog_schema.namespaces import DM
from catalog_schema.profile import Stage

BLOCK = """
  sh:property [
    dm:field "storage_note" ; sh:path dm:storageNote ; sh:order 25 ; sh:group dm:content ;
    sh:name "Nơi lưu trữ"@vi, "Storage"@en ;
    sh:description "Dữ liệu được lưu ở đâu."@vi, "Where the data are kept."@en ;
    sh:datatype rdf:langString ; sh:maxCount 1 ; sh:maxLength 50 ;
    dm:mandatoryAt "enter" ; dm:audience "public" ; dm:searchWeight 2.0 ;
    dct:source "thử nghiệm" ] ;
  sh:property [
    dm:field "storage_list" ; sh:path dm:storageList ; sh:order 26 ; sh:group dm:content ;
    sh:name "Loại lưu trữ"@vi, "Storage list"@en ;
    sh:description "Chọn."@vi, "Choose."@en ;
    sh:nodeKind sh:IRI ; dm:codeList "muc-bao-ve" ; sh:maxCount 1 ;
    dm:audience "public" ; dm:facet true ;
    dct:source "thử nghiệm" ] ;
"""
BASE = "https://truong-moi.example"


@pytest.fixture
def extended(tmp_path, monkeypatch):
    shapes = tmp_path / "shapes"
    shutil.copytree(profile.DIRECTORY, shapes)
    path = shapes / "shared-database.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "dm:rdfType dcat:Dataset ;", "dm:rdfType dcat:Dataset ;" + BLOCK, 1
        ),
        encoding="utf-8",
    )
    monkeypatch.setattr(profile, "DIRECTORY", shapes)
    profile.load.cache_clear()
    yield Office(make_system(tmp_path, BASE)).open()
    profile.load.cache_clear()


def test_a_new_field_arrives_everywhere_with_no_other_change(extended):
    office, kind = extended, extended.system.profile.kinds["shared-database"]
    owner, basis = str(office.department), str(office.law())
    new = {"storage_note": {"vi": "Trung tâm dữ liệu Xanh"}, "storage_list": "noi-bo"}
    land = office.enter("shared-database", database(owner, basis, **new))
    office.system.follow()
    client = office.client()
    address = "/doc/csdl/CSDL-0001"

    # the compiled schema: asked for at entering, too long refused
    from app.register.content import schema

    silent = {
        name: value
        for name, value in database(owner, basis).items()
        if name != "storage_note"
    }
    without = schema.check(kind, silent, Stage.ENTER, BASE).errors
    assert [e.field for e in without] == ["storage_note"]
    long = schema.check(
        kind, database(owner, basis, storage_note={"vi": "x" * 51}), Stage.DRAFT, BASE
    ).errors
    assert [e.field for e in long] == ["storage_note"]
    # triples out and in
    triples = Graph().parse(data=client.get(address + ".ttl").data, format="turtle")
    subject = URIRef(f"{BASE}/id/csdl/CSDL-0001")
    assert triples.value(subject, DM.storageNote) == Literal(
        "Trung tâm dữ liệu Xanh", lang="vi"
    )
    assert (
        graph.Reader(office.system.profile, lambda iri: iri).content(
            kind, triples, subject
        )["storage_list"]
        == "noi-bo"
    )
    # SHACL
    triples.remove((subject, DM.storageNote, None))
    assert "storage_note" in {
        v.field for v in validation.check(triples, office.system.profile, kind)
    }
    # JSON-LD context, published shapes
    assert client.get("/profile/shared-database.jsonld").json["@context"][
        "storage_note"
    ]["@id"] == str(DM.storageNote)
    assert "storage_note" in client.get("/profile.ttl").get_data(as_text=True)
    # search document, with its field in the grammar
    assert client.get("/api/v1/entries?q=trung+tam+xanh").json["total"] == 1
    assert client.get("/api/v1/entries?q=noi-luu-tru:xanh").json["total"] == 1
    # facts
    with office.reading() as register:
        assert register.facet(Filter(), "storage_list") == [("noi-bo", 1)]
        assert register.count(Filter(facts={"storage_list": ("noi-bo",)})) == 1
    # the page of the entry in both languages, the page of the profile, the API, OpenAPI, docs
    assert "Nơi lưu trữ" in client.get(address).get_data(as_text=True)
    assert "Storage" in client.get(address + "?lang=en").get_data(as_text=True)
    assert "storage_note" in client.get("/profile").get_data(as_text=True)
    assert (
        client.get("/api/v1/entries/shared-database/CSDL-0001").json["content"][
            "storage_note"
        ]
        == new["storage_note"]
    )
    schemas = client.get("/api/openapi.json").json["components"]["schemas"]
    assert "storage_note" in schemas["SharedDatabaseContent"]["properties"]
    assert "`storage_note`" in documentation.markdown(office.system.profile)
    assert office.get(land).content["storage_list"] == "noi-bo"
