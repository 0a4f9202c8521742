"""What was declared against what happens: each list holds just what it is about, on the day asked."""

from datetime import date, timedelta

import pytest
import sharing
from people import Browser
from support import database

from app import clock
from app.exchange import discrepancies, traffic
from app.exchange.discrepancies import Gap, Why
from app.exchange.models import CountedBy, Extent, Flow
from app.exchange.traffic import Figure
from app.permissions import Audience, Role
from catalog_schema.profile import Visibility

LONG_AGO = date(2020, 1, 1)
STATE = Audience(Visibility.STATE)


def ran(office, connection, month, value):
    figure = Figure(
        connection,
        "lgsp",
        Flow.SENT,
        Extent.ALL,
        CountedBy.SOURCE,
        "bản ghi",
        value,
        month,
        None,
        None,
        None,
        "Nhật ký",
        "co-quan-khai",
        illustrative=False,
    )
    with office.desk(Role.REVIEWER) as desk, office.reading(audience=STATE) as register:
        traffic.record(desk, register, [figure])


@pytest.fixture
def month():
    return discrepancies.month_before(clock.today())


@pytest.fixture
def world(office):
    """Enter a database and an agreement on it; return a maker of connections."""
    own, other, law = office.department, office.other, str(office.law())
    content = database(str(own), law, frequency="MONTHLY", last_updated="2026-01-01")
    land = office.enter("shared-database", content, effective_from=LONG_AGO)
    agreed = office.enter(
        "agreement",
        sharing.agreement("Thỏa thuận", own, other, land, law),
        effective_from=LONG_AGO,
    )

    def connect(title, **more):
        said = {"source": own, "target": other, **more}
        content = sharing.connection(title, own, **said)
        return office.enter("connection", content, effective_from=LONG_AGO)

    return connect, land, agreed


def listed(office, day=None):
    with office.reading(as_of=day, audience=STATE) as register:
        found = discrepancies.lists(register)
    return {gap: list(map(title_and_why, lines)) for gap, lines in found.items()}


def title_and_why(line):
    return line.view.title, line.why


def test_an_agreement_with_nothing_under_it_is_silent(office, world):
    assert listed(office)[Gap.SILENT] == [("Thỏa thuận", Why.NO_CONNECTION)]


def test_silence_and_not_knowing_are_told_apart(office, world, month):
    connect, _land, agreed = world
    connect("Chưa đếm", agreement=agreed)
    ran(office, connect("Im lặng", agreement=agreed), month, 0)
    ran(office, connect("Đang chạy", agreement=agreed), month, 5)

    assert listed(office)[Gap.SILENT] == [
        ("Chưa đếm", Why.NO_FIGURE),
        ("Im lặng", Why.NOTHING_RAN),
    ]


def test_traffic_needs_an_agreement_between_agencies_alone(office, world, month):
    connect, _land, agreed = world
    ran(office, connect("Không thỏa thuận"), month, 5)
    ran(office, connect("Có thỏa thuận", agreement=agreed), month, 5)
    ran(office, connect("Nội bộ", target=office.department), month, 5)
    connect("Không chạy")

    assert listed(office)[Gap.WITHOUT_AGREEMENT] == [("Không thỏa thuận", Why.RAN)]


def test_a_connection_is_past_its_term_from_the_day_after(office, world):
    connect, _land, _agreed = world
    yesterday = clock.today() - timedelta(days=1)
    connect("Quá hạn", term_end=yesterday.isoformat())
    connect("Hôm nay", term_end=clock.today().isoformat())
    connect("Đã ghi kết thúc", term_end="2026-01-01", connection_state="ket-thuc")

    assert listed(office)[Gap.PAST_TERM] == [("Quá hạn", Why.TERM)]
    assert listed(office, yesterday)[Gap.PAST_TERM] == []


def test_late_data_behind_what_runs_is_told_and_not_behind_what_does_not(
    office, world, month
):
    connect, land, agreed = world
    ran(office, connect("Chạy", source_database=land, agreement=agreed), month, 5)
    connect("Không chạy", source_database=land, agreement=agreed)

    assert listed(office)[Gap.STALE] == [("Chạy", Why.LATE)]


def test_the_page_and_its_file_tell_the_same(office, world, month):
    connect, _land, _agreed = world
    ran(office, connect("Không thỏa thuận"), month, 5)
    reviewer = Browser(office, Role.REVIEWER)

    page = reviewer.get("/chia-se/doi-chieu").get_data(as_text=True)
    file = reviewer.get("/chia-se/doi-chieu.csv").get_data(as_text=True)

    assert "Có dữ liệu chạy nhưng chưa có thỏa thuận (1)" in page
    assert "Không thỏa thuận" in page
    assert "Không thỏa thuận" in file
    assert "Hai bên lập thỏa thuận chia sẻ dữ liệu" in file
    assert office.client().get("/chia-se/doi-chieu").status_code in (302, 401)
