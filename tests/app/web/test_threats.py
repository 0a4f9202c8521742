"""Threats of docs/threats.md that no other test holds down; the table there names a test for each."""

import hashlib
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import argon2
import pytest
from argon2.low_level import verify_secret
from conftest import ROOT
from people import TOKEN, Browser, draft, form_fields, key_of, status_of

from app.accounts import passwords, service, sessions
from app.errors import ConflictError, InvalidError
from app.permissions import Role
from app.web.http import guard

SECRET = "mot cau de nho ma dai"
CLOSED = (
    "/viec-cua-toi",
    "/quan-tri/nguoi",
    "/quan-tri/ra-soat",
    "/van-hanh",
    "/tham-dinh",
    "/tai-khoan",
)


def test_a_session_that_was_planted_before_the_log_in_is_worth_nothing_after_it(office):
    with office.system.database.transaction() as session:
        passwords.set_password(
            session, service.find(session, "registrar@thu.example"), SECRET
        )
    client = office.client()
    client.set_cookie(
        "__Host-danhmuc", "planted", domain="danhmuc.example", secure=True
    )
    page = client.get("/dang-nhap", base_url="https://danhmuc.example")
    sent = {
        "email": "registrar@thu.example",
        "password": SECRET,
        "csrf_token": TOKEN.search(page.text)[1],
    }
    client.post(
        "/dang-nhap",
        data=sent,
        base_url="https://danhmuc.example",
        headers={"Referer": "https://danhmuc.example/"},
    )

    assert (
        client.get_cookie("__Host-danhmuc", domain="danhmuc.example").value != "planted"
    )
    with office.system.database.reading() as session:
        assert sessions.resume(session, "planted", office.system.settings) is None


def test_cookies_are_for_this_host_over_https_and_out_of_reach_of_scripts(office):
    with office.system.database.transaction() as session:
        passwords.set_password(
            session, service.find(session, "registrar@thu.example"), SECRET
        )
    nobody = Browser(office)
    answer = nobody.post(
        "/dang-nhap", {"email": "registrar@thu.example", "password": SECRET}
    )
    set_cookies = answer.headers.getlist("Set-Cookie")

    assert any(cookie.startswith("__Host-danhmuc=") for cookie in set_cookies)
    for cookie in set_cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(
            cookie.split("; ")
        )
        assert "Domain" not in cookie


def test_an_unknown_address_costs_as_much_time_as_a_known_one(office, monkeypatch):
    """As many passwords are hashed, and at the same cost, for nobody as for somebody."""
    with office.system.database.transaction() as session:
        passwords.set_password(
            session, service.find(session, "registrar@thu.example"), SECRET
        )
    costs = []

    def counted(hash_, *arguments):
        costs.append(argon2.extract_parameters(hash_.decode()))
        return verify_secret(hash_, *arguments)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", counted)
    for email in ("registrar@thu.example", "khong-ai@thu.example"):
        sessions.authenticate(
            office.system.database, email, "sai hoàn toàn mật khẩu", "10.0.0.1"
        )

    assert len(costs) == 2
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    "spelling",
    [
        *(
            "/{path}",
            "//{path}",
            "/./{path}",
            "/x/../{path}",
            "/{path}/",
            "/{path};a=b",
            "/{path}%20",
            "/{path}%00",
        ),
        *(
            "/{path}.",
            "/%2e/{path}",
            "/{path}?_method=GET",
            "/{path}#x",
            "/{path}/..;/",
            "/static/../{path}",
        ),
    ],
)
@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]
)
def test_no_spelling_of_an_address_opens_what_is_closed(office, spelling, method):
    for path in CLOSED:
        asked = spelling.format(path=path.lstrip("/"))
        answer = office.client().open(
            asked,
            method=method,
            headers={
                "X-HTTP-Method-Override": "GET",
                "X-Original-URL": path,
                "X-Rewrite-URL": path,
            },
        )

        assert (
            answer.status_code in {301, 302, 308, 400, 401, 404, 405}
            or method == "OPTIONS"
        ), (asked, method)
        assert "app-header__out" not in answer.text
        if "Location" in answer.headers:
            assert answer.headers["Location"].startswith(
                ("/dang-nhap", "/", "http://localhost/")
            ), answer.headers
            assert not re.match(
                r"(https?:)?//(?!localhost)", answer.headers["Location"]
            )


def test_a_right_is_looked_at_before_what_was_sent_is_read(office):
    registrar = Browser(office, Role.REGISTRAR)

    assert (
        registrar.post("/quan-tri/nguoi", {"email": "x" * 100_000}).status_code == 403
    )
    assert (
        office.client()
        .post("/quan-tri/nguoi", data={"email": "x" * 100_000})
        .status_code
        == 401
    )
    answer = office.client().post(
        "/api/v1/proposals", data=b"{" * 100_000, content_type="application/json"
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "place", ["?token={key}", "?access_token={key}", "?Authorization=Bearer%20{key}"]
)
def test_a_key_in_an_address_opens_nothing(office, place):
    key = key_of(office, Role.REGISTRAR)

    assert office.client().get("/api/v1/me" + place.format(key=key)).status_code in {
        401,
        422,
    }


def test_a_key_lost_with_its_post_is_useless_at_once(office):
    from app import clock

    key = {"Authorization": f"Bearer {key_of(office, Role.REVIEWER)}"}
    assert office.client().get("/api/v1/me", headers=key).status_code == 200
    actor = office.actors[Role.REVIEWER]
    with office.system.database.transaction() as session:
        service.relieve(session, actor.post_id, actor.person_id, clock.today())

    assert office.client().get("/api/v1/me", headers=key).status_code == 401


@pytest.mark.parametrize(
    "twin",
    [
        "REGISTRAR@thu.example",
        "ｒegistrar@thu.example",
        "registrar@thu.example ",
        "regıstrar@thu.example",
    ],
)
def test_an_address_that_looks_like_anothers_is_no_second_account(office, twin):
    with (
        office.system.database.transaction() as session,
        pytest.raises((ConflictError, InvalidError)),
    ):
        service.add_person(session, "Kẻ giả", twin)


EXTRA = {
    "status": "entered",
    "agency_id": "x",
    "number": "1",
    "approved_by": "x",
    "is_admin": "1",
    "role": "approver",
}


def test_what_no_form_asks_for_changes_nothing(office):
    registrar, number = Browser(office, Role.REGISTRAR), draft(office)
    page = registrar.get(f"/phieu/{number}/phan/general").text

    saved = registrar.post(
        f"/phieu/{number}/phan/general",
        {**form_fields(page), **EXTRA, "title.vi": "Tên mới"},
    )
    assert saved.status_code == 302
    assert "Tên mới" in registrar.get(f"/phieu/{number}").text
    registrar.post(
        "/tai-khoan",
        {**EXTRA, "person_id": str(office.actors[Role.APPROVER].person_id)},
    )

    assert status_of(office, number) == "draft"
    with office.system.database.reading() as session:
        held = sessions.held(
            session, office.actors[Role.REGISTRAR].person_id, date(2026, 1, 1)
        )
    assert [post.role for post in held] == [Role.REGISTRAR]


def test_what_is_too_large_is_refused_fast(office):
    client = office.client()

    assert (
        client.post(
            "/dang-nhap", data={"email": "x" * (guard.MOST_BYTES + 1)}
        ).status_code
        == 413
    )
    assert client.post(
        "/dang-nhap", data={f"f{n}": "x" for n in range(2000)}
    ).status_code in {400, 413}
    assert (
        client.get("/tim-kiem?" + "&".join(f"kind=x{n}" for n in range(50))).status_code
        == 400
    )
    assert client.get("/api/v1/entries?limit=100000000").status_code == 422
    assert client.get("/tim-kiem?q=" + "a" * 5000).status_code == 400
    assert client.get("/tim-kiem?after=" + "9" * 5000).status_code == 400


def test_every_dependency_is_pinned_by_its_hash():
    for name in (
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-node.lock",
    ):
        text = (ROOT / name).read_text(encoding="utf-8")
        entries = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert len(entries) > 1 or name.startswith("requirements-node")
        for entry in entries:
            assert "==" in entry, entry[:60]
            assert "--hash=sha256:" in entry, entry[:60]


BAD = {
    "nothing-is-fetched": ("app/x.py", "import requests\n"),
    "no-template-out-of-data": (
        "app/x.py",
        "from flask import render_template_string\nrender_template_string(x)\n",
    ),
    "html-only-through-rich": (
        "app/x.py",
        "from markupsafe import Markup\ny = Markup(x)\n",
    ),
    "safe-only-where-it-was-looked-at": (
        "app/web/templates/x.html",
        "{{ x | safe }}\n",
    ),
    "no-socket-but-to-listen": ("app/x.py", "import socket\n"),
    "no-inline-script-or-style": ("app/web/templates/x.html", '<p onclick="x()">\n'),
    "nothing-runs-what-it-is-given": ("app/x.py", "eval(x)\n"),
    "sql-is-not-built-of-text": (
        "app/x.py",
        'from sqlalchemy import text\ntext(f"select {x}")\n',
    ),
    "addresses-come-from-the-settings": (
        "app/x.py",
        "from flask import request\ny = request.host\n",
    ),
    "forms-are-guarded-in-one-place": ("app/x.py", "csrf.exempt(view)\n"),
    "rdf-is-parsed-in-the-sandbox": (
        "app/x.py",
        "graph.parse(data=x, format='turtle')\n",
    ),
    "names-of-files-are-only-data": (
        "app/x.py",
        "from flask import send_file\nsend_file(x)\n",
    ),
}


@pytest.mark.slow
@pytest.mark.enable_socket
def test_each_rule_of_the_house_finds_what_it_forbids(tmp_path):
    rules = ROOT / "tests" / "architecture" / "semgrep.yml"
    for rule, (name, text) in BAD.items():
        path = tmp_path / name
        path = path.with_stem(f"{path.stem}_{rule}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "catalog_schema").mkdir()
    command = [
        *(
            str(Path(sys.executable).with_name("semgrep")),
            "scan",
            "--json",
            "--quiet",
            "--metrics",
            "off",
        ),
        *("--disable-version-check", "--no-git-ignore", "--config", str(rules), "."),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )

    found = {
        result["check_id"].rpartition(".")[2]
        for result in json.loads(done.stdout)["results"]
    }
    assert found == set(BAD)
    assert set(re.findall(r"- id: (\S+)", rules.read_text(encoding="utf-8"))) == set(
        BAD
    )


def test_every_threat_names_a_defence_and_tests_that_are_there():
    text = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")
    )
    rows = dict(re.findall(r"^\| T(\d+) \|(.*)\|$", text, re.MULTILINE))

    assert [int(number) for number in rows] == list(range(1, 53))
    for number, row in rows.items():
        named = re.findall(r"`(test_\w+)`", row)
        assert named or "not built yet" in row, number
        for name in named:
            assert f"def {name}(" in tests, (number, name)


def test_the_hash_of_a_known_key_is_all_that_is_kept(office):
    key = key_of(office, Role.REGISTRAR)
    with office.system.database.engine.connect() as connection:
        from app.migrations import tables

        everything = " ".join(
            str(row)
            for table in tables.metadata.sorted_tables
            for row in connection.execute(table.select())
        )

    assert key not in everything
    assert key[-43:] not in everything
    assert hashlib.sha256(key.encode()).hexdigest() in everything
