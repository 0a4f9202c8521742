"""Passwords, sessions and keys: what opens the door, what no longer does."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts import (
    api_keys,
    factors,
    passwords,
    rights_review,
    service,
    sessions,
    signing_key,
    tries,
)
from app.accounts.models import (
    ApiToken,
    ClosingReason,
    FailedLogin,
    LoginSession,
    Person,
    Post,
)
from app.errors import (
    ForbiddenError,
    InvalidError,
    NotFoundError,
    SetupError,
    ThrottledError,
    UnavailableError,
)
from app.permissions import EITHER, SCOPES, Action, Role, Scope

SECRET = "mot cau de nho ma dai"
REGISTRAR = "registrar@thu.example"


def give(office, email=REGISTRAR, password=SECRET):
    with office.system.database.transaction() as session:
        passwords.set_password(session, service.find(session, email), password)


def authenticate(office, email, password, address="10.0.0.1"):
    person = sessions.authenticate(office.system.database, email, password, address)
    return person.email if person else None


def fail(office, times, email=REGISTRAR, address="10.0.0.1"):
    with office.system.database.transaction() as session:
        for _ in range(times):
            tries.note(session, email, address)


def begin(office, email=REGISTRAR):
    with office.system.database.transaction() as session:
        return sessions.begin(
            session, service.find(session, email).id, office.system.settings
        )


def resume(office, secret):
    with office.system.database.reading() as session:
        return sessions.resume(session, secret, office.system.settings)


def see(office, secret):
    with office.system.database.transaction() as session:
        sessions.see(session, secret)


def test_a_password_opens_the_account_and_nothing_else_does(office):
    give(office)

    assert authenticate(office, " Registrar@THU.example", SECRET) == REGISTRAR
    assert authenticate(office, REGISTRAR, SECRET + "x") is None
    assert authenticate(office, "khong-ai@thu.example", SECRET) is None
    # has no password yet
    assert authenticate(office, "reviewer@thu.example", "") is None


def test_a_password_is_kept_as_argon2id_only(office):
    give(office)

    with office.system.database.reading() as session:
        kept = service.find(session, REGISTRAR).password_hash
    assert kept.startswith("$argon2id$")
    assert SECRET not in kept


COMMON = ("matkhau123456", "qwertyuiop12", "password1234")


@pytest.mark.parametrize("weak", ["ngan", "a" * 20, REGISTRAR, "x" * 201, *COMMON])
def test_a_weak_password_is_refused_in_words(office, weak):
    with pytest.raises(InvalidError) as refused:
        give(office, password=weak)

    assert refused.value.fields[0].field == "password"


def test_made_passwords_are_long_and_all_different():
    made = {passwords.make() for _ in range(50)}

    assert len(made) == 50
    assert all(len(one) == 19 for one in made)


def test_five_failures_stop_that_address_on_that_account_and_nobody_else(office):
    give(office)
    fail(office, 5)

    with pytest.raises(ThrottledError):
        authenticate(office, REGISTRAR, SECRET)
    assert authenticate(office, REGISTRAR, SECRET, "10.0.0.2") == REGISTRAR
    assert authenticate(office, "khac@thu.example", SECRET) is None


def test_passwords_that_are_tried_at_once_are_no_more_than_one_after_another(office):
    """Each is counted before it is looked at; a door that is busy says nothing of it."""
    give(office)
    answers = []

    def attempt():
        try:
            answers.append(authenticate(office, REGISTRAR, "sai " + SECRET))
        except (ThrottledError, UnavailableError) as error:
            answers.append(type(error))

    threads = [threading.Thread(target=attempt) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(None) <= tries.MOST_PER_PAIR
    assert set(answers) - {None} <= {ThrottledError, UnavailableError}
    with office.system.database.reading() as session:
        kept = session.scalar(select(func.count()).select_from(FailedLogin))
    assert kept == answers.count(None)


def test_a_password_that_was_right_is_not_counted(office):
    give(office)
    for _ in range(tries.MOST_PER_PAIR + 1):
        assert authenticate(office, REGISTRAR, SECRET) == REGISTRAR


def test_spraying_many_accounts_from_one_address_is_stopped(office):
    for number in range(50):
        fail(office, 1, email=f"ai{number}@thu.example")

    with pytest.raises(ThrottledError):
        authenticate(office, REGISTRAR, SECRET)


def test_after_a_quarter_of_an_hour_one_may_try_again(office):
    give(office)
    with clock.frozen(datetime(2026, 11, 24, 8, tzinfo=UTC)):
        fail(office, 5)
    with clock.frozen(datetime(2026, 11, 24, 8, 16, tzinfo=UTC)):
        assert authenticate(office, REGISTRAR, SECRET) == REGISTRAR


def test_a_session_says_who_works_in_which_post_until_it_ends(office):
    secret = begin(office)

    account = resume(office, secret)
    assert account.email == REGISTRAR
    assert account.actor == office.actors[Role.REGISTRAR]
    assert resume(office, secret + "x") is None
    with office.system.database.transaction() as session:
        # what the browser holds is not what we keep
        assert session.get(LoginSession, secret) is None
        sessions.end(session, secret)
    assert resume(office, secret) is None


def test_a_session_ends_after_twelve_hours(office):
    with clock.frozen(datetime(2026, 11, 24, 8, tzinfo=UTC)):
        secret = begin(office)
    for minutes in range(10, 721, 10):
        with clock.frozen(
            datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(minutes=minutes)
        ):
            assert (resume(office, secret) is not None) is (minutes < 720), minutes
            see(office, secret)


@pytest.mark.parametrize(
    ("who", "minutes"), [(Role.REGISTRAR, 15), (Role.ADMINISTRATOR, 5)]
)
def test_a_session_ends_when_nobody_works_in_it(office, who, minutes):
    with clock.frozen(datetime(2026, 11, 24, 8, tzinfo=UTC)):
        secret = begin(office, f"{who}@thu.example")
    with clock.frozen(datetime(2026, 11, 24, 8, minutes - 1, tzinfo=UTC)):
        assert resume(office, secret) is not None
        see(office, secret)
    with clock.frozen(datetime(2026, 11, 24, 8, 2 * minutes - 2, tzinfo=UTC)):
        assert resume(office, secret) is not None
    with clock.frozen(datetime(2026, 11, 24, 8, 2 * minutes - 1, tzinfo=UTC)):
        assert resume(office, secret) is None


def test_who_left_the_post_goes_on_without_an_actor(office):
    secret = begin(office)
    actor = office.actors[Role.REGISTRAR]
    with office.system.database.transaction() as session:
        service.relieve(session, actor.post_id, actor.person_id, clock.today())

    assert resume(office, secret).actor is None


def test_another_post_is_chosen_among_those_held(office):
    secret = begin(office)
    actor = office.actors[Role.REGISTRAR]
    with office.system.database.transaction() as session:
        post = service.add_post(session, office.other, "Kiêm nhiệm", Role.REVIEWER)
        service.appoint(
            session, post, session.get(Person, actor.person_id), date(2020, 1, 1)
        )
        former, secret = secret, sessions.change_post(session, secret, post.id)

    assert resume(office, former) is None
    assert resume(office, secret).actor.role is Role.REVIEWER
    with office.system.database.transaction() as session, pytest.raises(ForbiddenError):
        sessions.change_post(session, secret, office.actors[Role.APPROVER].post_id)


def issue(office, scopes=(Scope.READ,), days=30, who=Role.REGISTRAR, name="Đồng bộ"):
    with office.system.database.transaction() as session:
        return api_keys.issue(
            session, office.actors[who], name, frozenset(scopes), days
        )


def bearer(office, text):
    with office.system.database.reading() as session:
        return api_keys.bearer(session, text)


def test_a_key_stands_for_its_post_and_its_scopes(office):
    text = issue(office, (Scope.READ, Scope.PROPOSE))

    found = bearer(office, text)
    assert found.actor == office.actors[Role.REGISTRAR]
    assert found.covers(Action.SUBMIT)
    assert found.covers(Action.REPLY)
    assert not found.covers(Action.APPROVE)
    assert text.startswith("dmk_")
    with office.system.database.reading() as session:
        kept = session.query(ApiToken).one()
    assert text[-43:] not in (kept.key, kept.prefix)


def test_a_key_ends_when_revoked_expired_or_its_post_is_left(office):
    revoked, left = issue(office), issue(office, who=Role.REVIEWER)
    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
        expired = issue(office, days=1)
    actor = office.actors[Role.REVIEWER]
    with office.system.database.transaction() as session:
        mine = office.actors[Role.REGISTRAR].person_id
        for view in api_keys.of_person(session, mine):
            api_keys.revoke(session, mine, view.id)
        service.relieve(session, actor.post_id, actor.person_id, clock.today())

    assert [bearer(office, text) for text in (revoked, left, expired, "dmk_x", "")] == [
        None
    ] * 5


def test_who_comes_back_to_a_post_comes_without_the_keys_of_then(office):
    with clock.frozen(datetime(2026, 3, 1, tzinfo=UTC)):
        former = issue(office)
    actor = office.actors[Role.REGISTRAR]
    with office.system.database.transaction() as session:
        service.relieve(session, actor.post_id, actor.person_id, date(2026, 4, 1))
        person = session.get_one(Person, actor.person_id)
        post = session.get_one(Post, actor.post_id)
        service.appoint(session, post, person, date(2026, 5, 1))

    assert bearer(office, former) is None
    assert bearer(office, issue(office)).actor.post_id == actor.post_id


def test_nobody_revokes_the_key_of_another(office):
    issue(office)
    with office.system.database.transaction() as session:
        token = api_keys.of_person(session, office.actors[Role.REGISTRAR].person_id)[0]
        with pytest.raises(NotFoundError):
            api_keys.revoke(session, office.actors[Role.REVIEWER].person_id, token.id)


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"scopes": ()}, {"days": 0}, {"days": 367}]
)
def test_a_key_without_name_scope_or_term_is_refused(office, wrong):
    with pytest.raises(InvalidError):
        issue(office, **wrong)


def test_every_action_on_a_proposal_belongs_to_exactly_one_scope():
    covered = [action for actions in SCOPES.values() for action in actions]

    assert len(covered) == len(set(covered))
    apart = {Action.ENTER, Action.VERIFY, Action.OPERATE, Action.MANAGE_ACCOUNTS}
    apart |= {Action.READ_INTAKES, Action.TAKE_IN, Action.CONFIRM_INTAKE}
    apart |= {
        Action.READ_DECISIONS,
        Action.PREPARE_DECISION,
        Action.REOPEN,
        Action.KEEP_REASONS,
        Action.KEEP_SYNONYMS,
    }
    apart |= {
        Action.OPINE,
        Action.READ_CONSULTATIONS,
        Action.CAMPAIGN,
        Action.ANSWER,
        Action.READ_CAMPAIGNS,
        Action.GATHER,
    }
    assert set(covered) | EITHER == set(Action) - apart


def test_the_signing_key_is_made_once_and_kept_from_others(tmp_path):
    first = signing_key.signing_key(tmp_path)

    assert signing_key.signing_key(tmp_path) == first
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        signing_key.signing_key(tmp_path)
    (tmp_path / "secret.key").unlink()
    (tmp_path / "secret.key").write_bytes(b"short")
    (tmp_path / "secret.key").chmod(0o600)
    with pytest.raises(SetupError, match="quá ngắn"):
        signing_key.signing_key(tmp_path)


def person(session, email=REGISTRAR):
    return service.find(session, email)


def test_a_disabled_account_opens_nothing_and_answers_like_a_wrong_password(office):
    give(office)
    secret, key = begin(office), issue(office)
    with office.system.database.transaction() as session:
        rights_review.disable(session, person(session), ClosingReason.ASKED)

    assert resume(office, secret) is None
    assert bearer(office, key) is None
    assert authenticate(office, REGISTRAR, SECRET) is None
    with office.system.database.transaction() as session:
        rights_review.enable(session, person(session))
    assert authenticate(office, REGISTRAR, SECRET) == REGISTRAR
    assert bearer(office, key) is None  # what was revoked stays revoked


def test_accounts_that_nobody_uses_are_disabled_the_privileged_ones_sooner(office):
    start = clock.today()

    def unused(days):
        with office.system.database.transaction() as session:
            rights_review.disable_unused(
                session, office.system.settings, start + timedelta(days=days)
            )
            found = session.query(Person).where(Person.disabled_at.is_not(None))
            return {each.email.partition("@")[0] for each in found}

    strong = {"approver", "clerk", "administrator"}
    assert unused(45) == set()
    assert unused(46) == strong
    assert unused(400) == strong
    assert unused(401) == {
        *strong,
        *("registrar", "head", "reviewer", "drafter", "auditor", "khac"),
    }


def test_whoever_works_stays_enabled(office):
    secret = begin(office, "approver@thu.example")
    later = clock.now() + timedelta(days=40)
    with clock.frozen(later):
        see(office, secret)

    with office.system.database.transaction() as session:
        rights_review.disable_unused(
            session,
            office.system.settings,
            clock.local(later).date() + timedelta(days=45),
        )
        assert person(session, "approver@thu.example").disabled_at is None


def test_the_review_of_rights_lists_everybody_and_is_recorded(office):
    issue(office)
    with office.system.database.transaction() as session:
        factors.set_up(session, office.actors[Role.APPROVER].person_id)
        rights_review.note_review(session, office.actors[Role.ADMINISTRATOR].post_id)
    with office.system.database.reading() as session:
        rows = {
            row.email.partition("@")[0]: row
            for row in rights_review.accounts(session, clock.today())
        }
        last = rights_review.last_review(session)

    assert set(rows) == {*Role, "khac"}
    assert (
        rows["registrar"].keys,
        rows["approver"].second_factor,
        rows["clerk"].second_factor,
    ) == (1, True, False)
    assert last == clock.today()


def test_what_has_ended_is_forgotten_and_what_was_done_stays(office):
    from app import journal
    from app.accounts import retention
    from app.accounts.models import FailedLogin

    begin(office)
    issue(office)
    fail(office, 2)

    def left(days):
        with office.system.database.transaction() as session:
            retention.forget_old(
                session, office.system.settings, clock.today() + timedelta(days=days)
            )
            return [
                session.query(table).count()
                for table in (LoginSession, FailedLogin, ApiToken)
            ]

    with office.system.database.reading() as session:
        rows = journal.head(session)
    assert left(0) == [1, 2, 1]
    assert left(2) == [0, 0, 1]
    assert left(394) == [0, 0, 1]
    assert left(397) == [0, 0, 0]  # issued for 30 days, kept for 365 more
    with office.system.database.reading() as session:
        assert journal.head(session) == rows
