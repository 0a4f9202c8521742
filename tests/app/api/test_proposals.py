"""Proposals over the interface: with a key, with If-Match, once only, and never more than the post may do."""

import json
import subprocess
import sys
import threading

import pytest
from conftest import ROOT
from people import key_of
from support import database
from waitress.server import create_server

from app.permissions import Role, Scope

ALL = frozenset(Scope)


class Caller:
    """A program with a key, as one role."""

    def __init__(self, office, who, scopes=ALL):
        self.key = key_of(office, who, scopes)
        self.client = office.client()

    def __call__(self, method, path, body=None, **headers):
        sent = {
            "Authorization": f"Bearer {self.key}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return self.client.open(
            f"/api/v1{path}", method=method, json=body, headers=sent
        )

    def act(self, number, action, **body):
        etag = self("GET", f"/proposals/{number}").headers["ETag"]
        return self(
            "POST", f"/proposals/{number}/actions/{action}", body, If_Match=etag
        )


@pytest.fixture
def content(office):
    return database(str(office.department), str(office.law()))


@pytest.fixture
def registrar(office):
    return Caller(office, Role.REGISTRAR)


def opened(caller, content):
    answer = caller(
        "POST", "/proposals", {"kind": "shared-database", "content": content}
    )
    assert answer.status_code == 201, answer.json
    return answer.json["number"]


def test_the_whole_way_by_programs(office, registrar, content):
    reviewer, approver = Caller(office, Role.REVIEWER), Caller(office, Role.APPROVER)
    number = opened(registrar, {**content, "scope": {}})

    assert registrar.act(number, "submit").json["status"] == "submitted"
    assert reviewer.act(number, "take").json["status"] == "in-review"
    returned = reviewer.act(
        number,
        "return",
        reason="Bổ sung",
        remarks=[{"field": "scope", "message": "Nêu phạm vi"}],
    )
    assert returned.json["round"] == 2
    (finding,) = registrar("GET", f"/proposals/{number}/findings").json
    answers = [{"finding": finding["id"], "message": "Đã nêu", "mended": True}]
    etag = registrar.act(number, "reply", answers=answers).headers["ETag"]
    assert (
        registrar(
            "PUT", f"/proposals/{number}/content", {"content": content}, If_Match=etag
        ).status_code
        == 200
    )
    assert [
        c["field"]
        for c in registrar("GET", f"/proposals/{number}/diff?against=sent").json
    ] == ["scope"]
    registrar.act(number, "submit")
    reviewer.act(number, "take")
    assert (
        reviewer("GET", f"/proposals/{number}/findings").json[0]["replies"][0]["mended"]
        is True
    )
    assert reviewer.act(number, "resolve", resolve=[finding["id"]]).status_code == 200
    assert reviewer.act(number, "recommend").json["status"] == "recommended"
    wrong = approver.act(number, "approve", seen_hash="0" * 64)
    assert wrong.status_code == 409
    seen = approver("GET", f"/proposals/{number}").json["content_hash"]
    assert approver.act(number, "approve", seen_hash=seen).json["status"] == "entered"
    events = [
        event["action"]
        for event in approver("GET", f"/proposals/{number}/history").json
    ]
    assert events[-2:] == ["proposal.approve", "entry.entered"]
    office.system.follow()
    assert registrar.client.get("/api/v1/entries?q=dat+dai").json["total"] == 1


def test_without_if_match_428_with_an_old_one_412(registrar, content):
    number = opened(registrar, content)
    old = registrar("GET", f"/proposals/{number}").headers["ETag"]

    assert (
        registrar(
            "PUT", f"/proposals/{number}/content", {"content": content}
        ).status_code
        == 428
    )
    assert (
        registrar(
            "PUT", f"/proposals/{number}/content", {"content": {}}, If_Match=old
        ).status_code
        == 200
    )
    stale = registrar(
        "PUT", f"/proposals/{number}/content", {"content": content}, If_Match=old
    )
    assert stale.status_code == 412
    assert stale.json["type"] == "urn:danhmuc:problem:precondition-failed"
    assert (
        registrar(
            "POST", f"/proposals/{number}/actions/submit", {}, If_Match="*"
        ).status_code
        == 428
    )


def test_the_same_idempotency_key_makes_one_proposal(registrar, content):
    body = {"kind": "shared-database", "content": content}
    first = registrar("POST", "/proposals", body, Idempotency_Key="a1")
    again = registrar("POST", "/proposals", body, Idempotency_Key="a1")
    other = registrar(
        "POST", "/proposals", {**body, "content": {}}, Idempotency_Key="a1"
    )

    assert (first.status_code, first.json, first.headers["ETag"]) == (
        201,
        again.json,
        again.headers["ETag"],
    )
    assert registrar("GET", "/proposals?status=draft").json["total"] == 1
    assert other.status_code == 422
    assert (
        registrar("POST", "/proposals", body, Idempotency_Key="a b").status_code == 400
    )


def test_a_key_is_needed_and_is_no_more_than_its_scope_and_post(office, content):
    reader, registrar = (
        Caller(office, Role.REGISTRAR, {Scope.READ}),
        Caller(office, Role.REGISTRAR),
    )
    number = opened(registrar, content)
    body = {"kind": "shared-database", "content": content}

    bare = office.client().get("/api/v1/proposals")
    assert bare.status_code == 401
    assert bare.headers["WWW-Authenticate"].startswith("Bearer")
    assert reader("GET", f"/proposals/{number}").status_code == 200
    assert reader("POST", "/proposals", body).status_code == 403
    assert reader.act(number, "submit").status_code == 403
    assert registrar.act(number, "take").status_code == 403
    assert Caller(office, Role.ADMINISTRATOR)("GET", "/proposals").status_code == 403
    assert Caller(office, Role.CLERK).act(number, "submit").status_code == 403


def test_a_cookie_opens_nothing_here(office):
    from app.accounts import sessions

    with office.system.database.transaction() as session:
        secret = sessions.begin(
            session, office.actors[Role.REVIEWER].person_id, office.system.settings
        )
    client = office.client()
    client.set_cookie("__Host-danhmuc", secret)

    assert client.get("/api/v1/proposals").status_code == 401


def test_another_agencys_proposal_is_as_absent_as_none(office, registrar, content):
    number = opened(registrar, content)
    other = Caller(office, "elsewhere")

    for path in ("", "/findings", "/problems", "/diff", "/history"):
        hidden, never = (
            other("GET", f"/proposals/{n}{path}") for n in (number, 999_999)
        )
        assert hidden.status_code == never.status_code == 404
        assert {**hidden.json, "instance": ""} == {**never.json, "instance": ""}
    hidden, never = (
        other("POST", f"/proposals/{n}/actions/submit", {}, If_Match='"1"')
        for n in (number, 999_999)
    )
    assert {**hidden.json, "instance": ""} == {**never.json, "instance": ""}
    assert other("GET", "/proposals").json == {"items": [], "total": 0, "next": None}


def test_a_list_is_narrowed_and_paged(registrar, content):
    numbers = [opened(registrar, content) for _ in range(3)]
    registrar.act(numbers[0], "submit")

    first = registrar("GET", f"/proposals?limit=2&after={numbers[0] - 1}").json
    rest = registrar("GET", f"/proposals?limit=2&after={first['next']}").json
    assert [p["number"] for p in first["items"] + rest["items"]] == numbers
    assert rest["next"] is None
    assert registrar("GET", "/proposals?status=submitted").json["total"] == 1
    assert (
        registrar(
            "GET", "/proposals?status=submitted&status=draft&kind=shared-database"
        ).json["total"]
        == 3
    )


def test_one_call_confirms_an_entry(office, registrar):
    office.land()

    assert (
        registrar(
            "POST", "/entries/shared-database/CSDL-0001/confirm", {"version": 1}
        ).json["status"]
        == "entered"
    )
    assert (
        registrar(
            "POST", "/entries/shared-database/CSDL-0001/confirm", {"version": 2}
        ).status_code
        == 409
    )
    other = Caller(office, "elsewhere")
    assert (
        other(
            "POST", "/entries/shared-database/CSDL-0001/confirm", {"version": 1}
        ).status_code
        == 403
    )


def test_amending_names_the_entry_and_mass_assignment_is_refused(
    office, registrar, content
):
    office.land()
    asked = {
        "kind": "shared-database",
        "type": "amend",
        "entry": "CSDL-0001",
        "content": content,
    }

    assert registrar("POST", "/proposals", asked).json["base_version_id"]
    assert (
        registrar("POST", "/proposals", {**asked, "entry": "CSDL-0099"}).status_code
        == 404
    )
    for name in (
        "status",
        "agency_id",
        "number",
        "entry_id",
        "approved_hash",
        "local_id",
    ):
        refused = registrar("POST", "/proposals", {**asked, name: "1"})
        assert refused.status_code == 422
        assert refused.json["errors"][0]["field"] == name


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/proposals", {"kind": 7}),
        ("POST", "/proposals", {}),
        (
            "POST",
            "/proposals",
            {"kind": "shared-database", "effective_from": "31/02/2026"},
        ),
        ("GET", "/proposals?limit=1000", None),
        ("GET", "/proposals?status=xin", None),
        ("GET", "/proposals?agency=khong-phai-uuid", None),
    ],
)
def test_what_is_wrong_with_a_request_is_said_in_vietnamese(
    registrar, method, path, body
):
    answer = registrar(method, path, body)

    assert answer.status_code == 422
    messages = " ".join(error["message"] for error in answer.json["errors"])
    assert not any(
        english in messages
        for english in ("Not a valid", "Must be", "Missing", "Unknown", "greater")
    )


@pytest.mark.parametrize("number", ["0", "2147483648", "99999999999999999999"])
def test_numbers_beyond_any_series_are_absent(registrar, number):
    assert registrar("GET", f"/proposals/{number}").status_code == 404


def test_a_megabyte_in_a_title_is_kept_and_refused_at_sending(registrar, content):
    number = opened(registrar, {**content, "title": {"vi": "x" * 1_000_000}})

    refused = registrar.act(number, "submit")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"].startswith("title")
    assert (
        len(registrar("GET", f"/proposals/{number}").json["content"]["title"]["vi"])
        == 1_000_000
    )
    assert (
        registrar(
            "POST", "/proposals", {"kind": "x", "content": {"a": "x" * 4_000_000}}
        ).status_code
        == 413
    )


@pytest.mark.enable_socket
@pytest.mark.slow
def test_the_client_of_the_docs_registers_a_database(office, content, tmp_path):
    from app.factory import create_app

    path = tmp_path / "content.json"
    path.write_text(
        json.dumps({k: v for k, v in content.items() if k != "state_secret"}),
        encoding="utf-8",
    )
    server = create_server(
        create_app(office.system), host="127.0.0.1", port=0, threads=2
    )
    threading.Thread(target=server.run, daemon=True).start()
    key = Caller(office, Role.REGISTRAR).key

    done = subprocess.run(
        [
            sys.executable,
            ROOT / "docs" / "client.py",
            f"http://127.0.0.1:{server.effective_port}",
            key,
            path,
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    server.close()

    assert done.returncode == 0, done.stderr
    assert "Có chứa bí mật nhà nước" in done.stdout
    assert " submitted " in done.stdout
    assert (
        len((ROOT / "docs" / "client.py").read_text(encoding="utf-8").splitlines())
        <= 45
    )
