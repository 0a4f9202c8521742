"""How fresh data are: only what was promised can be late; what the owner says counts at once and moves nothing else."""

from datetime import date, timedelta

import pytest
from people import Browser
from support import database

from app import clock
from app.exchange import freshness, statements
from app.exchange.freshness import Freshness
from app.permissions import Audience, Role
from catalog_schema.profile import Visibility

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def land(office):
    """A database of the department that is to be brought up to date every month."""
    return office.land(frequency="MONTHLY", effective_from=LONG_AGO)


def fresh(office, entry, day=None):
    with office.reading(as_of=day, audience=Audience(Visibility.PUBLIC)) as register:
        view = register.by_ids([entry])[entry]
        return freshness.all_of(register, [view])[entry]


def say(office, entry, day, who=Role.REGISTRAR):
    with office.desk(who) as desk, office.reading() as register:
        statements.say_current(desk, register.by_ids([entry])[entry], day)


@pytest.mark.parametrize(
    ("frequency", "state"),
    [
        ("IRREG", Freshness.AS_IT_HAPPENS),
        ("UPDATE_CONT", Freshness.AS_IT_HAPPENS),
        ("NEVER", Freshness.NEVER),
        ("UNKNOWN", Freshness.NO_PROMISE),
        ("MONTHLY", Freshness.UNSTATED),
    ],
)
def test_what_promised_nothing_is_neither_late_nor_on_time(office, frequency, state):
    entry = office.land(frequency=frequency)

    assert fresh(office, entry).state is state


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, Freshness.CURRENT),
        (20, Freshness.CURRENT),
        (26, Freshness.DUE),
        (38, Freshness.DUE),
        (39, Freshness.LATE),
    ],
)
def test_a_month_is_due_after_a_month_and_late_past_the_grace(
    office, land, days, state
):
    say(office, land, clock.today() - timedelta(days=days))

    assert fresh(office, land).state is state


def test_a_database_at_its_end_is_closed(office):
    entry = office.land(frequency="MONTHLY", lifecycle="ket-thuc")

    assert fresh(office, entry).state is Freshness.CLOSED


def test_what_the_description_said_is_what_was_said_first(office):
    entry = office.land(frequency="MONTHLY", last_updated="2026-01-31")
    assert fresh(office, entry).known.day == date(2026, 1, 31)

    say(office, entry, clock.today())

    assert fresh(office, entry).known.day == clock.today()


def test_a_delay_is_announced_with_a_day_and_a_reason_and_ends_with_the_data(
    office, registrar, land
):
    say(office, land, LONG_AGO)
    local_id = office.get(land).local_id
    until = clock.today() + timedelta(days=10)

    answer = registrar.post(
        f"/muc/csdl/{local_id}/bao-cham",
        {"until": until.isoformat(), "reason": "Đang chuyển máy chủ"},
    )

    assert answer.status_code == 302
    told = fresh(office, land)
    assert told.state is Freshness.DELAYED
    assert told.known.reason == "Đang chuyển máy chủ"
    assert fresh(office, land, until + timedelta(days=1)).state is Freshness.LATE
    say(office, land, clock.today())
    assert fresh(office, land).state is Freshness.CURRENT


def test_what_brings_nothing_forward_leaves_a_delay_as_it_is(office, land):
    before = clock.today() - timedelta(days=60)
    say(office, land, before)
    until = clock.today() + timedelta(days=10)
    with office.desk(Role.REGISTRAR) as desk, office.reading() as register:
        view = register.by_ids([land])[land]
        statements.announce_delay(desk, view, until, "Đang chuyển máy chủ")

    say(office, land, before)

    assert fresh(office, land).state is Freshness.DELAYED


def test_an_earlier_day_is_asked_about_and_taken_as_a_correction(
    office, registrar, land
):
    say(office, land, clock.today())
    address = f"/muc/csdl/{office.get(land).local_id}/ngay-du-lieu"

    asked = registrar.post(address, {"day": "01/01/2026"})
    assert asked.status_code == 422
    assert "đánh dấu “đính chính”" in asked.get_data(as_text=True)
    done = registrar.post(address, {"day": "01/01/2026", "correct": "1"})

    assert done.status_code == 302
    assert fresh(office, land).known.day == date(2026, 1, 1)


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


def test_one_click_says_so_and_makes_no_version(office, registrar, land):
    local_id = office.get(land).local_id
    before = office.get(land).version_id
    page = registrar.get(f"/doc/csdl/{local_id}").get_data(as_text=True)
    assert "Xác nhận ngày dữ liệu" in page

    today = clock.today()
    answer = registrar.post(
        f"/muc/csdl/{local_id}/ngay-du-lieu", {"day": f"{today:%d/%m/%Y}"}
    )

    assert answer.status_code == 302
    assert office.get(land).version_id == before
    page = registrar.get(f"/doc/csdl/{local_id}").get_data(as_text=True)
    assert f"Dữ liệu cập nhật đến ngày {today:%d/%m/%Y}" in page


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"day": ""}, "Nhập ngày mà dữ liệu đã cập nhật đến"),
        ({"day": "31/02/2026"}, "không phải một ngày"),
        ({"day": "01/01/2999"}, "không được sau hôm nay"),
    ],
)
def test_a_wrong_day_is_refused_in_words_and_stays_typed(
    office, registrar, land, form, told
):
    local_id = office.get(land).local_id

    answer = registrar.post(f"/muc/csdl/{local_id}/ngay-du-lieu", form)

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert told in page
    assert not form["day"] or f'value="{form["day"]}"' in page


def test_a_delay_without_reason_keeps_its_day(office, registrar, land):
    local_id = office.get(land).local_id

    answer = registrar.post(
        f"/muc/csdl/{local_id}/bao-cham", {"until": "01/01/2999", "reason": " "}
    )

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Nhập lý do dữ liệu cập nhật chậm" in page
    assert 'value="01/01/2999"' in page


def test_nobody_says_so_of_another_agencys_data(office, registrar):
    law = str(office.law())
    entry = office.enter("shared-database", database(str(office.other), law))
    local_id = office.get(entry).local_id

    answer = registrar.post(f"/muc/csdl/{local_id}/ngay-du-lieu", {"day": "1/1/2026"})

    assert answer.status_code == 403
    assert fresh(office, entry).known.day is None


def test_a_month_of_daily_statements_moves_nothing_that_harvesters_follow(office, land):
    client = office.client()
    office.system.follow()
    addresses = (
        "/catalog.nt?full=1",
        "/changes",
        "/moi-nhat.atom",
        "/oai?verb=ListRecords&metadataPrefix=dcat_ap",
        "/doc/csdl/CSDL-0001.ttl",
        "/sitemap-1.xml",
    )
    followed = {a: _followed(client, a) for a in addresses}

    for back in range(30, -1, -1):
        say(office, land, clock.today() - timedelta(days=back))
    office.system.follow()

    for address in addresses:
        assert _followed(client, address) == followed[address], address
    measured = client.get("/chia-se/do-moi.ttl").get_data(as_text=True)
    assert "dqv:QualityMeasurement" in measured
    assert clock.today().isoformat() in measured


def _followed(client, address):
    """Return an answer without the time at which it was asked for."""
    answer = client.get(address, buffered=True)
    body = answer.get_data(as_text=True)
    lines = [line for line in body.splitlines() if "responseDate" not in line]
    return answer.status_code, answer.headers.get("Last-Modified"), lines


def test_the_list_tells_states_apart_and_leaves_as_a_file(office, land):
    office.land(frequency="IRREG", title="CSDL không định kỳ")
    say(office, land, clock.today() - timedelta(days=100))
    client = office.client()

    page = client.get("/chia-se/do-moi").get_data(as_text=True)
    assert "Quá hạn 69 ngày" in page
    assert "Cập nhật khi có thay đổi" in page
    assert 'class="h3">69<' in page
    late = client.get("/chia-se/do-moi.csv?tinh-trang=late").get_data(as_text=True)
    assert "Cơ sở dữ liệu đất đai" in late
    assert "CSDL không định kỳ" not in late
    assert client.get("/chia-se/do-moi.xlsx").data[:2] == b"PK"
