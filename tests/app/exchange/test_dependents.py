"""What stops with an agreement is seen before, and its parties are told: when it is suspended, ends, is changed, or its term comes to an end."""

from datetime import UTC, datetime, timedelta

import pytest
import sharing
from people import Browser, number_of
from sqlalchemy import select
from support import agency, database

from app import clock
from app.errors import InvalidError
from app.exchange.dependents import concerned, dependents
from app.notify import notices, reminders
from app.notify.models import Notice
from app.permissions import Action, Audience, Role
from app.register.standing import State
from app.workflow.proposals.models import ProposalType
from catalog_schema.profile import Visibility

TERM = "2027-06-30"


INSIDE = Audience(Visibility.OWNER)


@pytest.fixture
def neighbour(office):
    """The person who registers for the other agency."""
    return office.actors["elsewhere"].person_id


@pytest.fixture
def agreed(office):
    """An agreement with the other agency, and the connection that follows it; their ids."""
    own, other, law = office.department, office.other, office.law()
    land = office.enter("shared-database", database(str(own), str(law)))
    terms = sharing.agreement("Thỏa thuận", own, other, land, law, term_end=TERM)
    agreement = office.enter("agreement", terms)
    line = sharing.connection(
        "Một – Hai",
        own,
        source=own,
        source_database=land,
        target=other,
        agreement=agreement,
    )
    return {
        "database": land,
        "agreement": agreement,
        "connection": office.enter("connection", line),
    }


def told(office, person):
    system = office.system
    notices.follow(system.database, system.profile, system.settings)
    with system.database.reading() as session:
        query = select(Notice.subject).where(Notice.person_id == person)
        return list(session.scalars(query.order_by(Notice.id)))


def stopping(office, agreed, type_=ProposalType.END, of="agreement"):
    return office.propose(of, {}, type=type_, entry_id=agreed[of])


def through(office, proposal, **said):
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
        (Action.APPROVE, Role.APPROVER),
    ):
        office.act(proposal, action, who, **(said if action is Action.SUBMIT else {}))


def test_what_stands_on_an_entry_and_whom_it_concerns(office, agreed):
    with office.reading(audience=INSIDE) as register:
        views = register.by_ids(agreed.values())
        of_agreement = dependents(register, views[agreed["agreement"]])
        of_database = dependents(register, views[agreed["database"]])
        parties = concerned(register, views[agreed["database"]])

    assert [view.id for view in of_agreement] == [agreed["connection"]]
    assert {view.id for view in of_database} == {
        agreed["agreement"],
        agreed["connection"],
    }
    assert parties == {office.department, office.other}


def test_what_ends_with_an_agreement_is_seen_before_it_is_sent_and_decided(
    office, agreed
):
    number = number_of(office, stopping(office, agreed))
    registrar, reviewer = (
        Browser(office, Role.REGISTRAR),
        Browser(office, Role.REVIEWER),
    )

    before = registrar.get(f"/phieu/{number}/kiem-tra").text
    registrar.post(
        f"/phieu/{number}/kiem-tra",
        {**registrar.fields(f"/phieu/{number}/kiem-tra"), "reason": "Hết nhu cầu"},
    )
    examined = reviewer.get(f"/phieu/{number}").text

    for page in (before, examined):
        assert "Bị ảnh hưởng (1)" in page
        assert "Một – Hai" in page
        assert "Cơ quan liên quan: Sở Nông nghiệp và Môi trường." in page


@pytest.mark.parametrize(
    ("type_", "words"),
    [(ProposalType.SUSPEND, "Tạm ngừng"), (ProposalType.END, "Chấm dứt")],
)
def test_the_other_party_is_told_from_which_day(
    office, neighbour, agreed, type_, words
):
    assert not [each for each in told(office, neighbour) if words in each]
    day = clock.today() + timedelta(days=20)

    through(office, stopping(office, agreed, type_), since=day)

    assert f"{words} từ ngày {day:%d/%m/%Y}: Thỏa thuận" in told(office, neighbour)
    assert office.get(agreed["agreement"], audience=INSIDE).state is State.IN_FORCE
    after = office.get(agreed["agreement"], as_of=day, audience=INSIDE).state
    assert after is (State.SUSPENDED if type_ is ProposalType.SUSPEND else State.ENDED)


def test_the_other_party_is_told_of_a_changed_agreement(office, neighbour, agreed):
    view = office.get(agreed["agreement"], audience=INSIDE)
    longer = {**view.content, "term_end": "2028-06-30"}

    office.enter(
        "agreement", longer, type=ProposalType.AMEND, entry_id=agreed["agreement"]
    )

    assert any("Sửa đổi thỏa thuận từ ngày" in one for one in told(office, neighbour))


def test_a_day_that_is_past_or_of_another_kind_of_proposal_is_refused(office, agreed):
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(InvalidError, match="không được trước hôm nay"):
        office.act(
            stopping(office, agreed), Action.SUBMIT, Role.REGISTRAR, since=yesterday
        )
    amended = office.propose(
        "agreement",
        {
            **office.get(agreed["agreement"], audience=INSIDE).content,
            "term_end": "2029-01-01",
        },
        type=ProposalType.AMEND,
        entry_id=agreed["agreement"],
    )
    with pytest.raises(InvalidError, match="Chỉ phiếu tạm ngừng hoặc chấm dứt"):
        office.act(amended, Action.SUBMIT, Role.REGISTRAR, since=clock.today())


def test_how_long_before_a_suspension_is_announced_is_said_with_its_law(office, agreed):
    number = number_of(office, stopping(office, agreed, ProposalType.SUSPEND))

    page = Browser(office, Role.REGISTRAR).get(f"/phieu/{number}/kiem-tra").text

    first = office.system.office.calendar.due(clock.now(), 7)
    assert "Nghị định 224/2026/NĐ-CP Điều 13" in page
    assert f"sớm nhất {first:%d/%m/%Y}" in page


def test_both_parties_are_reminded_before_the_term_ends(office, neighbour, agreed):
    system = office.system
    for day in ("2027-05-01", "2027-05-02", "2027-05-31", "2027-06-23", "2027-06-30"):
        moment = datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC)
        for _twice in range(2):
            with clock.frozen(moment), system.database.transaction() as session:
                reminders.remind(
                    session,
                    system.profile,
                    system.office,
                    system.settings,
                    moment.date(),
                )

    for person in (neighbour, office.actors[Role.REGISTRAR].person_id):
        with system.database.reading() as session:
            query = select(Notice.subject).where(Notice.person_id == person)
            said = [one for one in session.scalars(query) if "Hết thời hạn" in one]
        assert said == ["Hết thời hạn ngày 30/06/2027: Thỏa thuận"] * 4


def test_too_short_a_notice_is_told_to_whoever_examines(office, agreed):
    number = number_of(office, stopping(office, agreed, ProposalType.SUSPEND))
    registrar, reviewer = (
        Browser(office, Role.REGISTRAR),
        Browser(office, Role.REVIEWER),
    )
    address = f"/phieu/{number}/kiem-tra"
    soon = clock.today() + timedelta(days=2)

    registrar.post(
        address,
        {**registrar.fields(address), "reason": "Bảo trì", "since": f"{soon:%d/%m/%Y}"},
    )

    page = reviewer.get(f"/phieu/{number}").text
    assert "Báo trước ngắn hơn quy định" in page
    assert f"dừng từ ngày {soon:%d/%m/%Y}" in page


def test_whoever_is_a_party_no_more_is_told_too(office, neighbour, agreed):
    third = office.enter("agency", agency("Sở Thứ ba"))
    content = dict(office.get(agreed["agreement"], audience=INSIDE).content)

    office.enter(
        "agreement",
        {**content, "consumers": [str(third)]},
        type=ProposalType.AMEND,
        entry_id=agreed["agreement"],
    )

    assert any("Sửa đổi thỏa thuận từ ngày" in one for one in told(office, neighbour))
