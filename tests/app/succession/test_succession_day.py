"""What waits for the day of a succession, and what a correction gives back of it, whatever was done in between."""

from datetime import date, timedelta

import pytest
from people import Browser, number_of
from province import overlapping, settled
from sqlalchemy import select
from support import PATH

from app import clock, journal
from app.operations import audits
from app.permissions import Role
from app.register.standing import State
from app.succession import execute
from app.workflow.intake.models import Intake
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.inputs import Edit, ProposalRequest
from app.workflow.proposals.models import Proposal
from catalog_schema.profile import Stage

pytestmark = pytest.mark.slow

START = clock.today() + timedelta(days=31)


@pytest.fixture
def province(office):
    return settled(office)


def on_the_day(province, day=START):
    return clock.frozen(clock.midnight(day))


def approved(province, proposal, path=PATH[1:]):
    for action, who in path:
        province.office.act(proposal, action, who)


def sound(province):
    """Say that no day has two versions of an entry, and that the journal holds."""
    with province.office.system.database.reading() as session:
        assert overlapping(session) == []
        assert journal.verify(journal.rows(session))[1] is None
        assert audits.altered_versions(session, province.office.system.profile) == []


def test_a_name_that_changes_next_month_is_kept_on_the_day_with_what_was_amended_meanwhile(
    province,
):
    office, one = province.office, province.agencies["Sở Một"]
    province.succeed("doi-ten", [one], [], day=START, new_name={"vi": "Sở Đầu Tiên"})
    amended = {**province.view(one).content, "homepage": "https://so.example/"}
    office.enter("agency", amended, type="amend", entry_id=one)
    held = province.codes()["Y19.1"]
    numbering = {**held.content, "numbering": {"width": 3}}
    office.enter("identifier-code", numbering, type="amend", entry_id=held.id)

    with on_the_day(province):
        office.system.do_due()
        view, code = province.view(one), province.codes()["Y19.1"]
    assert (view.title, view.content["homepage"]) == (
        "Sở Đầu Tiên",
        "https://so.example/",
    )
    assert (code.content["holder_name"], code.content["numbering"]) == (
        {"vi": "Sở Đầu Tiên"},
        {"width": 3},
    )
    sound(province)


def test_two_on_one_day_that_touch_the_same_entry_leave_one_version_of_it(province):
    office, one, two, new = (
        province.office,
        *(province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới")),
    )
    (entry,) = province.databases(one, 1)
    province.hire(one, 1)
    approved(
        province, province.amend(entry, province.people[one][0], operator=str(two))
    )
    province.succeed("sap-nhap", [one], [new], day=START)
    province.succeed("sap-nhap", [two], [new], day=START)
    approved(
        province,
        province.amend(entry, province.people[one][0], title={"vi": "Sửa giữa chừng"}),
    )

    with on_the_day(province):
        office.system.do_due()
        view = province.view(entry)
        with office.system.database.reading() as session:
            assert execute.due(session) == []
    assert (view.title, view.content["owner"], view.content["operator"]) == (
        "Sửa giữa chừng",
        str(new),
        str(new),
    )
    sound(province)


def test_one_that_cannot_be_carried_on_holds_no_other_up(province, monkeypatch):
    office, one, two, new = (
        province.office,
        *(province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới")),
    )
    province.hire(two, 1)
    wrong = province.succeed("sap-nhap", [one], [new], day=START)
    province.succeed("sap-nhap", [two], [new], day=START)
    carried = execute.settle

    def broken(profile, session, act_id):
        if act_id == wrong:
            raise KeyError("a fault of ours")
        carried(profile, session, act_id)

    monkeypatch.setattr(execute, "settle", broken)
    with on_the_day(province):
        office.system.do_due()
        with office.system.database.reading() as session:
            assert execute.due(session) == [wrong]
        monkeypatch.undo()
        office.system.do_due()
        with office.system.database.reading() as session:
            assert execute.due(session) == []


@pytest.mark.parametrize(
    "content",
    [
        {"title": "không phải nhóm"},
        {"title": {"vi": 5}},
        {"title": ["a"]},
        {"operator": [{"a": 1}], "title": {"vi": "Danh sách lạ"}},
        {"data_items": [["x"], 3]},
    ],
    ids=["text", "number", "list", "objects", "items"],
)
def test_a_draft_that_holds_anything_moves_too(province, content):
    office, one, new = (
        province.office,
        province.agencies["Sở Một"],
        province.agencies["Sở Mới"],
    )
    with office.desk() as desk:
        asked = service.propose(
            desk, ProposalRequest("shared-database", {**content, "owner": str(one)})
        )
        number = asked.id
    province.succeed("sap-nhap", [one], [new])
    with office.system.database.reading() as session:
        assert session.get(Proposal, number).content["owner"] == str(new)
    preview = office.propose(
        "succession",
        {**province.content("sap-nhap", [new], [province.root]), **content},
    )
    page = Browser(office, Role.REGISTRAR).get(
        f"/phieu/{number_of(office, preview)}/tac-dong"
    )
    assert page.status_code in (200, 404)


def test_what_was_out_of_date_before_is_out_of_date_still(province):
    office, one, new = (
        province.office,
        province.agencies["Sở Một"],
        province.agencies["Sở Mới"],
    )
    (entry,) = province.databases(one, 1)
    province.hire(one, 2)
    late = province.amend(
        entry, province.people[one][0], title={"vi": "Tên của người chậm"}
    )
    fresh = province.databases(one, 1)[0]
    asked = province.amend(
        fresh, province.people[one][0], title={"vi": "Tên của người kịp"}
    )
    approved(
        province,
        province.amend(
            entry, province.people[one][1], title={"vi": "Tên của người nhanh"}
        ),
    )

    province.succeed("sap-nhap", [one], [new])

    with office.system.database.reading() as session:
        assert proposals.superseded(session, session.get(Proposal, late))
        assert not proposals.superseded(session, session.get(Proposal, asked))
        assert session.get(Proposal, late).content["owner"] == str(new)


def test_what_is_made_from_what_stood_on_the_eve_is_no_news_on_the_day(province):
    office, one, new = (
        province.office,
        province.agencies["Sở Một"],
        province.agencies["Sở Mới"],
    )
    (entry,) = province.databases(one, 1)
    province.hire(one, 1)
    province.succeed("sap-nhap", [one], [new], day=START)
    asked = province.amend(entry, province.people[one][0], title={"vi": "Đang chờ"})
    with on_the_day(province):
        office.system.do_due()
        with office.system.database.reading() as session:
            assert not proposals.superseded(session, session.get(Proposal, asked))
        approved(province, asked)
        assert (province.view(entry).title, province.view(entry).content["owner"]) == (
            "Đang chờ",
            str(new),
        )


def test_drafts_of_others_are_counted_and_not_told(province):
    office, one, two = (
        province.office,
        province.agencies["Sở Một"],
        province.agencies["Sở Hai"],
    )
    province.hire(two, 1)
    with office.system.database.transaction() as session:
        desk = province.desk(session, province.people[two][0])
        draft = {"title": {"vi": "Bí mật của sở"}, "operator": str(one)}
        number = service.propose(desk, ProposalRequest("shared-database", draft)).number
    asked = office.propose("succession", province.content("giai-the", [one], []))
    for who in (Role.REGISTRAR, Role.REVIEWER):
        page = (
            Browser(office, who).get(f"/phieu/{number_of(office, asked)}/tac-dong").text
        )
        assert "Phiếu đang mở chuyển sang (1)" in page
        assert "Bí mật của sở" not in page
    with office.desk() as desk:
        found = proposals.problems(desk, proposals.get(desk, asked), Stage.SUBMIT)
    told = " ".join(one_.message for one_ in found)
    assert f"phiếu {number}" not in told


def test_a_correction_gives_back_what_was_amended_meanwhile_too(province):
    office, one, new = (
        province.office,
        province.agencies["Sở Một"],
        province.agencies["Sở Mới"],
    )
    first, second = province.databases(one, 2)
    province.hire(one, 1)
    wrong = province.succeed("sap-nhap", [one], [new], day=START)
    approved(
        province,
        province.amend(first, province.people[one][0], title={"vi": "Sửa giữa chừng"}),
    )
    with on_the_day(province):
        office.system.do_due()
        assert province.view(first).content["owner"] == str(new)
        province.succeed("dinh-chinh", [new], [one], day=START, corrects=str(wrong))
        for entry, title in ((first, "Sửa giữa chừng"), (second, f"CSDL {one} 1")):
            view = province.view(entry)
            assert (view.title, view.content["owner"]) == (title, str(one))
        assert province.view(one).state is State.IN_FORCE
        assert province.codes()["Y19.1"].content["status"] == "dang-dung"
    sound(province)


def test_whoever_decides_on_a_correction_is_told_what_it_leaves(province):
    office, one, new = (
        province.office,
        province.agencies["Sở Một"],
        province.agencies["Sở Mới"],
    )
    (entry,) = province.databases(one, 1)
    province.hire(new, 1)
    wrong = province.succeed("sap-nhap", [one], [new])
    approved(
        province,
        province.amend(entry, province.people[new][0], title={"vi": "Sửa sau"}),
    )
    with office.desk() as desk:
        content = province.content("dinh-chinh", [new], [one], corrects=str(wrong))
        asked = service.propose(desk, ProposalRequest("succession", content))
        found = proposals.problems(desk, asked, Stage.SUBMIT)
    told = [one_.message for one_ in found if one_.rule == "succession-left"]
    assert [province.view(entry).local_id in message for message in told] == [True]


def test_a_code_that_a_correction_gave_back_can_be_amended(province):
    office, one, new = (
        province.office,
        province.agencies["Sở Một"],
        province.agencies["Sở Mới"],
    )
    wrong = province.succeed("sap-nhap", [one], [new])
    province.succeed("dinh-chinh", [new], [one], corrects=str(wrong))
    held = province.codes()["Y19.1"]
    office.enter(
        "identifier-code",
        {**held.content, "numbering": {"width": 2}},
        type="amend",
        entry_id=held.id,
    )
    assert province.codes()["Y19.1"].content["numbering"] == {"width": 2}


def test_a_correction_gives_proposals_back_but_for_what_was_typed_since(province):
    office, one, two, new = (
        province.office,
        *(province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới")),
    )
    province.hire(one, 1)
    province.hire(two, 1)
    with office.system.database.transaction() as session:
        desk = province.desk(session, province.people[one][0])
        named = {
            "title": {"vi": "Hai cơ quan"},
            "owner": str(one),
            "operator": str(new),
        }
        draft = service.propose(desk, ProposalRequest("shared-database", named)).id
        edited = service.propose(
            desk, ProposalRequest("shared-database", {**named, "operator": str(one)})
        ).id
        desk = province.desk(session, province.people[two][0])
        foreign = service.propose(
            desk,
            ProposalRequest(
                "shared-database", {**named, "owner": str(two), "operator": str(one)}
            ),
        ).id
    wrong = province.succeed("sap-nhap", [one], [new])
    with office.system.database.transaction() as session:
        moved = session.get(Proposal, edited)
        desk = province.desk(session, province.moved(session, one))
        content = {**moved.content, "operator": str(two)}
        service.act(desk, edited, moved.lock_version, Edit(content=content))

    province.succeed("dinh-chinh", [new], [one], corrects=str(wrong))

    with office.system.database.reading() as session:
        found = {at: session.get(Proposal, at) for at in (draft, edited, foreign)}
        said = {
            at: (p.agency_id, p.content["owner"], p.content["operator"])
            for at, p in found.items()
        }
        kept = [revision.action for revision in found[draft].revisions]
    assert said == {
        draft: (one, str(one), str(new)),
        edited: (one, str(one), str(two)),
        foreign: (two, str(two), str(one)),
    }
    assert kept == ["former", "moved", "moved"]


def test_a_child_that_takes_its_parents_place_is_numbered_where_its_parent_was(
    province,
):
    one = province.agencies["Sở Một"]
    unit, sister = (
        province.agency("Chi cục Một", one),
        province.agency("Chi cục Hai", one),
    )
    province.code("Y19.1.1", unit, "Y19.1")
    province.code("Y19.1.2", sister, "Y19.1")
    province.code("Y19.1.1.3", province.agency("Hạt", unit), "Y19.1.1")

    province.succeed("sap-nhap", [one], [unit])

    after = province.codes()
    assert {value for value, view in after.items() if view.content["status"] == "dang-dung"} == {
        "Y19", "Y19.2", "Y19.3", "Y19.4", "Y19.5", "Y19.5.3", "Y19.5.1",
    }  # fmt: skip
    assert after["Y19.1"].content["successors"] == [str(after["Y19.5"].id)]
    assert after["Y19.5"].content["holder"] == str(unit)
    assert province.view(unit).content["parent"] == str(province.root)


def test_a_code_that_is_promised_is_given_to_nobody_else(province):
    one, two = province.agencies["Sở Một"], province.agencies["Sở Hai"]
    unit = province.agency("Chi cục", one)
    province.code("Y19.1.1", unit, "Y19.1")
    reviewer = Browser(province.office, Role.REVIEWER)
    reviewer.post(
        "/dot-nhap/cap-ma",
        {"parent": "Y19.2", "names": "Phòng", "status": "du-kien", "day": "01/10/2026"},
    )
    item = province.view(unit).local_id
    province.succeed("tach", [one], [two], assignment=[{"item": item, "to": str(two)}])
    with province.office.system.database.reading() as session:
        (reserved,) = session.scalars(select(Intake))
    assert [row["value"] for row in reserved.rows] == ["Y19.2.1"]
    assert province.codes()["Y19.2.2"].content["holder"] == str(unit)


def test_a_day_before_all_days_is_refused_in_words(province):
    asked = province.office.propose(
        "succession",
        province.content(
            "sap-nhap", [province.agencies["Sở Một"]], [province.root], day=date.min
        ),
    )
    browser = Browser(province.office, Role.REGISTRAR)
    assert (
        browser.get(f"/phieu/{number_of(province.office, asked)}/tac-dong").status_code
        == 200
    )
    with province.office.desk() as desk:
        found = proposals.problems(desk, proposals.get(desk, asked), Stage.SUBMIT)
    assert any("quá xa" in one.message for one in found)


def test_a_unit_deep_below_that_takes_everything_goes_on_where_the_top_was(province):
    """Its code lies below the one that closes, though it stands directly below nobody who ends."""
    one = province.agencies["Sở Một"]
    unit = province.agency("Chi cục", one)
    province.code("Y19.1.1", unit, "Y19.1")
    deep = province.agency("Trung tâm", province.root)
    province.code("Y19.1.1.1", deep, "Y19.1.1")

    province.succeed("sap-nhap", [one], [deep])

    after = province.codes()
    used = {
        value: view.content["holder"]
        for value, view in after.items()
        if view.content["status"] == "dang-dung"
    }
    assert used["Y19.5"] == str(deep)
    assert used["Y19.5.1"] == str(unit)
    assert after["Y19.1"].content["successors"] == [str(after["Y19.5"].id)]
