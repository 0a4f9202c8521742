"""What is seen from outside of how fresh data are: counts where it is newer than what the owner said, and is asked of nobody whom the settings do not name."""

import threading
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sharing
from rdflib import Graph
from support import agency, database

from app import clock
from app.errors import ForbiddenError
from app.exchange import freshness, probes, statements
from app.exchange.models import CountedBy, Extent, Flow, StatementKind
from app.exchange.traffic import Figure, month_of, record
from app.notify import reminders
from app.notify.models import Notice
from app.permissions import Role

YESTERDAY = clock.today() - timedelta(days=1)


class Answering(BaseHTTPRequestHandler):
    """Answers HEAD by path; notes what was asked."""

    asked: list[str] = []  # noqa: RUF012 - of the class, on purpose

    def do_HEAD(self):
        self.asked.append(self.path)
        status = {"/doi-cho": 302, "/hong": 500}.get(self.path, 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/du-lieu.csv")
        moment = datetime.combine(YESTERDAY, datetime.min.time(), UTC)
        said = {"/vo-nghia": "hôm qua", "/khong-noi": None}.get(
            self.path, format_datetime(moment + timedelta(hours=-4), usegmt=True)
        )
        if said:
            self.send_header("Last-Modified", said.encode("utf-8").decode("latin-1"))
        self.end_headers()

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def open_data():
    Answering.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def given_out(office, *addresses, **more):
    content = database(str(office.department), str(office.law()), frequency="MONTHLY")
    files = [
        {
            "title": {"vi": f"Tệp {n}"},
            "access_url": "https://mo.so.example/trang",
            "download_url": address,
            "format": "CSV",
            "media_type": "text-csv",
            "licence": "CC_BY_4_0",
        }
        for n, address in enumerate(addresses)
    ]
    entry = office.enter(
        "shared-database",
        {**content, "distributions": files, "personal_data": "khong", **more},
    )
    return office.get(entry)


def fresh(office, view, day=None):
    with office.reading(as_of=day) as register:
        return freshness.all_of(register, [view])[view.id]


@pytest.mark.enable_socket
def test_an_address_on_the_list_is_asked_and_what_it_says_counts(office, open_data):
    view = given_out(office, f"{open_data}/du-lieu.csv")

    (seen,) = probes.probe([view], ["127.0.0.1"])
    with office.desk(Role.REVIEWER) as desk:
        first = statements.witness(
            desk, view, StatementKind.PROBED, seen.day, seen.address
        )
        again = statements.witness(
            desk, view, StatementKind.PROBED, seen.day, seen.address
        )

    assert first is not None
    assert again is None
    known = fresh(office, view).known
    assert (known.day, known.by) == (YESTERDAY, StatementKind.PROBED)
    page = office.client().get("/chia-se/do-moi").get_data(as_text=True)
    assert f"theo ngày sửa của {open_data}/du-lieu.csv" in page


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/doi-cho", "trả lời 302"),
        ("/hong", "trả lời 500"),
        ("/khong-noi", "không cho biết ngày sửa"),
        ("/vo-nghia", "không cho biết ngày sửa"),
    ],
)
def test_what_an_address_cannot_say_is_told(office, open_data, path, why):
    view = given_out(office, open_data + path)

    (seen,) = probes.probe([view], ["127.0.0.1"])

    assert seen.day is None
    assert why in seen.lacking
    assert Answering.asked == [path]


@pytest.mark.enable_socket
def test_no_host_is_asked_that_the_settings_do_not_name(office, open_data):
    view = given_out(
        office, f"{open_data}/a", "http://127.0.0.1.lua.example/b", "http://[::1/c"
    )

    assert list(probes.probe([view], ["mo.so.example", "0.0.1"])) == []
    assert Answering.asked == []


@pytest.mark.enable_socket
def test_an_address_that_does_not_answer_is_told(office):
    view = given_out(office, "http://127.0.0.1:1/a")

    (seen,) = probes.probe([view], ["127.0.0.1"])

    assert "không trả lời" in seen.lacking


def test_a_catalogue_says_of_which_day_its_data_are(office):
    view = given_out(office, source_iri="https://nguon.so.example/dat")
    graph = Graph().parse(
        data=f"""
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        <https://nguon.so.example/dat> a dcat:Dataset ;
            dct:modified "2026-09-29T20:00:00Z", "2026-09-01", "hôm qua" .
        <{view.iri}> a dcat:Dataset ; dct:modified "2026-11-01" .
        <urn:khac> a dcat:Dataset ; dct:modified "2026-10-30" .
        """,
        format="turtle",
    )

    (seen,) = probes.harvested(graph, [view])

    assert seen.day == date(2026, 9, 30)


def test_what_the_owner_says_later_stands_and_what_is_seen_never_goes_back(office):
    view = given_out(office)
    with office.desk(Role.REGISTRAR) as desk:
        statements.say_current(desk, view, YESTERDAY)
    with office.desk(Role.REVIEWER) as desk:
        older = statements.witness(
            desk, view, StatementKind.HARVESTED, YESTERDAY - timedelta(days=9), "urn:a"
        )
        future = statements.witness(
            desk, view, StatementKind.HARVESTED, clock.today() + timedelta(days=1), "a"
        )
    with office.desk(Role.REGISTRAR) as desk:
        statements.say_current(desk, view, YESTERDAY - timedelta(days=30))

    with office.desk(Role.REVIEWER) as desk:
        again = statements.witness(desk, view, StatementKind.PROBED, YESTERDAY, "urn:b")
    assert again is not None  # another place says so for the first time
    with office.desk(Role.REGISTRAR) as desk:
        statements.say_current(desk, view, YESTERDAY - timedelta(days=30))
    with office.desk(Role.REVIEWER) as desk:
        same = statements.witness(desk, view, StatementKind.PROBED, YESTERDAY, "urn:b")

    assert (older, future, same) == (None, None, None)
    assert fresh(office, view).known.day == YESTERDAY - timedelta(days=30)


def test_an_agency_cannot_see_for_itself(office):
    view = given_out(office)
    with office.desk(Role.REGISTRAR) as desk, pytest.raises(ForbiddenError):
        statements.witness(desk, view, StatementKind.PROBED, YESTERDAY, "a")


def test_traffic_is_a_sign_of_life_and_no_day_of_the_data(office):
    view = given_out(office)
    own, third = office.department, office.enter("agency", agency("Sở Thứ ba"))
    line = sharing.connection(
        "Một – Ba", own, source=own, source_database=view.id, target=third
    )
    entry = office.enter("connection", line)
    month = month_of(f"{clock.today():%Y-%m}")
    figure = Figure(
        entry, "lgsp", Flow.SENT, Extent.ALL, CountedBy.SOURCE, "bản ghi", 5, month,
        None, None, None, "", "co-quan-khai", illustrative=False,
    )  # fmt: skip
    with office.desk(Role.REVIEWER) as desk, office.reading() as register:
        record(desk, register, [figure])

    with office.reading() as register:
        assert freshness.flowing(register, [view]) == {view.id: month}
    assert fresh(office, view).known.day is None
    page = office.client().get("/chia-se/do-moi").get_data(as_text=True)
    assert f"có lưu thông tháng {month.month}/{month.year}" in page


@pytest.mark.parametrize(
    ("frequency", "times"), [("MONTHLY", 2), ("WEEKLY", 0), ("IRREG", 0)]
)
def test_owners_are_reminded_before_data_are_due(office, frequency, times):
    view = office.get(office.land(frequency=frequency))
    with office.desk(Role.REGISTRAR) as desk:
        statements.say_current(desk, view, clock.today())
    due = fresh(office, view).due or clock.today() + timedelta(days=31)
    system = office.system
    for day in (due - timedelta(days=8), due - timedelta(days=7), due):
        moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        with clock.frozen(moment), system.database.transaction() as session:
            reminders.remind(
                session, system.profile, system.office, system.settings, day
            )

    with system.database.reading() as session:
        said = [
            one for one in session.query(Notice) if "đến hạn cập nhật" in one.subject
        ]
    assert len(said) == times
