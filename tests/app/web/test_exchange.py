"""The page of who shares what with whom: the question for a path, the table, its filters, the picture."""

from datetime import date

import pytest
import sharing
from people import Browser
from support import agency, database

from app.permissions import Role


@pytest.fixture
def shared(office):
    own, other, law = office.department, office.other, str(office.law())
    land = office.enter("shared-database", database(str(own), law))
    office.enter("shared-database", database(str(own), law, title="CSDL lẻ loi"))
    agreed = sharing.agreement("Thỏa thuận đất đai", own, other, land, law)
    line = sharing.connection(
        "Đất đai – Nông nghiệp",
        own,
        source=own,
        source_database=land,
        target=other,
        agreement=office.enter("agreement", agreed),
    )
    office.enter("connection", line)
    group = sharing.connection(
        "Xã – sở",
        own,
        source_group="UBND cấp xã",
        target=own,
        connection_state="du-kien",
        frequency="khi-co-vu-viec",
    )
    office.enter("connection", group)
    office.system.follow()


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.get_data(as_text=True).split())


def test_the_question_is_answered_in_a_sentence_with_what_is_missing(office, shared):
    page = body(office.client(), "/chia-se?co-quan=Sở NN&du-lieu=thua dat")
    assert "Không có cơ quan “Sở NN” vào ngày này" in page

    asked = "/chia-se?co-quan=SNNMT&du-lieu=thua dat"
    page = body(office.client(), asked)
    said = "đang khai thác dữ liệu Thửa đất từ Cơ sở dữ liệu đất đai, qua LGSP"
    assert said in page
    assert "; chưa có dịch vụ dữ liệu; chưa ghi nhận thủ tục sử dụng." in page
    assert "Thỏa thuận đất đai" not in page

    inside = body(Browser(office, Role.REGISTRAR), asked)
    assert "Thỏa thuận đất đai" in inside


def test_a_merged_agency_is_answered_as_its_heir(office, shared):
    office.enter(
        "agency",
        agency("Sở Tài nguyên và Môi trường", successor=[str(office.other)]),
        effective_from=date(2010, 1, 1),
        effective_to=date(2025, 3, 1),
    )

    page = body(office.client(), "/chia-se?co-quan=Sở TN%26MT&du-lieu=thua dat")
    listed = body(office.client(), "/chia-se?co-quan-loc=Sở TN%26MT")

    assert "Sở Nông nghiệp và Môi trường đang khai thác dữ liệu Thửa đất" in page
    assert "Đất đai – Nông nghiệp" in listed


def test_a_question_without_answer_leads_on(office, shared):
    page = body(office.client(), "/chia-se?co-quan=SNNMT&du-lieu=nhóm máu")

    assert "Chưa có cơ sở dữ liệu nào trong danh mục có dữ liệu “nhóm máu”" in page
    assert "/tim-kiem?q=nh" in page


def test_the_table_says_who_gives_and_takes_and_can_be_narrowed(office, shared):
    page = body(office.client(), "/chia-se")
    assert "2 kết nối. 1 cơ sở dữ liệu của tỉnh có kết nối." in page
    assert "1 cơ sở dữ liệu của tỉnh chưa có kết nối nào" in page
    assert "UBND cấp xã" in page
    assert page.count('class="k-link k-link--case"') == 2  # the group's, and the key

    planned = body(office.client(), "/chia-se?tinh-trang=du-kien")
    assert "Xã – sở" in planned
    assert "Đất đai – Nông nghiệp" not in planned
    of_other = body(office.client(), "/chia-se?co-quan-loc=SNNMT")
    assert "Đất đai – Nông nghiệp" in of_other
    assert "Xã – sở" not in of_other
    assert "CSDL lẻ loi" in body(office.client(), "/chia-se/chua-ket-noi")


def test_before_it_was_entered_there_was_none(office, shared):
    page = body(office.client(), f"/chia-se?as_of={date(2020, 1, 1)}")

    assert "Không có kết nối nào như vậy vào ngày này." in page


@pytest.mark.parametrize(
    "address",
    [
        "/chia-se?co-quan=%00&du-lieu=%F0%9F%98%80",
        "/chia-se?co-quan=" + "x" * 5000 + "&du-lieu=" + "y" * 5000,
        "/chia-se?co-quan=SNNMT&du-lieu=(((",
        "/chia-se?tinh-trang=khong-co&co-quan-loc=%25",
        "/chia-se?du-lieu=đất",
        "/chia-se?extension=x&endpoint=y&_method=z&_anchor=w",
        "/chia-se/do-moi?extension=x&endpoint=y&_scheme=z",
        "/chia-se/luu-thong?extension=x",
        "/chia-se/kho?tinh-trang=%00&co-quan-loc=%25&extension=x",
    ],
)
def test_whatever_is_asked_is_answered(office, shared, address):
    assert office.client().get(address).status_code == 200


def test_the_days_to_what_law_asks_for_are_counted(office, shared):
    before = body(office.client(), "/chia-se?as_of=2026-11-30")
    last = body(office.client(), "/chia-se?as_of=2026-12-31")
    after = body(office.client(), "/chia-se?as_of=2027-01-01")

    assert "Còn 31 ngày" in before
    assert "Nghị định 278/2025/NĐ-CP Điều 24; chưa xác minh" in before
    assert "Còn 0 ngày" in last
    assert "Nghị định 278/2025/NĐ-CP Điều 24" not in after


def test_whoever_has_no_connection_is_led_to_the_guide_of_the_channel(office):
    guide = {
        "channel": "lgsp",
        "steps": "Gửi đề nghị, chạy thử, khai thác",
        "contact": "Phòng Kỹ thuật",
        "test_address": "https://thu.so.example/dat",
    }
    office.land(connection_guides=[guide])
    office.system.follow()

    answer = body(office.client(), "/chia-se?co-quan=SNNMT&du-lieu=thua dat")
    page = body(office.client(), "/doc/csdl/CSDL-0001")
    inside = body(Browser(office, Role.REGISTRAR), "/doc/csdl/CSDL-0001")

    assert "/doc/csdl/CSDL-0001#huong-dan-ket-noi" in answer
    assert 'id="huong-dan-ket-noi"' in page
    assert "Gửi đề nghị, chạy thử, khai thác" in page
    assert "thu.so.example" not in page
    assert "Phòng Kỹ thuật" not in page
    assert "thu.so.example" in inside
