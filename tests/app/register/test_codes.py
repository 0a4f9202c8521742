"""A code in any spelling leads to who holds it, or to what has come in its place."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import sheet
from support import SINCE, agency, code

from app import clock
from app.errors import InvalidError
from app.permissions import Action, Role
from app.register import codes
from app.register.codes import CodeStatus
from app.register.filters import Filter
from app.workflow.proposals.models import ProposalType
from catalog_schema import identifiers

DAY = date(2025, 7, 1)


@pytest.fixture
def held(office):
    """Two provinces with a code each, a closed one that names the other, and a department of the second."""
    north = office.enter("agency", agency("UBND tỉnh Bắc"), effective_from=SINCE)
    south = office.enter("agency", agency("UBND tỉnh Nam"), effective_from=SINCE)
    office.enter("identifier-code", code("Y10", north), effective_from=SINCE)
    kept = office.enter("identifier-code", code("Y19", south), effective_from=SINCE)
    shut = next(view.id for view in office_codes(office) if view.title == "Y10")
    closed = code(
        "Y10",
        north,
        status="da-dong",
        closing_reason="Sáp nhập",
        successors=[str(kept)],
    )
    office.enter(
        "identifier-code",
        closed,
        type=ProposalType.AMEND,
        entry_id=shut,
        effective_from=DAY,
    )
    part = office.enter(
        "agency", agency("Sở Bảy", parent=str(south)), effective_from=SINCE
    )
    office.enter(
        "identifier-code",
        code("Y19.7", part, parent_code=str(kept)),
        effective_from=SINCE,
    )
    return office


def office_codes(office):
    with office.reading() as register:
        return register.all(Filter(kinds=("identifier-code",)))


def answers(office, *texts, as_of=None):
    with office.reading(as_of=as_of) as register:
        return codes.resolve(register, texts)


@pytest.mark.parametrize(
    "text", ["Y19.7", " y19.7 ", "Ｙ１９．７", "y 19 . 7", "Y19,7", "Y19.7."]
)
def test_any_spelling_leads_to_the_holder(held, text):
    (answer,) = answers(held, text)

    assert answer.standing is CodeStatus.IN_USE
    assert [view.title for view in answer.names] == ["Sở Bảy"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("Н19.7", "H19.7"), ("К10", "K10"), ("h１9.7\u200b", "H19.7")]
)
def test_letters_of_other_scripts_that_look_alike_are_read_as_ours(typed, meant):
    assert identifiers.spelled(typed) == meant


def test_the_old_form_is_converted_by_structure_and_says_so(held):
    # Y19.07 is another code than Y19.7
    assert answers(held, "000.00.07.y19")[0].standing is CodeStatus.UNKNOWN
    parent = next(view.id for view in office_codes(held) if view.title == "Y19")
    held.enter(
        "identifier-code", code("Y19.07", parent_code=str(parent)), effective_from=SINCE
    )

    (answer,) = answers(held, "000.00.07.y19")
    assert (answer.suggested, answer.hits[0].entry.title) == (True, "Y19.07")


def test_a_closed_code_leads_to_what_replaced_it_and_was_in_use_the_day_before(held):
    (before,) = answers(held, "y10", as_of=date(2025, 6, 30))
    (after,) = answers(held, "y10", as_of=DAY)

    assert (before.standing, [v.title for v in before.names]) == (
        CodeStatus.IN_USE,
        ["UBND tỉnh Bắc"],
    )
    assert (after.standing, [v.title for v in after.names]) == (
        CodeStatus.CLOSED,
        ["Y19"],
    )


def test_a_path_of_successors_is_followed_to_its_living_ends(office):
    def unit(name, **more):
        return office.enter("agency", agency(name, **more), effective_from=SINCE)

    last, other = unit("Xã Cuối"), unit("Xã Khác")
    middle = unit("Xã Giữa", successor=[str(last), str(other)])
    first = unit(
        "Xã Đầu",
        successor=[str(middle)],
        administrative_unit={"code": "25001", "name": {"vi": "Xã Đầu"}},
    )
    for ended, day in ((first, date(2022, 1, 1)), (middle, date(2023, 1, 1))):
        office.enter(
            "agency", {}, type=ProposalType.END, entry_id=ended, effective_from=day
        )

    (answer,) = answers(office, "25001")
    assert answer.standing is CodeStatus.CLOSED
    assert [view.title for view in answer.names] == ["Xã Cuối", "Xã Khác"]


def test_an_administrative_unit_code_that_was_used_again_answers_by_day(office):
    old = office.enter(
        "agency",
        agency(
            "UBND phường Cũ",
            administrative_unit={"code": "25217", "name": {"vi": "Phường Cũ"}},
        ),
        effective_from=SINCE,
    )
    office.enter("agency", {}, type=ProposalType.END, entry_id=old, effective_from=DAY)
    office.enter(
        "agency",
        agency(
            "UBND phường Mới",
            administrative_unit={"code": "25217", "name": {"vi": "Phường Mới"}},
        ),
        effective_from=DAY,
    )

    assert [
        v.title for v in answers(office, "25217", as_of=date(2025, 6, 30))[0].names
    ] == ["UBND phường Cũ"]
    assert [v.title for v in answers(office, "25217", as_of=DAY)[0].names] == [
        "UBND phường Mới"
    ]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.text(max_size=80) | st.text("Y19.7YCQ-0 \u200b０", max_size=12), max_size=20
    )
)
def test_no_text_makes_it_fail(held, texts):
    assert [answer.asked for answer in answers(held, *texts)] == texts


def test_a_page_a_program_and_a_harvester_get_what_each_can_use(held):
    client = held.client()
    misspelled = client.get("/tra-ma/ y19.7?as_of=2025-06-30")
    page = client.get("/tra-ma/Y10?as_of=2025-07-01")
    told = client.get("/tra-ma/Y10", headers={"Accept": "application/json"})
    triples = client.get(
        "/tra-ma/Y10?as_of=2025-06-30", headers={"Accept": "text/turtle"}
    )

    assert (misspelled.status_code, misspelled.location) == (
        301,
        "/tra-ma/Y19.7?as_of=2025-06-30",
    )
    assert client.get("/code/h19").location == "/tra-ma/h19"
    assert "Mã này đã đóng" in page.text
    assert "Y19" in page.text
    assert (told.json["standing"], told.json["hits"][0]["successors"][0]["title"]) == (
        "closed",
        "Y19",
    )
    assert (triples.status_code, triples.location) == (
        303,
        "/doc/ma-dinh-danh/Y10.ttl?as_of=2025-06-30",
    )
    assert client.get("/tra-ma/Y10", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/tra-ma/Z").status_code == 404
    assert (
        client.get("/tra-ma/Z", headers={"Accept": "application/json"}).json["standing"]
        == "unknown"
    )
    assert client.get("/tra-ma?ma= y19.7 ").location == "/tra-ma/Y19.7"


def test_a_column_is_resolved_on_the_page_and_as_a_table(held):
    client = held.client()
    column = sheet(["Y19.7"], ["=1+1"], ["không có"])
    page = post(client, {"cot": "y19\n\nY10", "tep": (column, "mã.xlsx")})
    told = post(client, {"cot": "y19\n=CMD()", "dang": "csv"})

    assert "Kết quả: 5 mã" in page.text
    assert "Sở Bảy" in page.text
    rows = list(csv.reader(io.StringIO(told.data.decode("utf-8-sig"))))
    assert rows[1][:3] == ["y19", "Y19", "Đang dùng"]
    assert rows[1][3] == "UBND tỉnh Nam"
    assert rows[2][0] == "'=CMD()"
    empty = post(client, {"cot": " "})
    assert (empty.status_code, "Dán ít nhất một mã" in empty.text) == (422, True)
    assert "Mỗi lần tra tối đa" in post(client, {"cot": "H\n" * 1001}).text
    assert (
        "Không đọc được tệp"
        in post(
            client, {"tep": (io.BytesIO(b"PK\x03\x04"), "x.xlsx"), "cot": "H19"}
        ).text
    )


def post(client, data):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/tra-ma").text)[
        1
    ]
    return client.post(
        "/tra-ma",
        data={**data, "csrf_token": token},
        content_type="multipart/form-data",
    )


def test_programs_look_up_one_code_or_a_column(held):
    client = held.client()
    assert (
        client.get("/api/v1/codes/y19.7").json["hits"][0]["holder"]["title"] == "Sở Bảy"
    )
    assert client.get("/api/v1/codes/y10?as_of=2025-06-30").json["standing"] == "in-use"
    told = client.post(
        "/api/v1/codes", json={"codes": ["y19", "?"], "as_of": "2025-07-01"}
    )
    assert [row["standing"] for row in told.json] == ["in-use", "unknown"]
    assert client.post("/api/v1/codes", json={"codes": []}).status_code == 422
    assert client.post("/api/v1/codes", json={"codes": ["x"] * 1001}).status_code == 422


def test_a_wrong_spelling_is_refused_with_the_code_that_was_meant(office):
    proposal = office.propose("identifier-code", code("у19.7", None))
    with pytest.raises(InvalidError) as refused:
        office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    assert any("Có phải Y19.7?" in error.message for error in refused.value.fields)


def test_the_list_of_codes_is_signed_for_exactly_its_day_and_row(held):
    client = held.client()
    listed = client.get("/tai-ve/ma-dinh-danh.csv?as_of=2025-07-01")
    address = re.match("<([^>]+)>", listed.headers["Link"])[1]
    key = serialization.load_pem_public_key(client.get("/tai-ve/khoa-ky.pem").data)
    held.enter("agency", agency("Sở đến sau"))

    key.verify(client.get(address).data, listed.data)
    with pytest.raises(InvalidSignature):
        key.verify(client.get(address).data, listed.data.replace(b"Y19", b"Y18"))
    assert (
        client.get("/tai-ve/ma-dinh-danh.csv?" + address.partition("?")[2]).data
        == listed.data
    )
    rows = {
        row["ma"]: row
        for row in csv.DictReader(io.StringIO(listed.data.decode("utf-8-sig")))
    }
    assert list(rows) == ["Y10", "Y19", "Y19.7"]
    assert (rows["Y10"]["trang_thai"], rows["Y10"]["thay_the_boi"]) == ("closed", "Y19")
    assert (rows["Y19.7"]["cap"], rows["Y19.7"]["ma_cap_tren"]) == ("2", "Y19")


def test_each_night_a_signed_list_is_kept_and_the_last_week_of_them(held):
    client = held.client()
    assert client.get("/tai-ve/dem/ma-dinh-danh.csv").status_code == 404
    began = clock.now()

    for night in range(9):
        with clock.frozen(began + timedelta(days=night)):
            held.system.do_due()

    listed = client.get("/tai-ve/dem/ma-dinh-danh.csv").data
    key = serialization.load_pem_public_key(client.get("/tai-ve/khoa-ky.pem").data)
    key.verify(client.get("/tai-ve/dem/ma-dinh-danh.csv.sig").data, listed)
    assert b"Y19.7" in listed
    kept = sorted(
        path.name for path in (held.system.settings.data_dir / "nightly").iterdir()
    )
    assert len(kept) == 14
    assert f"{clock.today() + timedelta(days=8)}" in kept[-1]
