import json
from datetime import timedelta

import pyoxigraph as ox
import pytest
from support import database, opened_office

from app import clock
from app.rdf.publishing import activities
from app.workflow.proposals.models import ProposalType
from catalog_schema.namespaces import AS, DCT

TITLE = ox.NamedNode(str(DCT.title))


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path)


def enter(office, title, **about):
    content = database(
        str(office.department),
        str(office.law(f"{len(title)}/2026/QĐ-UBND")),
        title=title,
    )
    return office.enter("shared-database", content, **about)


def get(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/ld+json"
    return json.loads(answer.data)


def path(address):
    return "/" + address.split("/", 3)[3]


def every(client, address="/changes"):
    """Follow `next` from the newest page to the oldest; return the activities, newest first."""
    found, page = [], get(client, path(get(client, address)["first"]))
    while True:
        found += page["orderedItems"]
        if "next" not in page:
            return found
        page = get(client, path(page["next"]))


def titles(client, address):
    """Return the title of what a version's address is about."""
    found = client.get(path(address), headers={"Accept": "application/n-triples"})
    graph = ox.parse(found.data, format=ox.RdfFormat.N_TRIPLES)
    (title,) = {
        one.object.value
        for one in graph
        if one.predicate == TITLE and one.subject.value.endswith("/id/csdl/CSDL-0001")
    }
    return title


def told(client, of, address="/changes"):
    return [
        one["@type"]
        for one in every(client, address)
        if one["as:object"]["@id"].endswith(of)
    ][::-1]


def test_entering_amending_suspending_and_ending_are_told_in_order(office):
    client, entry = office.client(), enter(office, "Cơ sở dữ liệu đất đai")
    enter(office, "Cơ sở dữ liệu thửa đất", type=ProposalType.AMEND, entry_id=entry)
    office.enter(
        "shared-database",
        {},
        type=ProposalType.SUSPEND,
        entry_id=entry,
        effective_from=clock.today(),
    )
    office.enter(
        "shared-database",
        {},
        type=ProposalType.END,
        entry_id=entry,
        effective_from=clock.today(),
    )

    assert told(client, "/id/csdl/CSDL-0001") == [
        "as:Create",
        "as:Update",
        "as:Update",
        "as:Delete",
    ]
    latest, *before = every(client)
    # nothing half said of another
    assert {
        node["@id"].partition("#")[0].rpartition("/id/")[2]
        for one in before[:3]
        for node in one["@graph"]
    } == {
        "csdl/CSDL-0001",
        "ban-ghi/CSDL-0001",
    }
    versions = [one["as:result"] for one in (latest, *before[:3])]
    assert [one["dcat:version"] for one in versions] == ["3", "3", "2", "1"]
    assert [titles(client, one["@id"]) for one in versions] == [
        *["Cơ sở dữ liệu thửa đất"] * 3,
        "Cơ sở dữ liệu đất đai",
    ]
    # nothing of what was withdrawn
    assert set(latest) == {
        "@id",
        "@type",
        "as:object",
        "as:published",
        "as:result",
    }


def test_an_entry_that_takes_effect_later_is_told_on_its_day(office, monkeypatch):
    tomorrow = clock.today() + timedelta(days=1)
    enter(office, "Cơ sở dữ liệu ngày mai", effective_from=tomorrow)
    assert told(office.client(), "CSDL-0001") == []

    with clock.frozen(clock.now() + timedelta(days=1)):
        office.system.follow()
        assert told(office.client(), "CSDL-0001") == ["as:Create"]


def test_days_that_were_told_late_are_told_all_the_same(office):
    tomorrow = clock.today() + timedelta(days=1)
    enter(office, "Cơ sở dữ liệu ngày mai", effective_from=tomorrow)
    gone = enter(office, "Cơ sở dữ liệu sắp hết")
    office.enter(
        "shared-database",
        {},
        type=ProposalType.END,
        entry_id=gone,
        effective_from=tomorrow,
    )
    office.system.follow()

    with clock.frozen(clock.now() + timedelta(days=3)):
        office.system.follow()
        assert told(office.client(), "CSDL-0001") == ["as:Create"]
        assert told(office.client(), "CSDL-0002")[-1] == "as:Delete"


def test_two_states_of_an_entry_on_a_page_stay_apart_for_a_parser(office):
    entry = enter(office, "Tên cũ")
    enter(office, "Tên mới hơn", type=ProposalType.AMEND, entry_id=entry)
    client = office.client()
    page = client.get(path(get(client, "/changes")["first"])).data

    quads = list(ox.parse(page, format=ox.RdfFormat.JSON_LD))

    named = [
        q
        for q in quads
        if q.predicate == TITLE and q.subject.value.endswith("/id/csdl/CSDL-0001")
    ]
    assert sorted(q.object.value for q in named) == ["Tên cũ", "Tên mới hơn"]
    assert len({q.graph_name.value for q in named}) == 2
    acts = {q.subject.value for q in quads if q.object == ox.NamedNode(str(AS.Update))}
    assert {q.graph_name.value for q in named} & acts
    about = {q.predicate.value for q in quads if q.subject.value in acts}
    assert about <= {
        f"{AS}object",
        f"{AS}published",
        f"{AS}result",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    }


def test_an_activity_is_never_told_otherwise(office):
    entry = enter(office, "Tên cũ")
    client = office.client()
    first = every(client)[0]
    alone = client.get(path(first["@id"]))
    enter(office, "Tên mới hơn", type=ProposalType.AMEND, entry_id=entry)

    again = client.get(path(first["@id"]))

    assert again.data == alone.data
    assert again.headers["ETag"] == alone.headers["ETag"]
    assert json.loads(again.data)["@graph"] == first["@graph"]
    # the row of somebody's appointment
    assert client.get("/changes/1").status_code == 404
    assert client.get("/changes/999999").status_code == 404


def test_a_full_page_stays_and_a_cursor_goes_on_without_a_gap(office, monkeypatch):
    monkeypatch.setattr(activities, "SIZE", 3)
    for number in range(4):
        enter(office, f"Cơ sở dữ liệu {'x' * number}")
    client = office.client()
    oldest = client.get("/changes?page=1").data
    seen = [one["@id"] for one in every(client)]

    enter(office, "Cơ sở dữ liệu vào sau cùng")

    assert client.get("/changes?page=1").data == oldest
    assert len(seen) == len(set(seen))
    page, after = get(client, "/changes?after=0"), []
    while "next" in page:
        after += [one["@id"] for one in page["orderedItems"]]
        page = get(client, path(page["next"]))
    assert after[:-1] == seen[::-1]
    assert after == [one["@id"] for one in every(client)][::-1]
    assert page["orderedItems"] == []


def test_references_are_told_only_to_who_asks_for_them(office):
    content = database(
        str(office.other),
        str(office.law()),
        title="Của nơi khác",
        record_kind="tham-chieu",
    )
    office.enter("shared-database", content)
    client = office.client()

    assert told(client, "CSDL-0001") == []
    assert told(client, "CSDL-0001", "/changes?records=all") == ["as:Create"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=0", 400),
        ("page=x", 400),
        ("page=9999", 404),
        ("after=-1", 400),
        ("after=x", 400),
        ("after=9999", 400),
        ("after=0&page=1", 400),
        ("records=zz", 400),
    ],
)
def test_a_wrong_number_is_told_so(office, query, status):
    assert office.client().get(f"/changes?{query}").status_code == status
