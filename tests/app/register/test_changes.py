"""What changed between two days, a version, two versions compared: for people, for programs, as a table."""

import csv
import io
from datetime import date

import pytest
from people import Browser
from python_calamine import CalamineWorkbook
from support import agency, database

from app.errors import MalformedError
from app.permissions import Audience, Role
from app.register import changes
from app.register.changes import ChangeType
from app.workflow.proposals.models import ProposalType
from catalog_schema.profile import Visibility

pytestmark = pytest.mark.slow

FIRST, LAST = date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
def lived(office):
    """One entry of each fate between the two days, and some that stayed or are to come."""
    basis = str(office.law())
    office.ids = {}

    def enter(name, start, **more):
        office.ids[name] = office.enter(
            "agency", agency(name, **more), effective_from=start
        )

    for name in ("Sở Ở Lại", "Sở Đổi Tên", "Sở Kết Thúc"):
        enter(name, date(2020, 1, 1))
    enter("Sở Mới", date(2025, 6, 1))
    enter("Sở Sắp Có", date(2027, 1, 1))
    named = agency("Sở Tên Khác")
    office.enter(
        "agency",
        named,
        type=ProposalType.AMEND,
        entry_id=office.ids["Sở Đổi Tên"],
        effective_from=date(2025, 3, 1),
    )
    office.enter(
        "agency",
        {},
        type=ProposalType.END,
        entry_id=office.ids["Sở Kết Thúc"],
        effective_from=date(2025, 9, 1),
    )
    owner = str(office.department)
    data = database(owner, basis, title="CSDL tạm ngừng")
    office.ids["land"] = office.enter(
        "shared-database", data, effective_from=date(2020, 1, 1)
    )
    office.enter(
        "shared-database",
        {},
        type=ProposalType.SUSPEND,
        entry_id=office.ids["land"],
        effective_from=date(2025, 5, 1),
    )
    office.ids["hidden"] = office.enter(
        "shared-database",
        database(owner, basis, title="CSDL kín"),
        effective_from=date(2020, 1, 1),
    )
    quiet = database(
        owner,
        basis,
        title="CSDL kín",
        tech_contact="Đường dây chỉ cơ quan nhà nước thấy",
    )
    office.enter(
        "shared-database",
        quiet,
        type=ProposalType.AMEND,
        entry_id=office.ids["hidden"],
        effective_from=date(2025, 5, 1),
    )
    return office


def found(office, **more):
    with office.reading(as_of=LAST, **more) as register:
        return {
            one.after.title: (one.what, one.fields)
            for one in changes.between(register, FIRST)
        }


def test_each_fate_is_told_once_and_what_stayed_is_not(lived):
    assert found(lived) == {
        "Sở Mới": (ChangeType.BEGAN, ()),
        "Sở Tên Khác": (ChangeType.CHANGED, ("name",)),
        "Sở Kết Thúc": (ChangeType.ENDED, ()),
        "CSDL tạm ngừng": (ChangeType.SUSPENDED, ()),
    }


def test_a_change_that_only_some_may_see_is_told_to_them_alone(lived):
    everything = found(lived, audience=Audience(Visibility.OWNER))

    assert everything["CSDL kín"] == (ChangeType.CHANGED, ("tech_contact",))
    assert "CSDL kín" not in found(lived)


def test_days_in_the_wrong_order_are_refused(lived):
    with (
        lived.reading(as_of=FIRST) as register,
        pytest.raises(MalformedError, match="Ngày đầu phải trước"),
    ):
        changes.between(register, LAST)
    assert (
        lived.client().get("/thay-doi?tu=2026-01-01&den=2025-01-01").status_code == 400
    )


def test_the_same_is_told_on_the_page_as_csv_and_to_programs(lived):
    client, days = lived.client(), "tu=01/01/2025&den=2026-01-01"
    page = client.get(f"/thay-doi?{days}").text
    rows = list(
        csv.DictReader(
            io.StringIO(client.get(f"/thay-doi.csv?{days}").data.decode("utf-8-sig"))
        )
    )
    sheet = client.get(f"/thay-doi.xlsx?{days}").data
    listed = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0)
    assert {row[2] for row in listed.to_python()[1:]} == {row["ten"] for row in rows}
    told = client.get("/api/v1/changes?since=2025-01-01&as_of=2026-01-01").json

    names = {"Sở Mới", "Sở Tên Khác", "Sở Kết Thúc", "CSDL tạm ngừng"}
    assert all(name in page for name in names)
    assert "Sở Ở Lại" not in page
    assert (
        {row["ten"] for row in rows} == {row["entry"]["title"] for row in told} == names
    )
    assert {row["what"] for row in told} == {"began", "changed", "ended", "suspended"}
    only = client.get(f"/thay-doi.csv?{days}&kind=agency&agency=Sở Mới").data.decode(
        "utf-8-sig"
    )
    assert [row["ten"] for row in csv.DictReader(io.StringIO(only))] == ["Sở Mới"]
    assert client.get(f"/thay-doi?{days}&agency=Không có").status_code == 400
    assert client.get(f"/thay-doi?{days}&kind=zz").status_code == 400


def test_any_two_versions_are_compared_cut_to_who_reads(lived):
    public, state = lived.client(), Browser(lived, "elsewhere")
    with lived.reading() as register:
        name = register.by_ids([lived.ids["hidden"]])[lived.ids["hidden"]].local_id
        agency_name = register.by_ids([lived.ids["Sở Đổi Tên"]])[
            lived.ids["Sở Đổi Tên"]
        ].local_id

    page = public.get(f"/muc/co-quan/{agency_name}/phien-ban/2?so_voi=1").text
    assert "phiên bản 2 so với phiên bản 1" in page
    assert "Tên cơ quan" in page
    secret = "Đường dây chỉ cơ quan nhà nước thấy"
    assert secret not in public.get(f"/muc/csdl/{name}/phien-ban/2?so_voi=1").text
    assert secret in state.get(f"/muc/csdl/{name}/phien-ban/2?so_voi=1").text
    assert public.get(f"/muc/csdl/{name}/phien-ban/9").status_code == 404
    assert public.get(f"/muc/csdl/{name}/phien-ban/1?so_voi=x").status_code == 404
    assert public.get(f"/muc/khong/{name}/phien-ban/1").status_code == 404


def test_an_entry_tells_its_life_day_by_day(lived):
    with lived.reading() as register:
        view = register.by_ids([lived.ids["Sở Đổi Tên"]])[lived.ids["Sở Đổi Tên"]]
    page = Browser(lived, Role.REVIEWER).get(f"/doc/co-quan/{view.local_id}").text

    assert "Dòng thời gian" in page
    assert "Sửa: Tên cơ quan" in page
    assert "01/03/2025" in page


@pytest.mark.parametrize(
    ("day", "status"), [("0001-01-01", 400), ("1950-01-01", 200), ("9999-12-30", 200)]
)
def test_no_day_is_too_far(lived, day, status):
    assert lived.client().get(f"/thay-doi?den={day}").status_code == status


def test_the_table_is_what_the_public_sees_whoever_asks(lived):
    path = "/thay-doi.csv?tu=2025-01-01&den=2026-01-01"
    signed_in, public = (
        Browser(lived, Role.REVIEWER).get(path),
        lived.client().get(path),
    )
    assert signed_in.data == public.data
    assert "tech_contact" not in public.text
