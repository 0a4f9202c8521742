"""HTTP as it is meant: HEAD is GET, tags survive compressing, scripts may ask first."""

import gzip
import json

import pytest
from people import PASSWORD, Browser, draft, key_of
from sqlalchemy import func, select

from app import journal
from app.accounts.models import FailedLogin, LoginSession, Person
from app.permissions import Role
from app.register.content import schema
from app.vietnamese import visible
from catalog_schema.profile import Stage

DEEP = "[" * 2000 + "]" * 2000


def state(office):
    """Return what a request could have changed that must not."""
    with office.system.database.reading() as session:
        hashes = session.scalars(select(Person.password_hash).order_by(Person.id))
        tables = (FailedLogin, LoginSession)
        counts = [
            session.scalar(select(func.count()).select_from(table)) for table in tables
        ]
        return journal.head(session), list(hashes), counts


def test_head_is_get_on_every_route_whatever_comes_along(office):
    browser, nobody = Browser(office, Role.REGISTRAR), Browser(office)
    form = {
        "email": "registrar@thu.example",
        "password": "sai hoàn toàn",
        "current": PASSWORD,
        "new": "mot mat khau moi dai",
        "query": "SELECT * {?s ?p ?o}",
    }
    before = state(office)
    for rule in browser.client.application.url_map.iter_rules():
        if "GET" not in rule.methods or rule.arguments:
            continue
        for asking in (browser, nobody):
            got = asking.get(rule.rule)
            told = asking.client.head(
                rule.rule, base_url="https://danhmuc.example", data=form, buffered=True
            )
            assert told.status_code == got.status_code, rule.rule
            assert told.data == b"", rule.rule
            assert told.content_type == got.content_type, rule.rule
    assert state(office) == before


def test_a_tag_that_was_compressed_on_the_way_still_names_the_version(office):
    number = draft(office)
    client = office.client()
    headers = {"Authorization": f"Bearer {key_of(office, Role.REGISTRAR)}"}
    address = f"/api/v1/proposals/{number}"
    read = client.get(address, headers={**headers, "Accept-Encoding": "gzip"})
    content = json.loads(gzip.decompress(read.data))["content"]

    answer = client.put(
        f"{address}/content",
        json={"content": content},
        headers={**headers, "If-Match": read.headers["ETag"]},
    )

    assert read.headers["Content-Encoding"] == "gzip"
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "method", "header"),
    [
        ("/sparql", "POST", "content-type"),
        ("/catalog.ttl", "GET", "if-none-match"),
        ("/api/v1/entries", "GET", "authorization"),
        ("/api/v1/proposals", "POST", "authorization"),
    ],
)
def test_a_script_of_another_site_may_ask_what_it_may_send(
    office, path, method, header
):
    answer = office.client().options(
        path,
        headers={
            "Origin": "https://noi-khac.example",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": header,
        },
    )

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    assert header in answer.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize(
    "body",
    ["9" * 5000, DEEP, '{"a": 1, "a": 2}', '"\\ud800"', "{"],
    ids=["long number", "deep", "a name twice", "half a letter", "cut"],
)
def test_json_that_cannot_be_kept_is_refused_on_every_route(office, body):
    client = office.client()
    headers = {"Authorization": f"Bearer {key_of(office, Role.REGISTRAR)}"}
    for rule in client.application.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or rule.endpoint.startswith("flask"):
            continue
        for method in rule.methods & {"GET", "POST", "PUT"}:
            path = rule.rule
            for argument in rule.arguments:
                path = path.replace(f"<int:{argument}>", "1")
                path = path.replace(f"<{argument}>", "submit")
            answer = client.open(
                path,
                method=method,
                data=body,
                content_type="application/json",
                headers={**headers, "If-Match": '"1"'},
            )
            assert answer.status_code < 500, (method, path)
            if method in {"POST", "PUT"}:
                assert answer.status_code in {400, 403, 404}, (method, path)


@pytest.mark.parametrize(
    "title", ["\u200b", "\u2060\u200d", "\u00ad", "\u3164", " \u034f"]
)
def test_a_title_that_nobody_sees_is_no_title(office, title):
    kind = office.system.profile.kinds["shared-database"]
    checked = schema.check(kind, {"title": {"vi": title}}, Stage.SUBMIT, "https://x.vn")

    assert ("title", "required") in {(e.field, e.code) for e in checked.errors}
    assert not visible(title)


def test_what_is_not_to_be_kept_is_not_compressed_either(office):
    page = Browser(office, Role.REGISTRAR).get(
        "/viec-cua-toi", headers={"Accept-Encoding": "gzip"}
    )

    assert page.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in page.headers


def test_an_empty_question_is_refused_and_only_what_there_is_is_offered(office):
    client = office.client()

    assert client.get("/sparql?query=").status_code == 400
    refused = client.get("/catalog", headers={"Accept": "image/png"})
    assert refused.status_code == 406
    assert "text/html" not in refused.get_data(as_text=True)
