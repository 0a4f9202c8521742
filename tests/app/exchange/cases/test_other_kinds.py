from datetime import date, timedelta

import pytest
from casework import act, case_of, lands, opened, paper, request, sent, staffed, task
from sharing import connection
from support import agency

from app import clock
from app.errors import (
    ForbiddenError,
    FourEyesError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.exchange.cases import inputs, kinds, queries, service
from app.exchange.cases.inputs import Answer, Escalation, Extension, PaperAnswer
from app.exchange.cases.lifecycle import CaseStatus, Side
from app.operations import audits
from app.permissions import RIGHTS, Action, Role

CASE_ACTIONS = {action for kind in kinds.KINDS.values() for action in kind.rules} | {
    Action.READ_CASES
}


def obstacle(office, **more):
    return {
        "title": "Chưa rõ ai được xem dữ liệu hộ tịch",
        "type": "quyen-nghia-vu",
        "description": "Hai cơ quan hiểu khác nhau",
        "addressee": str(office.other),
        **more,
    }


def demand(office, **more):
    return {
        "title": "CSDL quốc gia về dân cư",
        "holder": str(office.other),
        "purpose": "Giải quyết thủ tục",
        **more,
    }


def test_the_table_of_rights_and_the_tables_of_cases_cover_each_other():
    known = {action for action in RIGHTS if "case" in action} | CASE_ACTIONS
    assert known == CASE_ACTIONS
    for kind in kinds.KINDS.values():
        for action, rule in kind.rules.items():
            assert RIGHTS[action], (kind.name, action)
            assert rule.word, (kind.name, action)


def test_every_kind_has_its_shape(office):
    assert set(kinds.KINDS) == set(office.system.profile.cases)


# -- obstacles


def test_an_obstacle_names_the_unclear_rule(office):
    wrong = obstacle(office, type="quy-dinh", article="khoản 2 Điều 16")
    number = opened(office, "obstacle", wrong)
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.SEND_CASE, Role.REGISTRAR)
    assert {error.field for error in refused.value.fields} == {"rule"}


def test_an_obstacle_goes_up_level_by_level_and_comes_back_answered(office):
    staffed(office)
    ministry = office.enter("agency", agency("Bộ Tư pháp", classification="bo"))
    law = office.law()
    content = obstacle(office, type="quy-dinh", rule=str(law), article="Điều 16")
    number = sent(office, "obstacle", content)
    first = case_of(office, number)
    assert (first.level, first.due_rule) == (1, "obstacle-days-7")

    act(office, number, Action.ANSWER_CASE, "elsewhere", Answer("Chưa rõ"))
    up = Escalation(ministry, "Vẫn chưa rõ")
    act(office, number, Action.ESCALATE, Role.REGISTRAR, up)
    assert case_of(office, number).level == 2
    other = office.enter("agency", agency("Văn phòng Chính phủ", classification="bo"))
    up = Escalation(other, "Bộ chuyển")
    act(office, number, Action.ESCALATE, Role.REGISTRAR, up)
    assert case_of(office, number).due_on is None  # no term was ever set up there
    with pytest.raises(TransitionError, match="mức cuối"):
        act(office, number, Action.ESCALATE, Role.REGISTRAR, Escalation(ministry, "x"))
    with office.desk(Role.REGISTRAR) as desk:
        assert Action.ESCALATE not in service.offered(desk, queries.get(desk, number))

    said = PaperAnswer(**paper(office), text="Được chia sẻ theo khoản 1")
    act(office, number, Action.ANSWER_ON_PAPER, Role.CLERK, said)

    assert case_of(office, number).answer["text"] == "Được chia sẻ theo khoản 1"
    with office.desk(Role.REVIEWER) as desk:
        found = queries.rule_cases(desk, law, "obstacle")
        assert [case.number for case in found] == [number]
    status = act(office, number, Action.FINISH_CASE, Role.REGISTRAR)
    assert status is CaseStatus.DONE


@pytest.mark.parametrize(
    ("day", "rule"),
    [(date(2024, 3, 4), "nd47-49-1"), (date(2026, 3, 4), "obstacle-days-7")],
)
def test_the_term_of_an_obstacle_is_that_of_its_level_and_day(office, day, rule):
    number = sent(office, "obstacle", obstacle(office), since=day)
    assert case_of(office, number).due_rule == rule


def test_what_is_answered_to_one_is_answered_to_all_that_were_gathered(office):
    ministry = office.enter("agency", agency("Bộ Tư pháp", classification="bo"))
    numbers = [sent(office, "obstacle", obstacle(office)) for _ in range(3)]
    content = obstacle(office, title="Kiến nghị chung", addressee=str(ministry))
    with pytest.raises(ForbiddenError), office.desk("elsewhere") as desk:
        service.gather(desk, numbers, content)
    with office.desk(Role.REVIEWER) as desk:
        into = service.gather(desk, numbers[:2], content).number
    act(office, into, Action.SEND_CASE, Role.REVIEWER)
    said = PaperAnswer(**paper(office), text="Đã sửa quy định")
    act(office, into, Action.ANSWER_ON_PAPER, Role.CLERK, said)

    statuses = [case_of(office, number).status for number in numbers]
    assert statuses == [CaseStatus.ANSWERED, CaseStatus.ANSWERED, CaseStatus.SENT]
    refused = pytest.raises(TransitionError, match="đã được gộp")
    with refused, office.desk(Role.REVIEWER) as desk:
        service.gather(desk, numbers[:1], content)


# -- tasks


def test_a_task_is_given_by_the_department_reported_by_its_lead_and_verified(office):
    staffed(office)
    with pytest.raises(ForbiddenError):
        opened(office, "task", task(office))
    number = sent(office, "task", task(office), Role.REVIEWER)
    progress = inputs.Progress("Đã khảo sát", "dang")
    act(office, number, Action.REPORT_PROGRESS, "elsewhere", progress)
    said = case_of(office, number).content
    assert said["progress"] == f"{clock.today():%d/%m/%Y}: Đã khảo sát"
    act(office, number, Action.REPORT_DONE, "elsewhere", Answer("Đã chạy"))
    assert case_of(office, number).content["state"] == "cho-kiem-chung"
    with pytest.raises(ForbiddenError):
        act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")

    status = act(office, number, Action.CONFIRM_ANSWER, Role.APPROVER)

    assert status is CaseStatus.DONE
    assert case_of(office, number).content["state"] == "da-kiem-chung"


def test_who_reported_a_task_of_the_department_does_not_verify_it(office):
    mine = task(office, lead=str(office.department))
    number = sent(office, "task", mine, Role.REVIEWER)
    act(office, number, Action.REPORT_DONE, Role.REVIEWER, Answer("Đã chạy"))
    with pytest.raises(FourEyesError):
        act(office, number, Action.CONFIRM_ANSWER, Role.REVIEWER)
    assert act(office, number, Action.CONFIRM_ANSWER, Role.APPROVER)


def test_a_content_says_the_same_in_every_task_that_serves_it(office):
    sent(office, "task", task(office), Role.REVIEWER)
    again = opened(office, "task", task(office, "NV-1"), Role.REVIEWER)
    with pytest.raises(InvalidError) as refused:
        act(office, again, Action.SEND_CASE, Role.REVIEWER)
    assert refused.value.fields[0].field == "code"
    other = task(office, "NV-2")
    other["contents"][0]["present"] = "Khác"
    number = opened(office, "task", other, Role.REVIEWER)
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.SEND_CASE, Role.REVIEWER)
    assert refused.value.fields[0].code == "same-text"
    assert sent(office, "task", task(office, "NV-2"), Role.REVIEWER)


def test_what_a_task_leaves_blank_is_settled_by_a_day(office):
    blank = {"title": "Kho dữ liệu", "code": "NV-4", "lead": str(office.other)}
    blank["contents"] = [{"code": "ND-4"}]
    number = opened(office, "task", blank, Role.REVIEWER)
    with pytest.raises(InvalidError):
        act(office, number, Action.SEND_CASE, Role.REVIEWER)
    settled = {**blank, "code": "NV-5", "settle_by": "2027-01-29"}
    assert sent(office, "task", settled, Role.REVIEWER)


def test_more_time_changes_the_day_of_the_task_itself(office):
    number = sent(office, "task", task(office), Role.REVIEWER)
    later = clock.today() + timedelta(days=900)
    act(
        office, number, Action.EXTEND_CASE, Role.REVIEWER, Extension(later, "Thiếu vốn")
    )
    case = case_of(office, number)
    assert (case.due_on, case.content["term_end"]) == (later, later.isoformat())


# -- demands


def test_a_demand_is_over_when_a_connection_is_live(office):
    staffed(office)
    database, _law = lands(office)
    waits = demand(office, database=str(database), waiting=[str(office.department)])
    number = sent(office, "demand", waits, Role.REVIEWER)
    said = PaperAnswer(**paper(office), text="Sẽ kết nối trong quý")
    act(office, number, Action.ANSWER_ON_PAPER, Role.CLERK, said)
    with pytest.raises(TransitionError, match="còn mở"):
        act(office, number, Action.FINISH_CASE, Role.REVIEWER)
    line = connection(
        "Dân cư",
        office.other,
        source=str(office.other),
        target=str(office.department),
        source_database=str(database),
    )
    office.enter("connection", line, "elsewhere")
    assert act(office, number, Action.FINISH_CASE, Role.REVIEWER) is CaseStatus.DONE


def test_demands_are_ranked_by_who_waits(office):
    database, law = lands(office)
    waits = [str(office.department), str(office.other)]
    few = sent(office, "demand", demand(office), Role.REVIEWER)
    many = sent(
        office,
        "demand",
        demand(office, title="Đất đai", waiting=waits, database=str(database)),
        Role.REVIEWER,
    )
    sent(office, "data-request", request(database, law))
    with office.desk(Role.REVIEWER) as desk:
        ranked = [(case.number, waiting) for case, waiting in queries.ranked(desk)]
    assert [number for number, _waiting in ranked] == [many, few]
    assert (ranked[0][1].agencies, ranked[0][1].requests) == (2, 1)


def test_what_is_late_is_counted_for_whoever_has_to_answer(office):
    sent(office, "obstacle", obstacle(office), since=date(2024, 3, 4))
    sent(office, "obstacle", obstacle(office))
    calendar = office.system.office.calendar
    with office.desk(Role.REVIEWER) as desk:
        load = queries.loads(desk, calendar)[0]
        mine = queries.page(desk, queries.CaseFilter(waits=Side.PARTY))
    assert (load.agency_id, load.open, load.late) == (office.other, 2, 1)
    assert load.longest > 100
    assert mine == []


# -- whose they are


def _opened(office, kind):
    """Send a case of a kind between the department and another agency."""
    database, law = lands(office)
    content, who = {
        "data-request": (request(database, law), Role.REGISTRAR),
        "obstacle": (obstacle(office), Role.REGISTRAR),
        "demand": (demand(office), Role.REVIEWER),
        "task": (task(office), Role.REVIEWER),
    }[kind]
    return sent(office, kind, content, who)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HEAD])
@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_a_stranger_reads_nothing_and_does_nothing(office, kind, role):
    number = _opened(office, kind)
    stranger = office.enter("agency", agency("Sở Y tế"))
    with office.system.database.transaction() as session:
        office.actors["stranger"] = office.hire(
            session, "la@thu.example", stranger, role
        )
    for action in kinds.KINDS[kind].rules:
        with pytest.raises(NotFoundError), office.desk("stranger") as desk:
            service.act(desk, number, 1, action)
    with office.desk("stranger") as desk:
        assert queries.page(desk, queries.CaseFilter()) == []
        assert queries.standing_on(desk, clock.today(), ()) == []


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_each_side_does_its_own_part_alone(office, kind):
    """What the table gives to one side, the other is neither offered nor let do."""
    number = _opened(office, kind)
    staffed(office)
    asks = (Role.REGISTRAR, Role.REVIEWER)
    answers = ("elsewhere", "head elsewhere")
    for action, rule in kinds.KINDS[kind].rules.items():
        others = {Side.ASKING: answers, Side.ANSWERING: asks}.get(rule.side, ())
        for who in others:
            with office.desk(who) as desk:
                offered = service.offered(desk, queries.get(desk, number))
            assert action not in offered, (action, who)
            with (
                pytest.raises((ForbiddenError, TransitionError)),
                office.desk(who) as desk,
            ):
                service.act(desk, number, 1, action)


# -- what was sent already


def test_what_a_sent_task_says_stays_complete_and_its_state_is_what_was_done(office):
    number = sent(office, "task", task(office), Role.REVIEWER)
    sent(office, "task", task(office, "NV-2"), Role.REVIEWER)
    for wrong, field in (({"lead": ""}, "lead"), ({"code": "NV-2"}, "code")):
        said = inputs.Edit(task(office, **wrong))
        with pytest.raises(InvalidError) as refused:
            act(office, number, Action.EDIT_CASE, Role.REVIEWER, said)
        assert field in {error.field for error in refused.value.fields}
    said = inputs.Edit(task(office, state="da-kiem-chung", term_end="2028-01-31"))
    act(office, number, Action.EDIT_CASE, Role.REVIEWER, said)
    case = case_of(office, number, Role.REVIEWER)
    assert "state" not in case.content
    assert case.due_on == date(2028, 1, 31)


def test_a_new_task_is_not_done_yet(office):
    wrong = task(office, state="da-kiem-chung")
    number = opened(office, "task", wrong, Role.REVIEWER)
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.SEND_CASE, Role.REVIEWER)
    assert {error.field for error in refused.value.fields} == {"state"}


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("data-request", {"items": 5}),
        ("data-request", {"database": "không phải mã"}),
        ("demand", {"waiting": 5}),
        ("demand", {"procedures": 7}),
        ("demand", {"expected_on": "cuối năm"}),
        ("task", {"partners": 5}),
        ("task", {"contents": "abc"}),
        ("task", {"contents": ["abc"]}),
        ("task", {"contents": [{"code": []}]}),
        ("obstacle", {"title": {"vi": "x"}}),
        ("obstacle", {"title": "x" * 301}),
        ("obstacle", {"title": ""}),
    ],
)
def test_what_has_another_form_is_refused_by_its_field(office, kind, wrong):
    with pytest.raises(InvalidError) as refused:
        opened(office, kind, {"title": "Thử", **wrong}, Role.REVIEWER)
    named = {error.field.split(".")[0] for error in refused.value.fields}
    assert named == set(wrong)


def test_nobody_to_ask_is_told_at_the_field_that_names_them(office):
    number = opened(office, "demand", {"title": "Thử"}, Role.REVIEWER)
    with office.desk(Role.REVIEWER) as desk:
        told = service.problems(desk, queries.get(desk, number))
    assert "holder" in {error.field for error in told}


# -- gathered


@pytest.fixture
def group(office):
    """Gather two obstacles, to go up to a ministry; return it and them."""
    staffed(office)
    ministry = office.enter("agency", agency("Bộ Tư pháp", classification="bo"))
    numbers = [sent(office, "obstacle", obstacle(office)) for _ in range(2)]
    content = obstacle(office, title="Kiến nghị", addressee=str(ministry))
    with office.desk(Role.REVIEWER) as desk:
        into = service.gather(desk, numbers, content).number
    return into, numbers


def waiting(office, who):
    with office.desk(who) as desk:
        found = queries.page(desk, queries.CaseFilter(waits=Side.PARTY))
        return {case.number for case in found}


def test_what_was_gathered_waits_for_the_one_answer(office, group):
    into, numbers = group
    assert not waiting(office, "elsewhere") & set(numbers)
    for who in ("elsewhere", Role.REGISTRAR):
        with office.desk(who) as desk:
            offered = set(service.offered(desk, queries.get(desk, numbers[0])))
        assert offered <= {Action.NOTE_CASE, Action.WITHDRAW_CASE}
    with office.desk(Role.REVIEWER) as desk:
        late = queries.loads(desk, office.system.office.calendar)
    assert office.other not in {load.agency_id for load in late}

    act(office, into, Action.SEND_CASE, Role.REVIEWER)
    said = PaperAnswer(**paper(office), text="Được chia sẻ")
    act(office, into, Action.ANSWER_ON_PAPER, Role.CLERK, said)
    assert set(numbers) <= waiting(office, Role.REGISTRAR)
    member = case_of(office, numbers[0])
    assert (
        member.answer["paper"]["file"] in dict(case_steps(office, numbers[0])).values()
    )

    ministry = office.enter("agency", agency("Bộ Công an", classification="bo"))
    up = Escalation(office.enter("agency", agency("Sở Y tế")), "Chưa rõ")
    act(office, numbers[0], Action.ESCALATE, Role.REGISTRAR, up)
    assert case_of(office, numbers[0]).group_id is None
    up = Escalation(office.department, "Chưa rõ")
    with pytest.raises(InvalidError) as refused:
        act(office, numbers[0], Action.ESCALATE, Role.REGISTRAR, up)
    assert "bộ" in refused.value.fields[0].message
    up = Escalation(ministry, "Chưa rõ")
    act(office, numbers[0], Action.ESCALATE, Role.REGISTRAR, up)
    with (
        pytest.raises(TransitionError, match="ở bộ"),
        office.desk(Role.REVIEWER) as desk,
    ):
        service.gather(desk, [numbers[0]], obstacle(office))


def case_steps(office, number):
    with office.desk(Role.REGISTRAR) as desk:
        return [(step.action, step.file) for step in queries.get(desk, number).steps]


def test_what_was_gathered_is_let_go_when_the_one_is_withdrawn(office, group):
    into, numbers = group
    act(office, into, Action.WITHDRAW_CASE, Role.REVIEWER, inputs.Reason("Nhầm"))
    assert set(numbers) <= waiting(office, "elsewhere")
    assert case_steps(office, numbers[0])[-1] == ("released", None)
    folder = office.system.settings.data_dir
    with office.system.database.transaction() as session:
        found = audits.differences(session, office.system.profile, folder)
    assert not any(found.values())


def test_a_draft_that_gathers_is_read_by_its_own_agency(office, group):
    into, numbers = group
    with office.desk("elsewhere") as desk:
        member = queries.get(desk, numbers[0])
        assert queries.group_of(desk, member) is None
    with office.desk(Role.REVIEWER) as desk:
        assert queries.group_of(desk, queries.get(desk, numbers[0])).number == into
        held = queries.members_of(desk, queries.get(desk, into))
        assert [case.number for case in held] == numbers


def test_a_ministry_answers_at_the_last_level(office):
    content = obstacle(office, title="Kiến nghị", addressee=str(office.other))
    numbers = [sent(office, "obstacle", obstacle(office))]
    with office.desk(Role.REVIEWER) as desk:
        into = service.gather(desk, numbers, content).number
    with pytest.raises(InvalidError) as refused:
        act(office, into, Action.SEND_CASE, Role.REVIEWER)
    assert {error.code for error in refused.value.fields} == {"level"}
