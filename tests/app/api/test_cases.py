"""Programs open, follow and answer what agencies ask each other, with a key, under the rights of its post."""

import pytest
from casework import lands, request, sent, staffed
from people import key_of

from app.permissions import Role, Scope

EVERY = frozenset(Scope)


@pytest.fixture
def call(office):
    def _call(path, body=None, who=Role.REGISTRAR, scopes=EVERY, **headers):
        key = key_of(office, who, scopes)
        told = {"Authorization": f"Bearer {key}", **headers}
        method = "POST" if body is not None else "GET"
        return office.client().open(
            f"/api/v1{path}", method=method, json=body, headers=told
        )

    return _call


def act(call, number, action, who, **body):
    tag = call(f"/cases/{number}", who=who).headers["ETag"]
    where = f"/cases/{number}/actions/{action}"
    return call(where, body, who, **{"If-Match": tag})


def test_a_request_is_opened_followed_and_answered(office, call):
    staffed(office)
    database, law = lands(office)
    body = {"kind": "data-request", "content": request(database, law), "send": True}

    answer = call("/cases", body, **{"Idempotency-Key": "một-lần".encode().hex()})

    assert answer.status_code == 201, answer.json
    assert answer.json["status"] == "sent"
    assert answer.json["answering_id"] == str(office.other)
    number = answer.json["number"]
    waiting = call("/cases?waits=me", who="elsewhere").json
    assert [case["number"] for case in waiting["items"]] == [number]
    told = call(f"/cases/{number}", who="elsewhere").json
    assert "prepare-grant" in told["actions"]
    said = act(call, number, "prepare-grant", "elsewhere", items=["Thửa đất"])
    assert said.json["status"] == "grant-prepared", said.json
    own = act(call, number, "confirm-answer", "elsewhere")
    assert own.status_code == 403
    done = act(call, number, "confirm-answer", "head elsewhere")
    assert done.json["answer"]["items"] == ["Thửa đất"]
    steps = call(f"/cases/{number}/steps").json
    assert [step["status"] for step in steps] == [
        "draft",
        "sent",
        "grant-prepared",
        "answered",
    ]


def test_what_lacks_is_told_by_field(call):
    body = {"kind": "data-request", "content": {"title": "Thiếu"}, "send": True}
    answer = call("/cases", body)
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.json["errors"]}
    assert {"items", "purpose", "legal_basis"} <= fields
    assert call("/cases").json["total"] == 0


def test_without_scope_right_or_tag_nothing_is_done(office, call):
    staffed(office)
    database, law = lands(office)
    number = sent(office, "data-request", request(database, law))
    path = f"/cases/{number}/actions/prepare-grant"
    body = {"items": ["Thửa đất"]}
    assert call(path, body, "elsewhere").status_code == 428
    stale = {"If-Match": '"1"'}
    assert call(path, body, "elsewhere", **stale).status_code == 412
    reading = frozenset({Scope.READ})
    assert call(path, body, "elsewhere", reading).status_code == 403
    assert call(path, body, Role.REVIEWER).status_code == 403
    assert call(f"/cases/{number}/actions/answer-on-paper", {}).status_code == 404
    assert call("/cases/999").status_code == 404
    assert call("/cases?kind=x").status_code == 422


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("data-request", {"items": 5}),
        ("data-request", {"items": [{"a": 1}]}),
        ("demand", {"waiting": 5, "procedures": {}}),
        ("task", {"contents": [5], "term_end": "cuối năm"}),
        ("task", {"partners": "abc"}),
        ("obstacle", {"addressee": 7, "rule": []}),
    ],
)
def test_content_of_another_form_is_refused_by_field(call, kind, wrong):
    body = {"kind": kind, "content": {"title": "Thử", **wrong}}
    answer = call("/cases", body, Role.REVIEWER)
    assert answer.status_code == 422, answer.json
    named = {one["field"].split(".")[0] for one in answer.json["errors"]}
    assert named == set(wrong)


def test_what_a_key_may_not_do_is_not_among_what_it_can(office, call):
    database, law = lands(office)
    body = {"kind": "data-request", "content": request(database, law), "send": True}
    number = call("/cases", body).json["number"]
    reads = frozenset({Scope.READ})
    assert call(f"/cases/{number}", scopes=reads).json["actions"] == []


def test_an_unconfirmed_answer_is_not_told_to_whoever_asked(office, call):
    staffed(office)
    database, law = lands(office)
    body = {"kind": "data-request", "content": request(database, law), "send": True}
    number = call("/cases", body).json["number"]
    act(call, number, "prepare-grant", "elsewhere", items=["Thửa đất"])
    told = call(f"/cases/{number}").json
    assert (told["status"], told["answer"]) == ("sent", None)
    assert [one["status"] for one in call("/cases").json["items"]] == ["sent"]
    assert [one["action"] for one in call(f"/cases/{number}/steps").json] == [
        "open-case",
        "send-case",
    ]
