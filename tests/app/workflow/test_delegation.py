"""Whoever is away gives a post to a colleague for some days; four eyes holds by person all the same."""

from datetime import date, timedelta

import pytest
from people import Browser
from support import agency

from app import clock
from app.accounts import service as accounts
from app.accounts import sessions
from app.accounts.sessions import LoginStep
from app.errors import FourEyesError, InvalidError, NotFoundError, SecondFactorError
from app.permissions import Action, Actor, Role
from app.workflow import delegation


def lend(office, who, email, since=None, until=None):
    today = clock.today()
    with office.system.database.transaction() as session:
        return delegation.delegate(
            session,
            office.actors[who],
            email,
            since or today,
            until or today + timedelta(days=7),
        ).id


def actors_of(office, email, day=None):
    with office.system.database.reading() as session:
        held = [
            row
            for row in accounts.held_posts(session, day or clock.today())
            if row.email == email
        ]
        return {
            row.role: Actor(
                row.person_id, row.post_id, row.role, row.agency_id, signs=True
            )
            for row in held
        }


def test_the_deputy_works_in_the_post_for_those_days_only(office):
    lend(office, Role.APPROVER, "clerk@thu.example")
    today = clock.today()

    assert set(actors_of(office, "clerk@thu.example")) == {Role.CLERK, Role.APPROVER}
    assert set(actors_of(office, "approver@thu.example")) == {Role.APPROVER}
    assert set(actors_of(office, "clerk@thu.example", today + timedelta(days=7))) == {
        Role.CLERK
    }


def test_four_eyes_holds_for_the_deputy(office):
    one = office.propose("agency", agency("Chi cục mới"))
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
    ):
        office.act(one, action, who)
    lend(office, Role.APPROVER, "registrar@thu.example")
    office.actors["deputy"] = actors_of(office, "registrar@thu.example")[Role.APPROVER]

    with pytest.raises(FourEyesError):
        office.act(one, Action.APPROVE, "deputy")


@pytest.mark.parametrize(
    ("email", "since", "until", "field"),
    [
        ("khac@thu.example", 0, 5, "deputy"),  # of another agency
        ("khong@co.example", 0, 5, "deputy"),
        ("reviewer@thu.example", 0, 5, "deputy"),  # oneself
        ("clerk@thu.example", -1, 5, "since"),
        ("clerk@thu.example", 3, 3, "until"),
        ("clerk@thu.example", 0, 93, "until"),
    ],
)
def test_what_cannot_be_is_said(office, email, since, until, field):
    today = clock.today()

    with pytest.raises(InvalidError) as refused:
        lend(
            office,
            Role.REVIEWER,
            email,
            today + timedelta(days=since),
            today + timedelta(days=until),
        )
    assert [one.field for one in refused.value.fields] == [field]


def test_a_post_that_decides_is_lent_with_the_second_factor_and_accounts_never(office):
    approver = office.actors[Role.APPROVER]
    office.actors[Role.APPROVER] = Actor(
        approver.person_id, approver.post_id, approver.role, approver.agency_id
    )

    with pytest.raises(SecondFactorError):
        lend(office, Role.APPROVER, "clerk@thu.example")
    with pytest.raises(InvalidError, match="quản trị"):
        lend(office, Role.ADMINISTRATOR, "clerk@thu.example")


def test_what_was_lent_is_not_lent_on(office):
    lend(office, Role.REVIEWER, "clerk@thu.example")
    office.actors["deputy"] = actors_of(office, "clerk@thu.example")[Role.REVIEWER]

    with pytest.raises(InvalidError) as refused:
        lend(office, "deputy", "auditor@thu.example")
    assert refused.value.fields[0].code == "not-held"


def test_it_is_lent_and_taken_back_in_the_browser(office):
    reviewer, today = Browser(office, Role.REVIEWER), clock.today()
    sent = {"deputy": "Clerk@thu.example", "since": f"{today:%d/%m/%Y}", "until": "mai"}
    wrong = reviewer.post("/tai-khoan/uy-quyen", sent)
    assert wrong.status_code == 422
    assert "Clerk@thu.example" in wrong.text
    until = today + timedelta(days=3)
    assert (
        reviewer.post(
            "/tai-khoan/uy-quyen", {**sent, "until": f"{until:%d/%m/%Y}"}
        ).status_code
        == 302
    )
    assert Role.REVIEWER in actors_of(office, "clerk@thu.example")
    with office.system.database.reading() as session:
        (lent,) = delegation.lent(session, office.actors[Role.REVIEWER].person_id)
    assert (lent.since, lent.until) == (today, until)

    assert (
        Browser(office, Role.CLERK)
        .post(f"/tai-khoan/uy-quyen/{lent.id}/thoi")
        .status_code
        == 404
    )
    assert reviewer.post(f"/tai-khoan/uy-quyen/{lent.id}/thoi").status_code == 302
    assert Role.REVIEWER not in actors_of(office, "clerk@thu.example")
    with pytest.raises(NotFoundError), office.system.database.transaction() as session:
        delegation.take_back(session, office.actors[Role.REVIEWER].person_id, lent.id)


def test_drafts_and_tasks_stay_with_the_post_when_somebody_leaves(office):
    one = office.propose("agency", agency("Chi cục mới"))
    with office.system.database.transaction() as session:
        old = office.actors[Role.REGISTRAR]
        accounts.relieve(session, old.post_id, old.person_id, clock.today())
        new = accounts.add_person(session, "Người mới", "moi@thu.example")
        post = session.get_one(accounts.Post, old.post_id)
        accounts.appoint(session, post, new, date(2026, 1, 1))
        office.actors["new"] = Actor(new.id, post.id, Role.REGISTRAR, old.agency_id)

    assert office.act(one, Action.SUBMIT, "new") == "submitted"


def test_who_leaves_the_post_takes_along_whoever_it_was_lent_to(office):
    lend(office, Role.APPROVER, "clerk@thu.example")
    approver = office.actors[Role.APPROVER]
    with office.system.database.transaction() as session:
        accounts.relieve(session, approver.post_id, approver.person_id, clock.today())

    assert set(actors_of(office, "clerk@thu.example")) == {Role.CLERK}


def test_the_same_days_are_not_lent_twice_to_the_same_person(office):
    lend(office, Role.REVIEWER, "clerk@thu.example")

    with pytest.raises(InvalidError) as refused:
        lend(office, Role.REVIEWER, "clerk@thu.example")
    assert refused.value.fields[0].code == "held"


@pytest.mark.parametrize("serial", ["9" * 26, "0", "x"])
def test_nonsense_ends_nothing(office, serial):
    assert Browser(office, Role.REVIEWER).post(
        f"/tai-khoan/uy-quyen/{serial}/thoi"
    ).status_code in {400, 404}


def test_what_is_lent_throws_nobody_out_of_their_own_work(office):
    """A registrar without an authenticator is lent a post that decides: their own stays open, and is the first."""
    lend(office, Role.APPROVER, "registrar@thu.example")
    actor = office.actors[Role.REGISTRAR]
    with office.system.database.transaction() as session:
        secret = sessions.begin(session, actor.person_id, office.system.settings)

    def working():
        with office.system.database.reading() as session:
            found = sessions.resume(session, secret, office.system.settings)
            return found.actor.role if found.actor else None, found.lacks

    assert working() == (Role.REGISTRAR, None)
    with office.system.database.transaction() as session:
        approving = office.actors[Role.APPROVER].post_id
        secret = sessions.change_post(session, secret, approving)
    assert working() == (None, LoginStep.ENROL)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        with office.system.database.transaction() as session:
            (lent,) = delegation.lent(session, office.actors[Role.APPROVER].person_id)
            delegation.take_back(
                session, office.actors[Role.APPROVER].person_id, lent.id
            )
        assert working() == (Role.REGISTRAR, None)
