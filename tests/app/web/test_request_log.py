"""What the program says of itself: one line for each event, figures for whoever watches, nothing that is secret."""

import io
import json
import logging

import pytest
import structlog
from people import Browser, key_of, logged_in

from app import logs
from app.factory import create_app
from app.permissions import Role, declares

NASTY = 'x\r\n{"event":"forged"}\u2028\u2029\x1b[31m\u202e\x85\x00'


@pytest.fixture
def lines():
    """What is logged while a test runs, line by line."""
    stream = io.StringIO()
    logs.configure()
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(stream))
    yield lambda: [json.loads(line) for line in stream.getvalue().split("\n") if line]
    logs.configure(logging.WARNING)


def test_every_request_has_a_number_and_one_line(office, lines):
    answer = office.client().get("/tim-kiem?q=bí mật")

    (line,) = [each for each in lines() if each["event"] == "request"]
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["route"], line["status"], line["method"]) == ("/tim-kiem", 200, "GET")
    assert line["timestamp"].endswith("Z")
    assert "bí mật" not in json.dumps(line, ensure_ascii=False)


def test_a_log_line_says_who_and_about_what_but_carries_no_secret(office, lines):
    browser = Browser(office, Role.REGISTRAR)
    browser.get("/viec-cua-toi")
    office.client().get("/moi/bi-mat-cua-lien-ket")
    key = key_of(office, Role.REGISTRAR)
    office.client().get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})
    office.client().post(
        "/dang-nhap", data={"email": "a@b.vn", "password": "mat-khau-bi-mat"}
    )
    text = json.dumps(lines(), ensure_ascii=False)

    assert str(office.actors[Role.REGISTRAR].person_id) in text
    secret = logged_in(office, office.actors[Role.REGISTRAR].person_id)
    for hidden in (
        "bi-mat-cua-lien-ket",
        key,
        "mat-khau-bi-mat",
        browser.token,
        secret,
    ):
        assert hidden not in text


@pytest.mark.parametrize("where", ["message", "value", "path", "library"])
def test_nothing_that_is_logged_makes_a_second_line(office, where):
    stream = io.StringIO()
    logs.configure()
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(stream))
    if where == "message":
        structlog.get_logger().info(NASTY)
    elif where == "value":
        structlog.get_logger().info("event", value=NASTY, more={"deep": [NASTY]})
    elif where == "library":
        logging.getLogger("thư viện").warning("%s", NASTY)
    else:
        office.client().get("/doc/csdl/x%0d%0aforged%e2%80%a8%1b")
    text = stream.getvalue()
    logs.configure(logging.WARNING)

    assert text.count("\n") == 1
    assert len(text.splitlines()) == 1
    assert not set(text) & set("\r\x1b\u2028\u2029\u202e\x85\x00")
    json.loads(text)


def test_a_fault_is_logged_under_the_number_that_the_page_shows_and_nowhere_else(
    office, lines
):
    client = create_app(office.system).test_client()
    client.application.add_url_rule(
        "/hong", "hong", declares(None)(lambda: str(1 // 0))
    )
    answer = client.get("/hong")
    fault = next(line for line in lines() if line["event"] == "unhandled")

    assert answer.status_code == 500
    assert fault["incident"] in answer.text
    assert fault["request"] == answer.headers["X-Request-ID"]
    assert "ZeroDivisionError" not in answer.text
    assert fault["exception"][0]["exc_type"] == "ZeroDivisionError"


def test_the_figures_count_requests_and_measure_the_register(office):
    office.land()
    client = create_app(office.system).test_client()
    client.get("/tim-kiem")
    client.get("/khong-co")
    before = client.get("/metrics").text
    office.system.follow()
    after = client.get("/metrics").text

    assert (
        'danhmuc_requests_total{method="GET",route="/tim-kiem",status="200"} 1.0'
        in before
    )
    assert 'danhmuc_requests_total{method="GET",route="-",status="404"} 1.0' in before
    assert 'danhmuc_projection_behind_rows{part="search"} 0.0' not in before
    assert 'danhmuc_projection_behind_rows{part="search"} 0.0' in after
    assert 'danhmuc_ready{part="write"} 1.0' in after
    assert "danhmuc_disk_free_bytes" in after


def test_the_figures_are_absent_from_elsewhere(office):
    assert (
        office.client()
        .get("/metrics", environ_overrides={"REMOTE_ADDR": "10.1.2.3"})
        .status_code
        == 404
    )


def test_an_invented_method_is_no_figure_of_its_own(office, lines):
    client = office.client()
    client.open("/healthz", method="XJ1")
    client.open("/healthz", method="XJ2")
    text = client.get("/metrics").text

    assert "XJ" not in text
    assert "XJ" not in json.dumps(lines())
    assert "danhmuc_requests_open 1.0" in text  # the one that asks
