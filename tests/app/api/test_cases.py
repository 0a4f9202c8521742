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
