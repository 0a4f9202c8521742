import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from driver import served
from province import settled
from rdflib import Graph
from sickle import Sickle
from support import code, database, opened_office

from app import clock
from app.web.machines import oai_pmh
from app.workflow.proposals.models import ProposalType
from catalog_schema.namespaces import ADMS, DCAT, DCT, FOAF, ORG, RDF, SKOS

pytestmark = pytest.mark.slow

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
RECORDS = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
RDF_ROOT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(oai_pmh, "PART", 2)


def filled(office, count, number="1/2026/QĐ-UBND"):
    basis = str(office.law(number))
    return [
        office.enter(
            "shared-database",
            database(str(office.department), basis, title=f"CSDL <số> {one} & nữa"),
        )
        for one in range(count)
    ]


def end(office, entry):
    office.enter(
        "shared-database",
        {},
        type=ProposalType.END,
        entry_id=entry,
        effective_from=clock.today(),
    )


def ask(client, how="get", **given):
    renamed = {name.removesuffix("_"): value for name, value in given.items()}
    answer = (
        client.get("/oai", query_string=renamed)
        if how == "get"
        else client.post("/oai", data=renamed)
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    return ET.fromstring(answer.data)  # noqa: S314 - our own


def error(root):
    return root.find(f"{OAI}error").get("code")


def every(client, verb, **given):
    """Follow resumption tokens; return the parts."""
    parts = [ask(client, verb=verb, **given)]
    while (
        token := parts[-1].findtext(f".//{OAI}resumptionToken")
    ) is not None and token:
        parts.append(ask(client, verb=verb, resumptionToken=token))
    return parts


def identifiers(parts):
    return [one.text for part in parts for one in part.iter(f"{OAI}identifier")]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Delete"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "set": "csdl"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({**RECORDS, "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({**RECORDS, "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({**RECORDS, "from_": "2026"}, "badArgument"),
        ({**RECORDS, "from_": "2026-02-30"}, "badArgument"),
        ({**RECORDS, "from_": ""}, "badArgument"),
        ({**RECORDS, "from_": "2026-01-01\x00"}, "badArgument"),
        ({**RECORDS, "set": ""}, "badArgument"),
        ({**RECORDS, "from_": "2027-01-01", "until": "2026-01-01"}, "badArgument"),
        (
            {**RECORDS, "from_": "2026-01-01", "until": "2026-01-02T00:00:00Z"},
            "badArgument",
        ),
        ({**RECORDS, "from_": "2999-01-01"}, "noRecordsMatch"),
        ({**RECORDS, "set": "khong-co"}, "noRecordsMatch"),
        ({**RECORDS, "resumptionToken": "x"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        (
            {
                **RECORDS,
                "verb": "GetRecord",
                "identifier": "oai:danhmuc.example:CSDL-9999",
            },
            "idDoesNotExist",
        ),
        (
            {**RECORDS, "verb": "GetRecord", "identifier": "oai:danhmuc.example:"},
            "idDoesNotExist",
        ),
        (
            {**RECORDS, "verb": "GetRecord", "identifier": "oai:danhmuc.example:csdl"},
            "idDoesNotExist",
        ),
        (
            {
                **RECORDS,
                "verb": "GetRecord",
                "identifier": f"oai:danhmuc.example:{'x' * 70}",
            },
            "idDoesNotExist",
        ),
        (
            {
                **RECORDS,
                "verb": "GetRecord",
                "identifier": "oai:evil.example:CSDL-0001",
            },
            "idDoesNotExist",
        ),
        ({"verb": "ListMetadataFormats", "identifier": "x\x00<y"}, "idDoesNotExist"),
        (
            {
                **RECORDS,
                "verb": "GetRecord",
                "identifier": "oai:danhmuc.example:CSDL-0001\x00",
            },
            "idDoesNotExist",
        ),
    ],
)
@pytest.mark.parametrize("how", ["get", "post"])
def test_a_faulty_request_is_told_its_code(office, given, code, how):
    filled(office, 1)
    root = ask(office.client(), how, **given)

    assert error(root) == code
    shown = dict(root.find(f"{OAI}request").attrib)
    assert (shown == {}) == (code in {"badVerb", "badArgument"})


def test_identify_and_the_formats_and_the_sets_are_told(office):
    filled(office, 1)
    client = office.client()

    said = {
        one.tag.removeprefix(OAI): one.text
        for one in ask(client, verb="Identify").find(f"{OAI}Identify")
    }
    assert said["deletedRecord"] == "persistent"
    assert said["baseURL"] == "https://danhmuc.example/oai"
    schemas = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
    assert ask(client, verb="Identify").get(schemas).split() == [
        OAI[1:-1],
        f"{OAI[1:-1]}OAI-PMH.xsd",
    ]
    (dc, *_) = ask(client, **RECORDS).iter(f"{{{OAI[1:-1]}oai_dc/}}dc")
    assert dc.get(schemas).split() == [f"{OAI[1:-1]}oai_dc/", f"{OAI[1:-1]}oai_dc.xsd"]
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said["earliestDatestamp"])
    prefixes = [
        one.text
        for one in ask(client, verb="ListMetadataFormats").iter(f"{OAI}metadataPrefix")
    ]
    assert prefixes == ["oai_dc", "dcat_ap"]
    named = {
        one.findtext(f"{OAI}setSpec"): one.findtext(f"{OAI}setName")
        for one in ask(client, verb="ListSets").iter(f"{OAI}set")
    }
    assert (
        named[office.get(office.department).local_id]
        == office.get(office.department).title
    )
    assert "csdl" in named


def test_lists_go_on_part_by_part_and_hold_each_record_once_while_others_enter(
    office, small
):
    entries = filled(office, 5)
    client, parts = office.client(), []
    root = ask(client, verb="ListRecords", metadataPrefix="dcat_ap")
    while True:
        parts.append(root)
        token = root.find(f".//{OAI}resumptionToken")
        if token is None or not token.text:
            break
        if len(parts) == 1:
            again = ask(client, verb="ListRecords", resumptionToken=token.text)
            filled(office, 1, "9/2026/QĐ-UBND")
        root = ask(client, verb="ListRecords", resumptionToken=token.text)

    assert [len(list(part.iter(f"{OAI}record"))) for part in parts] == [2, 2, 1]
    assert identifiers(parts) == [
        f"oai:danhmuc.example:{office.get(one).local_id}" for one in entries
    ]
    assert identifiers([again]) == identifiers([parts[1]])
    last = parts[-1].find(f".//{OAI}resumptionToken")
    assert (last.text, last.get("completeListSize"), last.get("cursor")) == (
        None,
        "5",
        "4",
    )


def test_a_record_as_dcat_is_the_database_with_what_it_names(office):
    (entry,) = filled(office, 1)
    office.enter("identifier-code", code("Y97", office.department))
    office.enter("identifier-code", code("Y96", office.other))
    (found,) = ask(office.client(), verb="ListRecords", metadataPrefix="dcat_ap").iter(
        RDF_ROOT
    )
    graph = Graph().parse(data=ET.tostring(found), format="xml")

    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert str(dataset) == office.get(entry).iri
    assert graph.value(graph.value(dataset, DCT.publisher), FOAF.name)
    assert [
        str(graph.value(one, SKOS.notation))
        for one in graph.subjects(RDF.type, ADMS.Identifier)
    ] == ["Y97"]
    assert graph.value(graph.value(dataset, DCT.accrualPeriodicity), RDF.type)


def test_a_record_as_dcat_has_no_stub_without_a_type(office):
    place = settled(office)
    one, two, new = (place.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    place.succeed("sap-nhap", [one, two], [new])
    office.enter("shared-database", database(str(new), place.decision))

    for found in ask(
        office.client(), verb="ListRecords", metadataPrefix="dcat_ap"
    ).iter(RDF_ROOT):
        graph = Graph().parse(data=ET.tostring(found), format="xml")
        ours = {one for one in graph.all_nodes() if "/id/" in one}
        assert {one for one in ours if graph.value(one, RDF.type) is None} == set()
        assert len(list(graph.subjects(ORG.changedBy))) == 2


def test_a_record_in_dublin_core_says_whose_it_is(office):
    (entry,) = filled(office, 1)
    view = office.get(entry)
    given = {
        "metadataPrefix": "oai_dc",
        "identifier": f"oai:danhmuc.example:{view.local_id}",
    }
    root = ask(office.client(), verb="GetRecord", **given)

    said = {}
    for one in root.iter():
        if one.tag.startswith(DC):
            said.setdefault(one.tag.removeprefix(DC), []).append(one.text)
    assert said["title"] == ["CSDL <số> 0 & nữa"]
    assert said["publisher"] == [office.get(office.department).title]
    assert said["identifier"] == [view.iri, view.local_id]
    assert said["language"] == ["vi"]
    assert said["relation"]


def test_what_has_ended_is_deleted_for_ever_and_found_by_its_time(office):
    with clock.frozen(clock.now() - timedelta(days=2)):
        one, two = filled(office, 2)
    day = f"{(clock.now() - timedelta(days=1)):%Y-%m-%d}"
    end(office, one)
    client = office.client()

    later = ask(client, verb="ListRecords", metadataPrefix="oai_dc", from_=day)
    (record,) = later.iter(f"{OAI}record")
    assert record.find(f"{OAI}header").get("status") == "deleted"
    assert record.find(f"{OAI}metadata") is None
    assert identifiers([later]) == [f"oai:danhmuc.example:{office.get(one).local_id}"]
    earlier = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", until=day)
    assert identifiers([earlier]) == [f"oai:danhmuc.example:{office.get(two).local_id}"]
    both = ask(
        client,
        verb="ListIdentifiers",
        metadataPrefix="dcat_ap",
        set=office.get(office.department).local_id,
    )
    assert len(identifiers([both])) == 2


@pytest.mark.nightly("kills")
@pytest.mark.slow
@pytest.mark.enable_socket
def test_sickle_harvests_everything_also_after_the_server_was_started_anew(tmp_path):
    server = served(tmp_path)
    basis, owner = str(server.office.law()), str(server.office.department)
    titles = [f"CSDL số {number}" for number in range(oai_pmh.PART + 30)]
    entries = [
        server.office.enter("shared-database", database(owner, basis, title=one))
        for one in titles
    ]
    end(server.office, entries[3])
    server.start()

    records = Sickle(f"http://127.0.0.1:{server.port}/oai").ListRecords(
        metadataPrefix="oai_dc"
    )
    found = [next(records) for _ in range(oai_pmh.PART)]
    token = records.resumption_token.token
    server.stop()
    server.start()
    again = Sickle(f"http://127.0.0.1:{server.port}/oai")
    found += list(again.ListRecords(resumptionToken=token))

    assert len({one.header.identifier for one in found}) == len(titles)
    assert [one.header.deleted for one in found].count(True) == 1
    kept = list(again.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))
    assert {one.metadata["title"][0] for one in kept} == set(titles) - {titles[3]}
    server.stop()


def test_who_harvests_the_set_of_an_agency_that_was_merged_hears_where_it_went(office):
    place = settled(office)
    one, two, new = (place.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    (entry,) = place.databases(one, 1)
    place.succeed("sap-nhap", [one, two], [new])
    client, before, after = office.client(), office.get(one), office.get(new)

    def headers(of):
        listed = ask(
            client, verb="ListIdentifiers", metadataPrefix="oai_dc", set=of.local_id
        )
        return [
            (found.findtext(f"{OAI}identifier"), found.get("status"))
            for found in listed.iter(f"{OAI}header")
        ]

    name = f"oai:danhmuc.example:{office.get(entry).local_id}"
    assert headers(before) == [(name, "deleted")]
    assert headers(after) == [(name, None)]
    every_set = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert identifiers([every_set]) == [name]
    leads = {}
    for found in ask(client, verb="ListSets").iter(f"{OAI}set"):
        relations = [relation.text for relation in found.iter(f"{DC}relation")]
        leads[found.findtext(f"{OAI}setSpec")] = relations
    assert leads[before.local_id] == [after.iri]
    assert leads[after.local_id] == []
    assert two not in leads


def test_the_types_of_databases_and_services_are_those_of_dublin_core(office):
    (entry,) = filled(office, 1)
    service = office.enter(
        "data-service",
        {
            "title": {"vi": "Dịch vụ tra thửa đất"},
            "description": {"vi": "Mô tả"},
            "owner": str(office.department),
            "certainty": "co-quan-khai",
            "record_kind": "goc",
            "theme": ["ENVI"],
            "lifecycle": "dang-van-hanh",
            "serves": [str(entry)],
            "endpoint": "https://so.example/api",
            "channel": "lgsp",
            "access_rights": "RESTRICTED",
            "state_secret": False,
        },
    )

    types = {}
    for found in ask(office.client(), **RECORDS).iter(f"{OAI}record"):
        identifier = found.find(f"{OAI}header").findtext(f"{OAI}identifier")
        types[identifier.rpartition(":")[2]] = {
            told.text for told in found.iter(f"{DC}type")
        }
    assert "Dataset" in types[office.get(entry).local_id]
    assert "Service" in types[office.get(service).local_id]
