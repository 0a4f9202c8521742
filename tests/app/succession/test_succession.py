"""Agencies merge, split and end: everything of theirs moves in one act, and every day before it stays as it was."""

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest
from people import Browser, number_of, sheet
from province import BEFORE, DAY, Province, settled
from rdflib import PROV, XSD, Graph, Literal, URIRef
from sqlalchemy import select
from support import PATH, agency, code

from app import clock, journal
from app.accounts import service as accounts
from app.accounts.models import FormerAgency, Post
from app.documents.tables import sheets
from app.errors import FourEyesError, InvalidError
from app.operations import audits
from app.permissions import Action, Actor, Role
from app.register import codes
from app.register.codes import CodeStatus
from app.register.standing import State
from app.succession import plan
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.inputs import ProposalRequest, Recommend
from app.workflow.proposals.models import Involvement, Proposal, Severity
from catalog_schema.profile import Stage

pytestmark = pytest.mark.slow


@pytest.fixture
def province(office):
    return settled(office)


def refused(province, *args, **more):
    return rejected(province, "succession", province.content(*args, **more))


@pytest.mark.slow
def test_three_departments_merge_with_everything_that_is_theirs(province):
    one, two, three, new = (
        province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Ba", "Sở Mới")
    )
    unit = province.agency("Trung tâm", one)
    province.code("Y19.1.1", unit, "Y19.1")
    owned = [
        entry
        for owner, count in ((one, 14), (two, 13), (three, 13))
        for entry in province.databases(owner, count)
    ]
    for owner in (one, two, three):
        province.hire(owner, 3)
    asked = [
        proposal
        for owner in (one, two, three)
        for proposal in province.propose(owner, 4)
    ]
    before = province.everything(BEFORE)

    shown = province.plan("hop-nhat", [one, two, three], [new])
    province.succeed("hop-nhat", [one, two, three], [new])

    assert {what: len(shown.of(what)) for what in plan.LineKind} == {
        "ends": 3, "renamed": 0, "agency": 1, "entry": 40, "code-closed": 4, "code-issued": 1,
        "proposal": 12, "case": 0, "post": 9, "restored": 0, "left": 0,
    }  # fmt: skip
    assert {province.view(entry).content["owner"] for entry in owned} == {str(new)}
    assert [province.view(one_).state for one_ in (one, two, three)] == [
        State.ENDED
    ] * 3
    assert province.view(one).content["successor"] == [str(new)]
    assert province.view(unit).content["parent"] == str(new)
    with province.office.system.database.reading() as session:
        moved = list(session.scalars(select(Proposal).where(Proposal.id.in_(asked))))
        assert len(moved) == 12
        assert {(p.agency_id, p.content["owner"], p.status) for p in moved} == {
            (new, str(new), "submitted")
        }
        assert len(accounts.posts_of(session, new)) == 9
        assert len(list(session.scalars(select(FormerAgency)))) == 9
        assert journal.verify(journal.rows(session))[1] is None
        assert audits.altered_versions(session, province.office.system.profile) == []
        assert audits.nonconforming(session, province.office.system.profile) == []
    assert province.everything(BEFORE) == before
    with province.office.reading() as register:
        answers = codes.resolve(register, ["y19.1", "Y19.2", "Y19.1.1"])
    assert [(a.standing, [v.title for v in a.names]) for a in answers] == [
        (CodeStatus.CLOSED, ["Y19.4"]), (CodeStatus.CLOSED, ["Y19.4"]), (CodeStatus.CLOSED, ["Y19.4.1"]),
    ]  # fmt: skip
    assert answers[2].hits[0].entry.content["closed_by"] == province.decision


def test_services_systems_code_lists_and_concepts_move_like_databases(province):
    one, new, office = (
        province.agencies["Sở Một"],
        province.agencies["Sở Mới"],
        province.office,
    )
    (held,) = province.databases(one, 1)
    given = {
        "title": {"vi": "Của Sở Một"},
        "description": {"vi": "Mô tả"},
        "owner": str(one),
        "certainty": "co-quan-khai",
    }
    service_ = {
        **given, "record_kind": "goc", "theme": ["ENVI"], "lifecycle": "dang-van-hanh", "serves": [str(held)],
        "endpoint": "https://so.example/api", "channel": "lgsp", "access_rights": "RESTRICTED", "state_secret": False,
    }  # fmt: skip
    concept = {
        "title": {"vi": "Số thửa"}, "definition": {"vi": "Số thứ tự của thửa"}, "object_class": {"vi": "Thửa"},
        "property": {"vi": "Số"}, "personal_data": "khong", "authoritative": str(held), "owner": str(one),
        "value_domain": {"type": "so-nguyen"}, "certainty": "co-quan-khai",
    }  # fmt: skip
    codes_ = [
        {"notation": "01", "label": {"vi": "Một"}},
        {"notation": "02", "label": {"vi": "Hai"}, "broader": "01"},
    ]
    since = {"effective_from": BEFORE}
    entered = [
        office.enter("data-service", service_, **since),
        office.enter(
            "information-system",
            {
                **given,
                "lifecycle": "dang-van-hanh",
                "holds": [str(held)],
                "state_secret": False,
            },
            **since,
        ),
        office.enter("code-list", {**given, "concepts": codes_}, **since),
        office.enter("data-concept", concept, **since),
    ]

    shown = province.plan("sap-nhap", [one], [new])
    province.succeed("sap-nhap", [one], [new])

    named = {item.title for item in shown.of(plan.LineKind.ENTRY)}
    assert len(shown.of(plan.LineKind.ENTRY)) == 5, named
    assert {province.view(entry).content["owner"] for entry in entered} == {str(new)}


def test_who_searches_for_an_old_name_or_code_is_led_to_what_came_after(province):
    one, new = province.agencies["Sở Một"], province.agencies["Sở Mới"]
    province.succeed("sap-nhap", [one], [new])
    province.office.system.follow()
    client = province.office.client()

    for asked in ("Sở Một", "so mot", "Y19.1"):
        page = client.get("/tim-kiem", query_string={"q": asked}).text
        assert re.search(r"Nay là: <a[^>]*>(Sở Mới|Y19)", page), asked


def test_open_proposals_go_on_under_the_new_owner_and_four_eyes_still_holds(province):
    one, new = province.agencies["Sở Một"], province.agencies["Sở Mới"]
    (entry,) = province.databases(one, 1)
    province.hire(one, 1)
    author = province.people[one][0]
    office = province.office
    asked = province.amend(entry, author, title={"vi": "Tên sửa"})
    office.act(asked, Action.TAKE, Role.REVIEWER)

    province.succeed("sap-nhap", [one], [new])
    with office.system.database.transaction() as session:
        post = accounts.add_post(session, new, "Thẩm định viên", Role.REVIEWER)
        barred = Actor(author.person_id, post.id, Role.REVIEWER, new)
        desk = Desk(session, office.system.profile, barred, office.system.office)
        with pytest.raises(FourEyesError):
            service.act(
                desk,
                asked,
                session.get(Proposal, asked).lock_version,
                Recommend(),
            )
    office.act(asked, Action.RECOMMEND, Role.REVIEWER)
    office.act(asked, Action.APPROVE, Role.APPROVER)

    view = province.view(entry)
    assert (view.title, view.content["owner"]) == ("Tên sửa", str(new))
    with office.system.database.reading() as session:
        actions = [
            row.action
            for row in proposals.history(session, session.get(Proposal, asked))
        ]
        assert session.get(Involvement, (asked, author.person_id)) is not None
    names = ("propose", "submit", "take", "moved", "recommend", "approve")
    assert actions == [*(f"proposal.{name}" for name in names), "entry.amended"]


def test_a_split_moves_what_is_assigned_and_nothing_else(province):
    one, two, new = (province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    kept, given = province.databases(one, 2)
    unit = province.agency("Chi cục", one)
    province.code("Y19.1.1", unit, "Y19.1")
    province.code("Y19.1.1.7", province.agency("Hạt", unit), "Y19.1.1")
    province.hire(one, 2)
    before = province.everything(BEFORE)
    chosen = [
        province.view(given).local_id,
        province.view(unit).local_id.lower(),
        "Vị trí Đầu mối 1",
    ]
    assignment = [
        {"item": item, "to": str(to)}
        for item, to in zip(chosen, (new, two, two), strict=True)
    ]

    province.succeed("tach", [one], [new, two], assignment=assignment)

    assert province.view(one).state is State.IN_FORCE
    assert "successor" not in province.view(one).content
    assert [province.view(entry).content["owner"] for entry in (kept, given)] == [
        str(one),
        str(new),
    ]
    assert province.view(unit).content["parent"] == str(two)
    with province.office.system.database.reading() as session:
        assert [post.title for post in accounts.posts_of(session, one)] == ["Đầu mối 0"]
        assert [post.title for post in accounts.posts_of(session, two)] == ["Đầu mối 1"]
    after = province.codes()
    assert {value: view.content["status"] for value, view in after.items() if value.count(".") > 1} == {
        "Y19.1.1": "da-dong", "Y19.1.1.7": "da-dong", "Y19.2.1": "dang-dung", "Y19.2.1.7": "dang-dung",
    }  # fmt: skip
    assert after["Y19.1"].content["status"] == "dang-dung"
    assert province.everything(BEFORE) == before


def test_one_that_begins_next_month_moves_people_on_the_day_and_keeps_what_is_amended_meanwhile(
    province,
):
    one, new = province.agencies["Sở Một"], province.agencies["Sở Mới"]
    (entry,) = province.databases(one, 1)
    province.hire(one, 1)
    office = province.office
    start = clock.today() + timedelta(days=31)
    province.succeed("sap-nhap", [one], [new], day=start)
    (asked,) = province.propose(one, 1)
    amended = province.amend(
        entry, province.people[one][0], title={"vi": "Tên sửa giữa chừng"}
    )
    for action, who in PATH[1:]:
        office.act(amended, action, who)
    late = province.databases(one, 1, since=clock.today())[0]

    assert province.view(entry).content["owner"] == str(one)
    assert province.view(one).state is State.IN_FORCE
    assert province.view(entry, start).content["owner"] == str(new)
    with office.system.database.reading() as session:
        assert session.get(Proposal, asked).agency_id == one
    with clock.frozen(clock.midnight(start)):
        for _ in range(2):
            office.system.do_due()
        for moved, title in ((entry, "Tên sửa giữa chừng"), (late, f"CSDL {one} 0")):
            view = province.view(moved)
            assert (view.title, view.content["owner"]) == (title, str(new))
        with office.system.database.reading() as session:
            assert session.get(Proposal, asked).agency_id == new
            assert session.get(Proposal, asked).content["owner"] == str(new)
            assert [
                post.agency_id
                for post in session.scalars(
                    select(Post).where(Post.title == "Đầu mối 0")
                )
            ] == [new]
            assert len(list(session.scalars(select(FormerAgency)))) == 1
            assert (
                audits.altered_versions(session, province.office.system.profile) == []
            )
        office.act(asked, Action.TAKE, Role.REVIEWER)


def test_a_change_of_name_keeps_the_code_and_names_its_holder_anew(province):
    one = province.agencies["Sở Một"]
    province.succeed("doi-ten", [one], [], new_name={"vi": "Sở Đầu Tiên"})

    assert [province.view(one, day).title for day in (BEFORE, DAY)] == [
        "Sở Một",
        "Sở Đầu Tiên",
    ]
    held = province.codes()["Y19.1"]
    assert (held.content["status"], held.content["holder_name"]) == (
        "dang-dung",
        {"vi": "Sở Đầu Tiên"},
    )
    assert province.codes(BEFORE)["Y19.1"].content["holder_name"] == {
        "vi": "Cơ quan thử"
    }


def test_the_whole_tree_of_a_level_one_code_closes_with_it(office):
    made = Province(office)
    made.decision = str(office.law())
    old, new = made.agency("UBND tỉnh Cũ"), made.agency("UBND tỉnh Mới")
    made.code("Y10", old)
    made.code("Y19", new)
    part = made.agency("Sở của tỉnh cũ", old)
    made.code("Y10.3", part, "Y10")
    made.code("Y10.3.1", made.agency("Phòng"), "Y10.3")
    made.code("Y10.9", made.agency("Đơn vị không có cấp trên"), "Y10")

    made.succeed("sap-nhap", [old], [new])

    after = made.codes()
    assert {value for value, view in after.items() if view.content["status"] == "dang-dung"} == {
        "Y19", "Y19.1", "Y19.1.1", "Y19.2",
    }  # fmt: skip
    assert {value for value, view in after.items() if view.content["status"] == "da-dong"} == {
        "Y10", "Y10.3", "Y10.3.1", "Y10.9",
    }  # fmt: skip
    assert made.view(part).content["parent"] == str(new)


def test_what_cannot_be_is_refused_with_the_field_and_the_mend(province):
    one, two, new = (province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    unit = province.agency("Chi cục", one)
    (entry,) = province.databases(one, 1)
    later = province.agency(
        "Sở Mai Sau", province.root, since=DAY + timedelta(days=400)
    )
    province.succeed("sap-nhap", [two], [new])

    assert (
        "đúng 1 cơ quan ở “Đến cơ quan”; đang có 2"
        in refused(province, "sap-nhap", [one], [new, unit])["resulting"]
    )
    assert "từ 2 trở lên" in refused(province, "hop-nhat", [one], [new])["original"]
    assert "vừa ở" in refused(province, "sap-nhap", [one], [one])["resulting"]
    assert (
        "đã hết hiệu lực từ 01/03/2025"
        in refused(province, "sap-nhap", [one], [two])["resulting"]
    )
    assert "đã hết hiệu lực" in refused(province, "sap-nhap", [two], [one])["original"]
    assert (
        "đăng ký cơ quan đó có hiệu lực"
        in refused(province, "sap-nhap", [one], [later])["resulting"]
    )
    assert (
        province.view(entry).local_id
        in refused(province, "chia", [one], [new, unit])["assignment"]
    )
    assert (
        province.view(entry).local_id
        in refused(province, "giai-the", [one], [])["assignment"]
    )
    assert (
        "giao ít nhất một thứ" in refused(province, "tach", [one], [new])["assignment"]
    )
    strange = [{"item": "CSDL-9999", "to": str(new)}]
    assert (
        "Không có “csdl-9999”"
        in refused(province, "tach", [one], [new], assignment=strange)["assignment"]
    )
    below = [{"item": province.view(one).local_id, "to": str(unit)}]
    assert (
        "nằm dưới chính nó"
        in refused(province, "tach", [province.root], [unit], assignment=below)[
            "resulting"
        ]
    )
    assert "new_name" in refused(province, "doi-ten", [one], [])


def test_a_succession_that_was_entered_is_not_amended(province):
    entry = province.succeed(
        "sap-nhap", [province.agencies["Sở Một"]], [province.agencies["Sở Mới"]]
    )
    content = province.content(
        "sap-nhap", [province.agencies["Sở Hai"]], [province.agencies["Sở Mới"]]
    )
    proposal = province.office.propose(
        "succession", content, type="amend", entry_id=entry
    )
    with pytest.raises(InvalidError) as error:
        province.office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    assert any(
        "lập một việc đính chính" in found.message for found in error.value.fields
    )


def test_a_wrong_one_is_corrected_by_a_further_act_and_both_stay_on_record(province):
    one, two, new = (province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    unit = province.agency("Trung tâm", one)
    province.code("Y19.1.1", unit, "Y19.1")
    first, changed = province.databases(one, 2)
    province.hire(one, 1)
    province.hire(new, 1)
    (asked,) = province.propose(one, 1)
    before = province.everything(DAY)
    with province.office.reading() as register:
        known = register.at.known_at
    wrong = province.succeed("sap-nhap", [one], [new])
    amended = province.amend(
        changed, province.people[new][0], title={"vi": "Sửa sau kế thừa"}
    )
    for action, who in PATH[1:]:
        province.office.act(amended, action, who)

    fix = province.succeed("dinh-chinh", [new], [one], corrects=str(wrong))

    after = province.everything(DAY)
    assert {iri for iri in before if after[iri] != before[iri]} == {
        province.view(changed).iri
    }
    # decided since: it needs a decision of its own
    assert province.view(changed).content["owner"] == str(new)
    assert province.view(first).content["owner"] == str(one)
    assert province.view(one).state is State.IN_FORCE
    codes_now = province.codes()
    assert (
        codes_now["Y19.1"].content["status"],
        codes_now["Y19.4.1"].content["status"],
    ) == ("dang-dung", "da-dong")
    with province.office.system.database.reading() as session:
        assert session.get(Proposal, asked).agency_id == one
        assert session.get(Proposal, asked).content["owner"] == str(one)
        assert [post.title for post in accounts.posts_of(session, one)] == ["Đầu mối 0"]
        assert journal.verify(journal.rows(session))[1] is None
        assert audits.altered_versions(session, province.office.system.profile) == []
    assert province.view(wrong).state is State.IN_FORCE
    assert province.view(fix).content["corrects"] == str(wrong)
    with province.office.reading(as_of=DAY, known_at=known) as register:
        assert register.by_ids([one])[one].state is State.IN_FORCE
    assert (
        "đã được đính chính"
        in refused(province, "dinh-chinh", [new], [two], corrects=str(wrong))[
            "corrects"
        ]
    )


def test_the_preview_shows_what_moves_and_lets_each_thing_be_given_to_another(province):
    office, one, two, new = (
        province.office,
        *(province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới")),
    )
    first, second = province.databases(one, 2)
    province.hire(one, 1)
    province.propose(one, 1)
    proposal = office.propose("succession", province.content("chia", [one], [new, two]))
    number = number_of(office, proposal)
    registrar = Browser(office, Role.REGISTRAR)
    page = registrar.get(f"/phieu/{number}/tac-dong").text
    assert "Mục trong danh mục chuyển sang (2)" in page
    assert "Phiếu đang mở chuyển sang (1)" in page
    # what another agency is drafting is counted, not shown
    assert f"Mới {one} 0" not in page
    keys = {entry: province.view(entry).local_id for entry in (first, second)}
    lock = re.search(r'name="lock" value="(\d+)"', page)[1]

    chosen = {
        f"giao.{keys[first]}": str(two),
        f"giao.{keys[second]}": str(new),
        "lock": lock,
    }
    registrar.post(f"/phieu/{number}/tac-dong", chosen)
    with office.desk() as desk:
        kept = proposals.get(desk, proposal).content["assignment"]
        seen = proposals.problems(desk, proposals.get(desk, proposal), Stage.SUBMIT)
    assert {row["item"]: row["to"] for row in kept} == {
        keys[first]: str(two),
        keys[second]: str(new),
    }
    assert [one.message for one in seen if one.field == "assignment"] == []
    stale = registrar.post(f"/phieu/{number}/tac-dong", chosen)
    assert stale.status_code == 409


def test_a_correction_is_begun_on_the_page_of_what_was_wrong_with_all_that_comes_back(
    province,
):
    office = province.office
    one, new = province.agencies["Sở Một"], province.agencies["Sở Mới"]
    first, second = province.databases(one, 2)
    wrong = province.view(province.succeed("sap-nhap", [one], [new]))
    registrar = Browser(office, Role.REGISTRAR)
    path = f"/doc/ke-thua/{wrong.local_id}"
    assert "Lập phiếu đính chính" in registrar.get(path).text
    assert "Lập phiếu đính chính" not in Browser(office).get(path).text

    begun = registrar.post(f"/muc/ke-thua/{wrong.local_id}/dinh-chinh")
    preview = registrar.get(begun.location).text
    assert "Trở về như trước" in preview
    assert "Lưu phân công" not in preview
    for entry in (first, second, one):
        assert province.view(entry).local_id in preview
    number = int(re.search(r"/phieu/(\d+)", begun.location)[1])
    with office.desk() as desk:
        proposal = proposals.by_number(desk, number)
        found = proposals.problems(desk, proposal, Stage.SUBMIT)
        correction = proposal.id
        told = {**proposal.content, "decision": province.decision}
    office.act(correction, Action.EDIT, Role.REGISTRAR, content=told)
    assert [one for one in found if one.severity is Severity.ERROR] == []
    for action, who in PATH:
        office.act(correction, action, who)

    assert province.view(first).content["owner"] == str(one)
    assert province.view(one).state is State.IN_FORCE
    after = registrar.get(path).text
    assert "Đã đính chính" in after
    assert "Lập phiếu đính chính" not in after


def test_a_correction_of_what_is_no_act_shows_a_page_all_the_same(province):
    office = province.office
    agency = province.agencies["Sở Một"]
    for corrects in (agency, UUID(int=7)):
        content = province.content("dinh-chinh", [agency], [], corrects=str(corrects))
        number = number_of(office, office.propose("succession", content))
        browser = Browser(office, Role.REGISTRAR)
        for page in ("", "/tac-dong"):
            assert browser.get(f"/phieu/{number}{page}").status_code == 200


def test_the_department_opens_proposals_about_what_others_hold(province):
    held = province.codes()["Y19.1"]
    page = f"/doc/ma-dinh-danh/{held.local_id}"

    assert 'value="amend"' in Browser(province.office, Role.REGISTRAR).get(page).text
    assert 'value="amend"' not in Browser(province.office, "elsewhere").get(page).text
    assert 'value="amend"' not in Browser(province.office).get(page).text


def test_an_agency_says_in_rdf_what_changed_it_and_from_what_it_came(province):
    one, new = province.agencies["Sở Một"], province.agencies["Sở Mới"]
    entry = province.view(province.succeed("sap-nhap", [one], [new]))
    client, org = province.office.client(), "http://www.w3.org/ns/org#"

    def said(view):
        word = {"agency": "co-quan", "succession": "ke-thua"}[view.kind]
        return Graph().parse(
            data=client.get(f"/doc/{word}/{view.local_id}.ttl").data, format="turtle"
        )

    event, old, came = URIRef(entry.iri), province.view(one), province.view(new)
    graph = said(entry)
    assert (event, URIRef(org + "originalOrganization"), URIRef(old.iri)) in graph
    assert (event, URIRef(org + "resultingOrganization"), URIRef(came.iri)) in graph
    ended = Literal("2025-03-01T00:00:00+07:00", datatype=XSD.dateTime)
    assert (event, PROV.endedAtTime, ended) in graph
    assert (URIRef(old.iri), URIRef(org + "changedBy"), event) in said(old)
    assert (URIRef(came.iri), URIRef(org + "resultedFrom"), event) in said(came)


def test_an_agency_that_others_name_does_not_simply_end(province):
    one = province.agencies["Sở Một"]
    (entry,) = province.databases(one, 1)
    proposal = province.office.propose("agency", {}, type="end", entry_id=one)
    with pytest.raises(InvalidError) as error:
        province.office.act(proposal, Action.SUBMIT, Role.REGISTRAR, reason="Thử")
    assert [
        province.view(entry).local_id in found.message for found in error.value.fields
    ] == [True]


def test_no_agency_stands_below_itself(province):
    unit = province.agency("Trung tâm", province.agencies["Sở Một"])
    content = agency("Sở Một", parent=str(unit))
    found = rejected(
        province, "agency", content, type="amend", entry_id=province.agencies["Sở Một"]
    )
    assert "dưới chính nó" in found["parent"]


def test_a_code_closes_with_all_below_it_and_never_opens_again(province):
    one = province.agencies["Sở Một"]
    province.code("Y19.1.1", province.agency("Phòng", one), "Y19.1")
    province.code("Y19.1.1.1", province.agency("Tổ", one), "Y19.1.1")
    shut = province.codes()["Y19.1"]
    closed = {
        **shut.content,
        "status": "da-dong",
        "closing_reason": "Thu hồi",
        "validity": {"end": DAY.isoformat()},
    }
    province.office.enter(
        "identifier-code", closed, type="amend", entry_id=shut.id, effective_from=DAY
    )

    statuses = {
        value: view.content["status"]
        for value, view in province.codes().items()
        if value.startswith("Y19.1")
    }
    assert set(statuses.values()) == {"da-dong"}
    assert province.codes()["Y19.1.1.1"].content["closing_reason"] == "Thu hồi"
    assert province.codes(BEFORE)["Y19.1.1"].content["status"] == "dang-dung"
    assert (
        "không mở lại"
        in rejected(
            province, "identifier-code", shut.content, type="amend", entry_id=shut.id
        )["status"]
    )
    below = code("Y19.1.9", None, parent_code=str(shut.id))
    assert (
        "Mã cấp trên không được dùng"
        in rejected(province, "identifier-code", below)["parent_code"]
    )


@pytest.mark.parametrize("value", ["y19.9", "Υ19.9", "Y19 .9"])
def test_a_code_in_other_letters_is_refused_with_the_one_that_was_meant(
    province, value
):
    content = code(value, None, parent_code=str(province.codes()["Y19"].id))
    assert "Có phải Y19.9?" in rejected(province, "identifier-code", content)["value"]


@pytest.mark.parametrize("value", ["Ｙ19.9", "Y19.９", "Y19.\u200b9"])
def test_a_code_in_letters_of_another_width_is_taken_as_it_was_meant(province, value):
    content = code(value, None, parent_code=str(province.codes()["Y19"].id))
    with province.office.desk() as desk:
        proposal = service.propose(desk, ProposalRequest("identifier-code", content))
        assert proposal.content["value"] == "Y19.9"
        found = proposals.problems(desk, proposal, Stage.SUBMIT)
    assert "value" not in [one.field for one in found]


def test_a_unit_code_that_another_agency_still_has_is_pointed_out(province):
    unit = {"administrative_unit": {"code": "25001", "name": {"vi": "Xã"}}}
    province.agency("UBND xã Một", **unit)
    with province.office.desk() as desk:
        proposal = service.propose(
            desk, ProposalRequest("agency", agency("UBND xã Hai", **unit))
        )
        found = proposals.problems(desk, proposal, Stage.SUBMIT)
    assert [
        "đang là của “UBND xã Một”" in one.message
        for one in found
        if one.rule == "unit-once"
    ] == [True]


def rejected(province, kind, content, **more):
    proposal = province.office.propose(kind, content, **more)
    with pytest.raises(InvalidError) as error:
        province.office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    return {found.field: found.message for found in error.value.fields}


def test_a_reorganisation_of_many_is_sent_from_one_spreadsheet_or_not_at_all(province):
    browser = Browser(province.office, Role.REGISTRAR)
    model = sheets.read(browser.get("/dang-ky/mau.xlsx?kind=succession").data)
    assert {
        "Nội dung sắp xếp",
        "Hình thức",
        "Từ cơ quan",
        "Có hiệu lực từ ngày",
    } <= set(model[0][1])
    head = [
        "STT",
        "Nội dung sắp xếp",
        "Hình thức",
        "Từ cơ quan",
        "Đến cơ quan",
        "Có hiệu lực từ ngày",
    ]
    head += ["Quyết định, nghị quyết", "Mức xác thực"]
    tail = ["01/03/2025", "1/2026/QĐ-UBND", "Do cơ quan kê khai"]
    rows = [
        [1, "Sáp nhập một", "Sáp nhập vào cơ quan đang có", "Sở Một", "Sở Mới", *tail],
        [2, "Hợp nhất", "hop-nhat", "Sở Hai|Sở Ba", "Sở Mới", *tail],
    ]
    wrong = [*rows, [3, "Sai", "sap-nhap", "Sở Không Có", "Sở Mới", *tail]]

    shown = browser.upload("succession", sheet(head, *wrong).getvalue())
    assert "D4 “Từ cơ quan”" in html.unescape(shown.text), shown.text
    sent = browser.upload("succession", sheet(head, *rows).getvalue(), "send")
    assert "Đã gửi thẩm định 2 phiếu" in sent.text, sent.text
    with province.office.system.database.reading() as session:
        found = session.scalars(
            select(Proposal)
            .where(Proposal.kind == "succession")
            .order_by(Proposal.number)
        ).all()
    assert [(one.status, one.content["type"]) for one in found] == [
        ("submitted", "sap-nhap"),
        ("submitted", "hop-nhat"),
    ]
    assert browser.post("/dang-ky/tep", {"kind": "succession"}).status_code == 422

    third = [3, "Ba", *wrong[-1][2:]]
    pasted = "\n".join("\t".join(map(str, line)) for line in (head, third))
    again = browser.upload("succession", pasted.replace("Sở Không Có", "Sở Bốn"))
    assert "1 dòng đọc được" in again.text, again.text


def test_the_empty_spreadsheet_has_a_column_for_all_that_a_row_can_say(province):
    browser = Browser(province.office, Role.REGISTRAR)
    basis = province.office.law("7/2026/QĐ-UBND")
    number = province.office.get(basis).content["number"]
    head = sheets.read(browser.get("/dang-ky/mau.xlsx?kind=shared-database").data)[0][1]
    filled = {
        "Tên cơ sở dữ liệu": "CSDL từ tệp",
        "Mục đích": "Quản lý",
        "Nội dung dữ liệu": "Thửa đất",
        "Loại bản ghi": "Bản ghi gốc",
        "Cơ quan chủ quản": province.office.get(province.office.department).title,
        "Căn cứ pháp lý": number,
        "Đầu mối liên hệ › Tên đơn vị đầu mối": "Phòng Công nghệ",
        "Đầu mối liên hệ › Thư điện tử": "cntt@so.example",
        "Tần suất cập nhật dữ liệu": "DAILY",
        "Có chứa bí mật nhà nước": "Không",
    }
    lines = ["\t".join(head), "\t".join(filled.get(one, "") for one in head)]

    answer = browser.upload("shared-database", "\n".join(lines), "send")

    assert set(filled) - set(head) == set()
    assert "Đã gửi thẩm định 1 phiếu" in answer.text, answer.text


def test_whoever_takes_part_is_told_before_and_after_the_day(province):
    office = province.office
    with office.system.database.transaction() as session:
        session.get(
            Post, office.actors[Role.REGISTRAR].post_id
        ).agency_id = province.agencies["Sở Mới"]
    browser = Browser(office, Role.REGISTRAR)
    province.succeed(
        "sap-nhap",
        [province.agencies["Sở Một"]],
        [province.agencies["Sở Mới"]],
        day=clock.today(),
    )
    later = clock.today() + timedelta(days=40)
    province.succeed(
        "sap-nhap",
        [province.agencies["Sở Hai"]],
        [province.agencies["Sở Mới"]],
        day=later,
    )
    page = browser.get("/viec-cua-toi").text

    assert f"Đã có hiệu lực {clock.today():%d/%m/%Y}" in page
    assert f"Sắp có hiệu lực {later:%d/%m/%Y}" in page
