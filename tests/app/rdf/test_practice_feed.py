import re

import pytest
from rdflib import Graph
from support import BASE

from app.operations import audits
from app.rdf.harvesting import pitfalls
from app.rdf.publishing import practice_feed
from catalog_schema import profile
from catalog_schema.namespaces import ADMS, DCAT, DCT, FOAF, HYDRA, RDF

OLD, NEW = f"{BASE}/dien-tap", f"{BASE}/dien-tap-moi"


def harvest(client, scene, extension="ttl"):
    """Follow hydra:next from where the scene is announced; return the whole graph and how many pages it took."""
    whole, address, pages = Graph(), f"/dien-tap/{scene}/catalog.{extension}", 0
    while address:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        graph = Graph().parse(
            data=answer.data,
            format={"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}.get(
                extension, "nt"
            ),
        )
        whole += graph
        pages += 1
        address = next(
            (str(one).removeprefix(BASE) for one in graph.objects(None, HYDRA.next)),
            None,
        )
    return whole, pages


def datasets(graph):
    return {
        re.sub(".*/", "", str(one)): str(one)
        for one in graph.subjects(RDF.type, DCAT.Dataset)
    }


def test_what_is_published_to_practise_on_conforms_to_the_profile(office):
    settings = office.system.settings
    with (
        practice_feed.opened(settings) as (database, _rows, _day),
        database.reading() as session,
    ):
        assert (
            audits.nonconforming(
                session, profile.load(practice_feed.base_of(settings, 1))
            )
            == []
        )


@pytest.mark.slow
def test_a_harvester_sees_what_each_scene_says(office):
    client = office.client()
    seen = {scene: harvest(client, scene)[0] for scene in range(1, 7)}
    names = {scene: sorted(datasets(graph)) for scene, graph in seen.items()}

    assert names[1] == [f"CSDL-000{n}" for n in range(1, 6)]
    assert names[2] == names[3] == names[4] == [*names[1], "CSDL-0006", "CSDL-0007"]
    assert set(names[4]) - set(names[5]) == {"CSDL-0004"}
    assert set(names[6]) - set(names[5]) == {"CSDL-0008"}
    changed = {
        str(s)
        for s, _, _ in seen[3] - seen[2]
        if str(s).startswith(f"{OLD}/id/csdl/") and "#" not in str(s)
    }
    assert changed == {f"{OLD}/id/csdl/CSDL-000{n}" for n in (1, 2)}
    modified = [
        max(
            str(one)
            for s in graph.subjects(RDF.type, DCAT.Dataset)
            for one in graph.objects(s, DCT.modified)
        )
        for graph in seen.values()
    ]
    assert modified[:4] == sorted({*modified[:4]})  # each scene has a time of its own
    suspended = [
        str(s)
        for s, o in seen[4].subject_objects(ADMS.status)
        if str(o).endswith("/tam-dung")
    ]
    assert suspended == [f"{OLD}/id/ban-ghi/CSDL-0003"]
    (record,) = [
        s
        for s, o in seen[4].subject_objects(ADMS.status)
        if str(o).endswith("/tam-dung")
    ]
    assert seen[4].value(seen[4].value(record, DCT.valid), DCAT.endDate)


def test_when_the_address_changes_the_iris_stay(office):
    client = office.client()
    led = client.get("/dien-tap/6/catalog.ttl?page=2")
    assert (led.status_code, led.headers["Location"].removeprefix(BASE)) == (
        308,
        "/dien-tap-moi/6/catalog.ttl?page=2",
    )
    assert client.get("/dien-tap-moi/5/catalog.ttl").status_code == 308
    led = client.get("/dien-tap/6/catalog.ttl?page=2&lang=en").headers["Location"]
    assert sorted(led.partition("?")[2].split("&")) == ["lang=en", "page=2"]

    before, after = (datasets(harvest(client, scene)[0]) for scene in (5, 6))

    assert {name: iri for name, iri in after.items() if name in before} == before
    assert after["CSDL-0008"] == f"{NEW}/id/csdl/CSDL-0008"


@pytest.mark.parametrize("extension", ["ttl", "rdf", "jsonld", "nt"])
def test_the_practice_feed_trips_nobody_and_says_that_it_is_made_up(office, extension):
    graph, pages = harvest(office.client(), 2, extension)

    assert pages == 4
    errors = [
        one
        for rule in pitfalls.RULES
        for one in rule(graph)
        if one.severity is pitfalls.Severity.ERROR
    ]
    assert errors == []
    assert all(
        "minh họa" in str(one)
        for s in graph.subjects(RDF.type, DCAT.Dataset)
        for one in graph.objects(s, DCT.title)
    )
    assert len(set(graph.subjects(FOAF.primaryTopic))) == 7 + 3


def test_the_same_bytes_come_again_and_nothing_beyond_the_last_scene_or_page(office):
    client = office.client()

    assert (
        client.get("/dien-tap/3/catalog.ttl").data
        == client.get("/dien-tap/3/catalog.ttl").data
    )
    for wrong in (
        "/dien-tap/0/catalog.ttl",
        "/dien-tap/7/catalog.ttl",
        "/dien-tap/1/catalog.zip",
        "/dien-tap/1/catalog.ttl?page=9",
    ):
        assert client.get(wrong).status_code == 404
    for wrong in ("page=x", "snapshot=999999", "snapshot=x", "as_of=2026-01-01"):
        assert client.get(f"/dien-tap/1/catalog.ttl?{wrong}").status_code == 400
    assert len(practice_feed.SCENES) == 6
    assert "Cảnh" in client.get("/dien-tap").text
