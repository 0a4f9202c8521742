import json

import pytest
from conftest import ROOT
from openapi_spec_validator import validate
from support import agency


def test_a_list_pages_by_key_through_everything_once(demo_client):
    seen, after, total = [], None, None
    while True:
        query = {"limit": 50, **({"after": after} if after else {})}
        page = demo_client.get("/api/v1/entries", query_string=query).json
        seen += [entry["id"] for entry in page["items"]]
        total, after = page["total"], page["next"]
        if after is None:
            break

    assert len(seen) == len(set(seen)) == total


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"kind": "agency"}, {"agency"}),
        ({"theme": "HEAL"}, {"shared-database"}),
        ({"kind": "agency", "state": "ended"}, {"agency"}),
    ],
)
def test_filters_narrow(demo_client, query, kinds):
    page = demo_client.get("/api/v1/entries", query_string={**query, "limit": 100}).json

    assert 0 < page["total"] < 800
    assert {entry["kind"] for entry in page["items"]} == kinds


def test_facets_count_what_matches(demo_client):
    page = demo_client.get("/api/v1/entries", query_string={"q": "co so du lieu"}).json

    assert sum(page["facets"]["kind"].values()) == page["total"]
    assert sum(page["facets"]["state"].values()) == page["total"]


def test_the_two_times_are_in_every_list_and_can_be_asked_for_again(demo_client):
    page = demo_client.get(
        "/api/v1/entries",
        query_string={"as_of": "2021-12-31", "kind": "shared-database"},
    ).json
    again = demo_client.get(
        "/api/v1/entries",
        query_string={
            "as_of": page["as_of"],
            "known_at": page["known_at"],
            "kind": "shared-database",
        },
    )

    assert page["as_of"] == "2021-12-31"
    assert again.json == page


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/api/v1/entries?unknown=1", 422, "unknown"),
        ("/api/v1/entries?limit=0", 422, "limit"),
        ("/api/v1/entries?limit=101", 422, "limit"),
        ("/api/v1/entries?limit=x", 422, "limit"),
        ("/api/v1/entries?as_of=31-12", 422, "as_of"),
        ("/api/v1/entries?owner=abc", 422, "owner"),
        ("/api/v1/entries?state=x", 422, "state"),
        ("/api/v1/entries?q=" + "x" * 201, 422, "q"),
        ("/api/v1/entries?kind=zz", 400, None),
        ("/api/v1/entries?q=%22", 400, None),
        ("/api/v1/entries?after=zz", 400, None),
        ("/api/v1/entries?q=dat&after=zz", 400, None),
        ("/api/v1/entries?known_at=99999999", 400, None),
        ("/api/v1/entries/shared-database/CSDL-9999", 404, None),
        ("/api/v1/entries/zz/CSDL-0001", 404, None),
        ("/api/v1/code-lists/zz", 404, None),
        ("/api/v1/zz", 404, None),
    ],
)
def test_bad_requests_get_a_problem_that_names_the_field(
    demo_client, path, status, field
):
    answer = demo_client.get(path)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    if field:
        assert field in {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_reading_is_all_that_can_be_done(demo_client, method):
    answer = getattr(demo_client, method)(
        "/api/v1/entries", data="{nope", content_type="application/json"
    )

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"


def test_versions_come_newest_first_with_their_days(demo_client):
    versions = demo_client.get(
        "/api/v1/entries/shared-database/CSDL-0062/versions"
    ).json

    assert [v["version"] for v in versions] == [3, 2, 1]
    assert versions[2]["valid_to"] == versions[1]["valid_from"] == "2025-03-01"
    assert versions[0]["valid_from"] == "2026-10-01"
    assert versions[0]["valid_to"] is None


def test_a_code_list_gives_its_values_with_labels_and_dates(demo_client):
    found = demo_client.get("/api/v1/code-lists/hinh-thuc-chia-se").json

    old = next(c for c in found["concepts"] if c["code"] == "nd47-mac-dinh")
    assert old["valid_to"] == "2025-10-22"
    assert set(old["labels"]) == {"vi", "en"}
    assert len(demo_client.get("/api/v1/code-lists").json) == 58


def test_the_description_is_valid_and_only_grows(demo_client):
    described = demo_client.get("/api/openapi.json").json
    validate(described)
    released = json.loads((ROOT / "tests" / "openapi.json").read_text(encoding="utf-8"))

    assert described["openapi"].startswith("3.1")
    assert described == released, "after adding to the interface run: make openapi"


def test_nfc_nfd_and_unmarked_text_find_the_same(demo_client):
    import unicodedata

    def found(text):
        return {
            e["id"]
            for e in demo_client.get("/api/v1/entries", query_string={"q": text}).json[
                "items"
            ]
        }

    marked = found("đất đai")
    assert marked
    assert found(unicodedata.normalize("NFD", "đất đai")) == marked == found("dat dai")


def test_a_fault_of_ours_says_an_incident_and_nothing_of_its_inside(
    office, monkeypatch
):
    from app.register.queries import Register

    def fault(*_args, **_kwargs):
        raise RuntimeError("secret path /srv/register.db")

    office.enter("agency", agency("Sở"))
    client = office.client()
    monkeypatch.setattr(Register, "get", fault)

    for path in ("/api/v1/entries/agency/CQ-0001", "/doc/co-quan/CQ-0001"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.get_data(as_text=True)
        assert "sự cố" in answer.get_data(as_text=True)


def test_an_entry_tells_how_the_thing_itself_stands(demo_client):
    law = demo_client.get("/api/v1/entries/legal-document/VB-0020").json
    before = demo_client.get(
        "/api/v1/entries/legal-document/VB-0020?as_of=2025-10-21"
    ).json

    assert (law["state"], law["condition"]) == ("in-force", "lapsed")
    assert law["condition_since"] == "2025-10-22"
    (heir,) = law["succeeded_by"]
    listed = demo_client.get("/api/v1/entries?q=278/2025/NĐ-CP").json["items"]
    assert heir in [entry["id"] for entry in listed]
    assert (before["condition"], before["succeeded_by"]) == ("in-force", [])


def test_what_other_provinces_keep_is_left_out_on_demand(demo_client):
    def total(**asked):
        page = demo_client.get("/api/v1/entries", query_string=asked).json
        return page["total"]

    assert total(scope="within") < total() == total(scope="all")
    refused = demo_client.get("/api/v1/entries?scope=xyz")
    assert refused.status_code in (400, 422)
