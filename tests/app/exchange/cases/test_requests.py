from datetime import date, timedelta

import pytest
from casework import act, case_of, lands, opened, paper, request, sent, staffed
from sharing import connection
from support import agency

from app import clock
from app.errors import (
    ConflictError,
    ForbiddenError,
    FourEyesError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.exchange.cases import inputs, queries, service, settling, unconfirmed
from app.exchange.cases.inputs import Grant, PaperGrant, PaperRefusal, Reason, Refusal
from app.exchange.cases.lifecycle import CaseStatus
from app.exchange.cases.queries import CaseFilter
from app.operations import audits
from app.permissions import Action, Role
from app.workflow.proposals.models import Proposal

ITEMS = [
    {
        "name": {"vi": name},
        "meaning": {"vi": name},
        "layer": "chu",
        "source": "Hồ sơ",
        "protection": "noi-bo",
        "sharing": [{"consumer_group": "trong-tinh", "mode": "dung-chung"}],
    }
    for name in ("Thửa đất", "Người sử dụng đất", "Giá đất")
]


@pytest.fixture
def asked(office):
    staffed(office)
    database, law = lands(office)
    return sent(office, "data-request", request(database, law))


def granted(office, number, items=("Thửa đất",)):
    act(office, number, Action.PREPARE_GRANT, "elsewhere", Grant(items, "Đối chiếu"))
    return act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")


def test_a_request_goes_to_the_owner_with_the_departments_own_term(office, asked):
    case = case_of(office, asked)

    assert case.answering_id == office.other
    assert case.due_rule == "request-days-5"
    calendar = office.system.office.calendar
    assert case.due_on == calendar.due(clock.now(), 5)


@pytest.mark.parametrize(
    ("day", "rule", "days"),
    [
        (date(2024, 3, 4), "nd47-35-3", 5),
        (date(2025, 9, 8), "nd47-35-3-sua-194", 2),
    ],
)
def test_the_term_is_that_of_the_law_in_force_on_the_day(office, day, rule, days):
    database, law = lands(office)
    number = sent(office, "data-request", request(database, law), since=day)

    case = case_of(office, number)
    assert (case.due_rule, case.began_on) == (rule, day)
    calendar = office.system.office.calendar
    assert case.due_on == calendar.due(clock.midnight(day), days)


def test_what_the_profile_or_the_database_does_not_have_is_not_sent(office):
    database, law = lands(office)
    number = opened(office, "data-request", {"title": "Khai thác"})
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.SEND_CASE, Role.REGISTRAR)
    fields = {error.field for error in refused.value.fields}
    assert fields == {"addressee", "items", "purpose", "legal_basis", "form"}

    wrong = request(database, law, items=["Mồ mả"])
    number = opened(office, "data-request", wrong)
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.SEND_CASE, Role.REGISTRAR)
    assert "các hạng mục: Thửa đất" in refused.value.fields[0].message


def test_ones_own_data_are_not_asked_for(office):
    law = office.law()
    database = office.land()
    number = opened(office, "data-request", request(database, law))
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.SEND_CASE, Role.REGISTRAR)
    assert "của chính cơ quan" in refused.value.fields[0].message


def test_who_prepared_the_answer_does_not_confirm_it(office, asked):
    act(office, asked, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"]))
    with pytest.raises(FourEyesError):
        act(office, asked, Action.CONFIRM_ANSWER, "elsewhere")

    status = act(office, asked, Action.CONFIRM_ANSWER, "head elsewhere")

    assert status is CaseStatus.ANSWERED


def test_nobody_answers_for_another_agency(office, asked):
    for who in (Role.REGISTRAR, Role.REVIEWER, Role.APPROVER, Role.CLERK):
        with pytest.raises(ForbiddenError):
            act(office, asked, Action.PREPARE_GRANT, who, Grant(["Thửa đất"]))
    act(office, asked, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"]))
    for who in (Role.REVIEWER, Role.APPROVER, Role.HEAD):
        with pytest.raises(ForbiddenError):
            act(office, asked, Action.CONFIRM_ANSWER, who)


def test_two_of_three_items_are_given(office):
    staffed(office)
    law = office.law()
    from support import database

    content = database(str(office.other), str(law), data_items=ITEMS)
    entry = office.enter("shared-database", content, "elsewhere")
    names = [item["name"]["vi"] for item in ITEMS]
    number = sent(office, "data-request", request(entry, law, items=names))

    granted(office, number, names[:2])

    answer = case_of(office, number).answer
    assert answer["outcome"] == "partly"
    assert answer["items"] == names[:2]


def test_a_refusal_has_a_reason_and_the_law_that_restricts(office, asked):
    for wrong in (Refusal("Không được"), Refusal("", (office.law("9/2026/QĐ-UBND"),))):
        with pytest.raises(InvalidError):
            act(office, asked, Action.PREPARE_REFUSAL, "elsewhere", wrong)
    law = office.law("8/2026/QĐ-UBND")
    said = Refusal("Dữ liệu hạn chế", (law,))
    act(office, asked, Action.PREPARE_REFUSAL, "elsewhere", said)

    status = act(office, asked, Action.CONFIRM_ANSWER, "head elsewhere")

    assert status is CaseStatus.REFUSED
    assert case_of(office, asked).answer["basis"] == [str(law)]


def test_asking_back_stops_the_term_and_sending_again_begins_it_anew(office, asked):
    act(office, asked, Action.ASK_BACK, "elsewhere", Reason("Cần kỳ nào?"))
    assert case_of(office, asked).due_on is None
    act(office, asked, Action.SEND_CASE, Role.REGISTRAR)
    assert case_of(office, asked).due_on is not None


def test_what_is_agreed_and_what_runs_stay_apart(office, asked):
    granted(office, asked)
    with pytest.raises(TransitionError, match="Chưa có kết nối"):
        act(office, asked, Action.FINISH_CASE, Role.REGISTRAR)
    case = case_of(office, asked)
    line = connection(
        "Đất đai",
        office.other,
        source=str(office.other),
        target=str(office.department),
        source_database=str(case.about_id),
    )
    office.enter("connection", line, "elsewhere")

    status = act(office, asked, Action.FINISH_CASE, Role.REGISTRAR)

    assert status is CaseStatus.DONE


def test_a_grant_leads_to_agreement_and_connection_filled_in(office, asked):
    granted(office, asked)

    act(office, asked, Action.FOLLOW_UP, "elsewhere")

    case = case_of(office, asked)
    numbers = case.answer["proposals"]
    with office.system.database.reading() as session:
        made = session.query(Proposal).filter(Proposal.number.in_(numbers)).all()
        contents = {proposal.kind: proposal.content for proposal in made}
    assert contents["agreement"]["consumers"] == [str(office.department)]
    assert contents["agreement"]["items"][0]["name"] == "Thửa đất"
    assert contents["connection"]["source_database"] == str(case.about_id)
    assert contents["connection"]["connection_state"] == "du-kien"
    with pytest.raises(TransitionError, match="Đã lập phiếu"):
        act(office, asked, Action.FOLLOW_UP, "elsewhere")


def test_an_owner_without_account_answers_by_letter(office):
    insurance = office.enter("agency", _agency("Bảo hiểm xã hội"))
    law = office.law()
    content = request(None, law, addressee=str(insurance))
    del content["database"]
    number = sent(office, "data-request", content)
    lacking = PaperGrant(items=["Thửa đất"])
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.ANSWER_ON_PAPER, Role.REGISTRAR, lacking)
    fields = {error.field for error in refused.value.fields}
    assert fields == {"paper_number", "paper_day", "file"}

    told = PaperGrant(**paper(office), items=["Thửa đất"])
    status = act(office, number, Action.ANSWER_ON_PAPER, Role.CLERK, told)

    assert status is CaseStatus.ANSWERED
    assert case_of(office, number).answer["paper"]["number"] == "12/BHXH-CNTT"


def _agency(name):
    from support import agency

    return agency(name)


def test_who_has_an_account_answers_here_and_not_by_letter(office, asked):
    law = office.law("8/2026/QĐ-UBND")
    for action, said in (
        (Action.ANSWER_ON_PAPER, PaperGrant(**paper(office), items=["Thửa đất"])),
        (
            Action.REFUSE_ON_PAPER,
            PaperRefusal(**paper(office), reason="Hạn chế", basis=(law,)),
        ),
    ):
        with pytest.raises(TransitionError, match="có tài khoản"):
            act(office, asked, action, Role.CLERK, said)


def test_a_draft_is_read_by_its_agency_alone_and_the_sent_by_both_sides(office):
    database, law = lands(office)
    number = opened(office, "data-request", request(database, law))
    for who in ("elsewhere", Role.REVIEWER, Role.AUDITOR):
        if office.actors[who].agency_id == office.department:
            continue
        with pytest.raises(NotFoundError):
            case_of(office, number, who)
    act(office, number, Action.SEND_CASE, Role.REGISTRAR)
    assert case_of(office, number, "elsewhere")
    assert case_of(office, number, Role.AUDITOR)


def test_a_third_agency_reads_nothing(office, asked):
    with office.system.database.transaction() as session:
        third = _reserved(session, office)
        office.actors["third"] = office.hire(
            session, "ba@thu.example", third, Role.REGISTRAR
        )
    with pytest.raises(NotFoundError):
        case_of(office, asked, "third")
    with office.desk("third") as desk:
        assert queries.page(desk, queries.CaseFilter()) == []


def _reserved(session, office):
    from app.register import service as register

    return register.reserve(session, office.system.profile.kinds["agency"]).id


def test_two_at_once_make_one_act(office, asked):
    seen = case_of(office, asked).lock_version
    said = inputs.Remark("Cần gấp")
    act(office, asked, Action.NOTE_CASE, Role.REGISTRAR, said, seen=seen)
    with pytest.raises(ConflictError):
        act(office, asked, Action.NOTE_CASE, Role.REGISTRAR, said, seen=seen)


def test_a_case_is_told_as_it_stood_on_a_day(office):
    with clock.frozen(clock.now() - timedelta(days=10)):
        database, law = lands(office)
        number = sent(office, "data-request", request(database, law))
    staffed(office)
    granted(office, number)
    day = clock.today()
    with office.desk(Role.REGISTRAR) as desk:
        case = queries.get(desk, number)
        before = queries.steps_until(case, day - timedelta(days=5))[-1].status

        def stood(days_ago):
            found = queries.standing_on(desk, day - timedelta(days=days_ago), ())
            return [step.status for step in found]

        then, now, earlier = stood(5), stood(0), stood(20)
    assert before is CaseStatus.SENT
    assert then == [CaseStatus.SENT]
    assert now == [CaseStatus.ANSWERED]
    assert earlier == []


def test_how_long_answers_took_says_nothing_of_who_asked_and_of_few_nothing(
    office, asked
):
    granted(office, asked)
    case = case_of(office, asked)
    calendar = office.system.office.calendar
    with office.system.database.reading() as session:
        few = queries.answered(session, case.about_id, "data-request", calendar)
    content = {**case.content, "title": "Lần nữa"}
    for _ in range(2):
        granted(office, sent(office, "data-request", content))
    with office.system.database.reading() as session:
        told = queries.answered(session, case.about_id, "data-request", calendar)
    assert few is None
    assert told == queries.Answered(3, 0)


@pytest.mark.parametrize(
    ("carried", "more", "ends"),
    [
        (["Thửa đất"], {}, True),
        (["Giá đất"], {}, False),
        (["Thửa đất"], {"form": "mot-lan"}, False),
    ],
)
def test_data_run_when_what_was_granted_runs(office, carried, more, ends):
    staffed(office)
    database, law = lands(office)
    number = sent(office, "data-request", request(database, law, **more))
    granted(office, number)
    line = connection(
        "Đất đai",
        office.other,
        source=office.other,
        source_database=str(database),
        target=office.department,
        exchanged=carried,
    )
    office.enter("connection", line, "elsewhere")
    with office.system.database.transaction() as session:
        settling.finish(session, office.system.profile, clock.today())
    status = case_of(office, number).status
    assert status is (CaseStatus.DONE if ends else CaseStatus.ANSWERED)


def test_more_time_for_what_runs_does_not_end_by_itself(office):
    staffed(office)
    database, law = lands(office)
    content = request(database, law)
    number = opened(office, "data-request", content, origin="term TT-1 2027-01-01")
    act(office, number, Action.SEND_CASE, Role.REGISTRAR)
    granted(office, number)
    sides = {"source": office.other, "target": office.department}
    line = connection("Cũ", office.other, source_database=str(database), **sides)
    office.enter("connection", line, "elsewhere")
    with office.system.database.transaction() as session:
        assert settling.finish(session, office.system.profile, clock.today()) == 0
    assert act(office, number, Action.FINISH_CASE, Role.REGISTRAR) is CaseStatus.DONE


def test_who_gives_does_not_say_that_it_arrived(office):
    staffed(office)
    database, law = lands(office)
    number = sent(office, "data-request", request(database, law, form="mot-lan"))
    granted(office, number)
    for who in ("elsewhere", "head elsewhere"):
        with pytest.raises(ForbiddenError):
            act(office, number, Action.FINISH_CASE, who)
    assert act(office, number, Action.FINISH_CASE, Role.REGISTRAR) is CaseStatus.DONE


def test_an_answer_that_nobody_confirmed_is_the_owners_own(office, asked):
    act(office, asked, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"], "Chưa"))
    act(office, asked, Action.SEND_ANSWER_BACK, "head elsewhere", Reason("Sửa"))
    act(office, asked, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"], "Nháp"))
    for who, sees in ((Role.REGISTRAR, False), ("head elsewhere", True)):
        with office.desk(who) as desk:
            case = queries.get(desk, asked)
            actor = desk.actor
            status = unconfirmed.status_for(actor, case, case.status)
            assert (status is case.status) is sees
            assert (unconfirmed.answer_for(actor, case) is not None) is sees
            steps = unconfirmed.steps_for(actor, case, case.steps)
            assert ("prepare-grant" in {step.action for step in steps}) is sees
            told = queries.page(desk, CaseFilter(statuses=[CaseStatus.GRANT_PREPARED]))
            assert bool(told) is sees
            waits = queries.page(desk, CaseFilter(statuses=[CaseStatus.SENT]))
            assert bool(waits) is not sees
    act(office, asked, Action.CONFIRM_ANSWER, "head elsewhere")
    with office.desk(Role.REGISTRAR) as desk:
        case = queries.get(desk, asked)
        steps = unconfirmed.steps_for(desk.actor, case, case.steps)
        done = [step.action for step in steps][-2:]
    assert done == ["prepare-grant", "confirm-answer"]


def test_the_department_writes_down_a_letter_of_whoever_and_the_asker_a_late_one(
    office, asked
):
    said = PaperGrant(**paper(office), items=["Thửa đất"])
    with pytest.raises(TransitionError, match="có tài khoản"):
        act(office, asked, Action.ANSWER_ON_PAPER, Role.REGISTRAR, said)
    with clock.frozen(clock.now() + timedelta(days=30)):
        said = PaperGrant(**paper(office), items=["Thửa đất"])
        status = act(office, asked, Action.ANSWER_ON_PAPER, Role.REGISTRAR, said)
    assert status is CaseStatus.ANSWERED


def test_more_time_is_nobodys_rule(office, asked):
    later = clock.today() + timedelta(days=60)
    given = inputs.Extension(later, "Bên cung cấp xin thêm")
    act(office, asked, Action.EXTEND_CASE, Role.REGISTRAR, given)
    assert case_of(office, asked).due_on == later
    assert office.system.office.terms.by_id(case_of(office, asked).due_rule) is None
    far = inputs.Extension(date(2999, 1, 1), "Mãi mãi")
    with pytest.raises(InvalidError):
        act(office, asked, Action.EXTEND_CASE, Role.REGISTRAR, far)


# what anybody may do who is of neither side
BYSTANDERS = {
    Role.REVIEWER: {Action.NOTE_CASE, Action.ANSWER_ON_PAPER, Action.REFUSE_ON_PAPER},
    Role.APPROVER: {Action.NOTE_CASE},
    Role.CLERK: {Action.ANSWER_ON_PAPER, Action.REFUSE_ON_PAPER},
    Role.AUDITOR: set(),
    Role.HEAD: set(),
}


@pytest.mark.parametrize("who", list(BYSTANDERS))
def test_who_is_of_neither_side_neither_answers_nor_delays(office, who):
    """The two sides are two other agencies."""
    staffed(office)
    third = office.enter("agency", agency("Sở Y tế"))
    with office.system.database.transaction() as session:
        office.actors["third"] = office.hire(
            session, "ba@thu.example", third, Role.REGISTRAR
        )
    database, law = lands(office)
    number = opened(office, "data-request", request(database, law), "third")
    act(office, number, Action.SEND_CASE, "third")
    offered = set()
    for _ in range(2):
        with office.desk(who) as desk:
            try:
                offered |= set(service.offered(desk, queries.get(desk, number)))
            except NotFoundError:
                assert who is Role.HEAD
        if case_of(office, number, "third").status is CaseStatus.SENT:
            granted(office, number)
    assert offered <= BYSTANDERS[who]


def test_the_journal_vouches_for_every_step_and_for_how_a_case_stands(office, asked):
    granted(office, asked)
    folder = office.system.settings.data_dir
    profile = office.system.profile
    with office.system.database.transaction() as session:
        assert not any(audits.differences(session, profile, folder).values())
    with office.desk(Role.REGISTRAR) as desk:
        queries.get(desk, asked).due_on = date(2030, 1, 1)
    with office.system.database.transaction() as session:
        found = audits.differences(session, profile, folder)
    assert found["standing"] == [str(asked)]
