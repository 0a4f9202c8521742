"""What no agency declares comes with the register: compared with it, and entered as one act."""

from datetime import date

import pytest
from people import Browser
from support import opened_office

from app import clock, journal
from app.documents.tables import reference
from app.documents.tables.reference import Outcome, ReferenceFile
from app.errors import ConflictError, InvalidError
from app.notify import notices
from app.permissions import Role
from app.register import service as register
from app.register.filters import Filter
from app.register.queries import Register
from app.register.service import Order
from app.register.standing import State, moment
from app.workflow.context import Desk
from app.workflow.intake import service as intake
from fixtures import reference_files

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path)


def desk_of(office, session):
    actor, system = office.actors[Role.REVIEWER], office.system
    journal.acting(session, actor.person_id, actor.post_id)
    return Desk(session, system.profile, actor, system.office)


def plan(office, files=None):
    with office.system.database.reading() as session:
        desk = desk_of(office, session)
        return reference.plan(desk, files or reference_files.read())


def prepare(office, rows):
    with office.system.database.transaction() as session:
        desk = desk_of(office, session)
        return intake.prepare_several(desk, "Dữ liệu tham chiếu", rows).number


def confirm(office, number):
    browser = Browser(office, Role.APPROVER)
    answer = browser.post(f"/dot-nhap/{number}/xac-nhan", {"sure": "1"})
    assert answer.status_code == 302, answer.text


def titles(office, kind, day):
    with office.system.database.reading() as session:
        register = Register(session, office.system.profile, moment(session, day))
        criteria = Filter((kind,), (State.IN_FORCE,))
        return {view.title: view for view in register.all(criteria)}


def test_the_files_come_in_as_one_act_and_then_nothing_is_new(office):
    planned = plan(office)
    assert {row.outcome for row in planned} == {Outcome.NEW}
    number = prepare(office, [row.coming for row in planned])
    with pytest.raises(ConflictError):
        prepare(office, [row.coming for row in planned])
    approver = Browser(office, Role.APPROVER)
    assert f"/dot-nhap/{number}" in approver.get("/viec-cua-toi").text
    assert f"/dot-nhap/{number}" in approver.get("/dot-nhap").text
    notices.follow(
        office.system.database, office.system.profile, office.system.settings
    )
    assert f"/dot-nhap/{number}" in approver.get("/thong-bao").text
    shown = Browser(office, Role.APPROVER).get(f"/dot-nhap/{number}").text
    for told in ("Bộ Công an", "47/2020/NĐ-CP", "phường Long Thành", "Chưa xác minh"):
        assert told in shown
    confirm(office, number)

    before, after = date(2026, 4, 29), date(2026, 4, 30)
    assert "Ủy ban nhân dân tỉnh Đồng Nai" in titles(office, "agency", before)
    city = titles(office, "agency", after)["Ủy ban nhân dân thành phố Đồng Nai"]
    ward = titles(office, "agency", after)["Ủy ban nhân dân phường Lộc Ninh"]
    assert ward.content["parent"] == str(city.id)
    assert titles(office, "agency", before)["Ủy ban nhân dân xã Lộc Ninh"].id == ward.id
    code = titles(office, "identifier-code", after)["H19"]
    assert code.content["holder"] == str(city.id)
    laws = titles(office, "legal-document", after)
    assert laws["09/2025/QĐ-TTg"].local_id == "VB-0001"
    assert laws["47/2020/NĐ-CP"].local_id == "VB-0020"
    # what nobody has read is entered as unknown, and not left out
    concepts = titles(office, "data-concept", after).values()
    assert len(concepts) == 58
    assert sum("authoritative" in view.content for view in concepts) == 35
    databases = titles(office, "shared-database", after)
    ownerless = {
        title for title, view in databases.items() if not view.content.get("owner")
    }
    assert len(databases) == 20
    assert ownerless == {
        "Cơ sở dữ liệu quốc gia về xử lý vi phạm hành chính",
        "Cơ sở dữ liệu quốc gia về thủ tục hành chính",
    }
    again = {row.title: row for row in plan(office) if row.outcome is not Outcome.SAME}
    assert again == {}


def test_what_the_files_say_anew_is_shown_and_amends_from_its_day(office):
    head = "symbol,title.vi,kind,group,obligation,status,certainty,source_note,effective_from\n"
    row = "X 1,Tiêu chuẩn X,tieu-chuan-ky-thuat,ket-noi,{},chua-xac-dinh,tri-nho,nguồn,{}\n"

    def file(*rows):
        text = head + "".join(rows)
        return [ReferenceFile("data-standard", text.encode())]

    first = file(row.format("bat-buoc", "2025-01-01"))
    confirm(office, prepare(office, [one.coming for one in plan(office, first)]))
    new = file(
        row.format("bat-buoc", "2025-01-01"), row.format("khuyen-nghi", "2026-02-01")
    )
    same, changed = plan(office, new)

    assert same.outcome is Outcome.SAME
    assert changed.outcome is Outcome.CHANGED
    assert "Mức" in changed.coming.note or "khác: " in changed.coming.note
    confirm(office, prepare(office, [changed.coming]))
    of_january = titles(office, "data-standard", date(2026, 1, 31))["Tiêu chuẩn X"]
    of_february = titles(office, "data-standard", date(2026, 2, 1))["Tiêu chuẩn X"]
    assert of_january.content["obligation"] == "bat-buoc"
    assert of_february.content["obligation"] == "khuyen-nghi"
    assert of_january.id == of_february.id


def test_a_row_that_cannot_be_read_is_named_and_nothing_is_kept(office):
    text = "symbol,title.vi,kind\nX 2,Tiêu chuẩn,khong-co\n"
    planned = plan(office, [ReferenceFile("data-standard", text.encode())])

    with pytest.raises(InvalidError) as refused:
        prepare(office, [row.coming for row in planned])

    assert any("Tiêu chuẩn" in error.field for error in refused.value.fields)


def standard(*rows):
    head = "symbol,title.vi,kind,group,obligation,status,certainty,source_note"
    lines = [f"{head},effective_from", *rows]
    return [ReferenceFile("data-standard", "\n".join(lines).encode())]


ROW = "X 1,Tiêu chuẩn X,tieu-chuan-ky-thuat,ket-noi,{},chua-xac-dinh,tri-nho,nguồn,{}"


def loaded(office, *rows):
    planned = plan(office, standard(*rows))
    confirm(office, prepare(office, [row.coming for row in planned]))
    (held,) = [
        view
        for title, view in titles(office, "data-standard", clock.today()).items()
        if title == "Tiêu chuẩn X"
    ]
    return held


def amended(office, held, **changed):
    content = {**held.content, **changed}
    office.enter("data-standard", content, type="amend", entry_id=held.id)


def test_what_people_have_said_since_stays_when_the_files_say_something_else(office):
    held = loaded(office, ROW.format("bat-buoc", "open"))
    amended(office, held, version="2.0")

    (row,) = plan(office, standard(ROW.format("khuyen-nghi", "open")))
    assert row.outcome is Outcome.CHANGED
    confirm(office, prepare(office, [row.coming]))
    now = titles(office, "data-standard", clock.today())["Tiêu chuẩn X"].content
    assert (now["version"], now["obligation"]) == ("2.0", "khuyen-nghi")


def test_what_was_changed_while_it_waited_is_overwritten_by_nothing(office):
    held = loaded(office, ROW.format("bat-buoc", "open"))
    (row,) = plan(office, standard(ROW.format("khuyen-nghi", "open")))
    number = prepare(office, [row.coming])
    amended(office, held, version="2.0")

    answer = Browser(office, Role.APPROVER).post(
        f"/dot-nhap/{number}/xac-nhan", {"sure": "1"}
    )
    assert answer.status_code == 422
    assert "đã thay đổi từ khi chuẩn bị" in answer.text


def test_what_came_in_while_it_waited_does_not_come_twice(office):
    (row,) = plan(office, standard(ROW.format("bat-buoc", "open")))
    number = prepare(office, [row.coming])
    office.enter("data-standard", row.coming.content)

    answer = Browser(office, Role.APPROVER).post(
        f"/dot-nhap/{number}/xac-nhan", {"sure": "1"}
    )
    assert answer.status_code == 422
    assert "đã có trong danh mục từ khi chuẩn bị" in answer.text


def test_what_has_ended_is_left_to_people(office):
    held = loaded(office, ROW.format("bat-buoc", "2020-01-01"))
    with office.desk() as desk:
        order = Order(held.id, {})
        register.end(desk.session, held.id, clock.today(), order)

    (row,) = plan(office, standard(ROW.format("khuyen-nghi", "2020-01-01")))
    assert row.outcome is Outcome.ASIDE
