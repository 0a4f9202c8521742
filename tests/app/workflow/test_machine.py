"""Whatever people of all roles do in whatever order: four eyes by person, one version for everybody, nothing lost.

A machine of random acts through the services, which says after each what must hold; FUZZ_EXAMPLES=500 is the long form.
The last tests take a defence out and see the machine find it.
"""

import os
import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from support import database, forget, opened_office, replace

from app import clock, journal
from app.accounts import service as accounts
from app.accounts.models import Person
from app.errors import DanhmucError
from app.factory import System
from app.operations import audits
from app.permissions import PUBLIC, Action, Actor, Role, may
from app.register.latest_versions import latest_version
from app.register.models import Entry
from app.register.standing import State
from app.workflow import delegation
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Position, Question
from app.workflow.consultations.models import Consultation
from app.workflow.context import Desk
from app.workflow.proposals import preconditions, service
from app.workflow.proposals.actions import ACTIONS, path, request_of
from app.workflow.proposals.inputs import Answer, ProposalRequest, Remark
from app.workflow.proposals.lifecycle import OPEN
from app.workflow.proposals.models import Finding, Involvement, Proposal, ProposalType

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))
STEPS = 30
DECIDING = {Action.APPROVE, Action.REJECT, Action.CLEAR, Action.ENTER}
WRITING = {Action.PROPOSE, Action.EDIT, Action.SUBMIT, Action.ENDORSE, Action.MEND}
ACTS = [
    *(
        Action.EDIT,
        Action.SUBMIT,
        Action.ENDORSE,
        Action.DECLINE,
        Action.RECALL,
        Action.WITHDRAW,
        Action.TAKE,
    ),
    *(
        Action.ASSIGN,
        Action.CLEAR,
        Action.CONSULT,
        Action.MEND,
        Action.FIND,
        Action.REPLY,
        Action.RESOLVE,
    ),
    *(Action.RETURN, Action.RECOMMEND, Action.APPROVE, Action.REJECT, Action.REBASE),
]
AHEAD = {  # what usually follows, so that many walks arrive
    "draft": Action.SUBMIT,
    "endorsing": Action.ENDORSE,
    "submitted": Action.TAKE,
    "in-review": Action.RECOMMEND,
    "returned": Action.SUBMIT,
    "recommended": Action.APPROVE,
}
ASKED = [ProposalType.AMEND] * 3 + [
    ProposalType.SUSPEND,
    ProposalType.END,
    ProposalType.REGISTER,
]
numbers = st.integers(0, 10_000)


class Office(RuleBasedStateMachine):
    """An office of two agencies in which anybody tries anything."""

    @initialize(
        steps=st.sets(
            st.sampled_from(
                ["endorsement", "receiving", "consultation", "recommendation"]
            )
        )
    )
    def open(self, steps):
        self.folder = tempfile.TemporaryDirectory()
        self.office = opened_office(Path(self.folder.name) / "office")
        self.basis = str(self.office.law())
        self.system = self.office.system = System(
            replace(self.office.system.settings, steps=tuple(sorted(steps)))
        )
        with self.system.database.transaction() as session:
            people = [
                accounts.add_person(session, f"Người {n}", f"nguoi{n}@thu.example")
                for n in range(6)
            ]
            posts = [accounts.add_post(session, agency, f"{role} {agency}", role)
                     for agency in (self.office.department, self.office.other)
                     for role in (Role.REGISTRAR, Role.HEAD)]  # fmt: skip
            posts += [accounts.add_post(session, self.office.department, str(role), role)
                      for role in (Role.REVIEWER, Role.APPROVER, Role.CLERK)]  # fmt: skip
            self.actors = []
            for place, post in enumerate(posts):
                for person in (people[place % 6], people[(place + 1) % 6]):
                    accounts.appoint(session, post, person, clock.today())
                    self.actors.append(
                        Actor(person.id, post.id, post.role, post.agency_id, signs=True)
                    )
            self.posts = [post.id for post in posts]
            self.rows = journal.head(session)
        self.proposals, self.hands, self.deciders = [], defaultdict(set), {}
        self.held, self.names, self.closed = {}, {}, set()

    # ---- what people do ----

    def attempt(self, work):
        """Do it in one transaction; whether it is done or refused, the journal says just that."""
        try:
            with self.system.database.transaction() as session:
                work(session)
            done = True
        except DanhmucError:
            done = False
        with self.system.database.reading() as session:
            head = journal.head(session)
        assert (head > self.rows) == done, (
            "what changed is not in the journal, or what did not is"
        )
        self.rows = head
        return done

    def desk(self, session, actor):
        return Desk(session, self.system.profile, actor, self.system.office)

    def actor(self, pick, *roles):
        able = (
            [one for one in self.actors if one.role in roles] if roles else self.actors
        )
        return able[pick % len(able)]

    @rule(who=numbers, pick=numbers, kind=st.sampled_from(ASKED), walks=st.booleans())
    def propose(self, who, pick, kind, walks):
        """Propose something new, or to change what is there; often take it on at once."""
        actor = self.actor(who, Role.REGISTRAR)
        own = {
            entry
            for entry, content in self.held.items()
            if content and content["owner"] == str(actor.agency_id)
        }
        # in order of time: ids are chance
        entries = [entry for entry in self.held if entry in own or pick % 10 == 0]

        def work(session):
            title = f"CSDL {len(self.proposals)}"
            if pick % 4 == 0 or not entries:
                wanted = ProposalRequest(
                    "shared-database",
                    database(str(actor.agency_id), self.basis, title=title),
                )
            else:
                entry = entries[pick % len(entries)]
                content = {
                    **(self.held[entry] or {}),
                    "purpose": {"vi": f"Mục đích {len(self.proposals)}"},
                }
                if pick % 3 == 0 and self.held[entry]:
                    content = {
                        **self.held[entry],
                        "keyword": [f"từ {len(self.proposals)}"],
                    }
                wanted = ProposalRequest("shared-database", content, kind, entry)
            made = service.propose(self.desk(session, actor), wanted)
            self.made = made.id

        if self.attempt(work):
            self.proposals.append(self.made)
            self.hands[self.made].add(actor.person_id)
            if walks:
                self.walk_on(self.made, who, pick)

    @precondition(lambda self: self.proposals)
    @rule(
        who=numbers,
        pick=numbers,
        action=st.sampled_from(ACTS),
        anybody=st.booleans(),
        stale=st.booleans(),
    )
    def act(self, who, pick, action, anybody, stale):
        """Do any one thing to a proposal, by anybody or by somebody whose role may do it."""
        one = self.one(pick)
        able = [] if anybody else self.able(one, action)
        self.do(
            one,
            action,
            (able or self.actors)[who % len(able or self.actors)],
            pick,
            stale=stale and pick % 2 == 0,
        )

    def able(self, one, action):
        """Return who may do something to a proposal, by role and agency."""
        with self.system.database.reading() as session:
            agency = session.get(Proposal, one).agency_id
        return [actor for actor in self.actors if may(actor, action, agency)]

    @precondition(lambda self: self.proposals)
    @rule(who=numbers, pick=numbers)
    def walk(self, who, pick):
        """Take a proposal on as far as it goes, each step by somebody whose role may do it."""
        self.walk_on(self.one(pick), who, pick)

    def one(self, pick):
        """Return a proposal, one that is open nearly always."""
        waiting = (
            [one for one in self.proposals if one not in self.closed]
            if pick % 10
            else []
        )
        return (waiting or self.proposals)[pick % len(waiting or self.proposals)]

    def walk_on(self, one, who, pick):
        """Take a proposal on until somebody is refused; now and then by a form that is stale."""
        for step in range(len(AHEAD)):
            with self.system.database.reading() as session:
                status = session.get(Proposal, one).status
            action = AHEAD.get(status)
            if action is Action.RECOMMEND and not path(
                self.system.office.steps
            ).follows(status, action):
                action = Action.APPROVE
            able = self.able(one, action) if action else []
            if not able or not self.do(
                one,
                action,
                able[(who + step) % len(able)],
                pick,
                stale=step == who % 40,
            ):
                return

    def do(self, one, action, actor, pick, *, stale=False):
        """Do it; say what must not have been done. Return whether it was."""
        with self.system.database.reading() as session:
            proposal = session.get(Proposal, one)
            entry, kept = proposal.entry_id, proposal.content
            lock, seen = proposal.lock_version, proposal.content_hash
            before = latest_version(session, entry)
            found = (
                select(Finding)
                .where(Finding.proposal_id == one)
                .order_by(Finding.raised_at, Finding.field)
            )
            findings = [f.id for f in session.scalars(found)]
        lock -= stale
        remarks, answers, resolved = (), (), ()
        if action in (Action.FIND, Action.RETURN):
            remarks = (Remark("title", "Ghi rõ hơn"),)
        if action is Action.REPLY:
            answers = tuple(Answer(finding, "Đã sửa") for finding in findings[:1])
        if action is Action.RESOLVE:
            resolved = tuple(findings[:1])
        day = clock.today() + timedelta(days=3)
        values = {
            "seen_hash": "0" * 64 if stale else seen,
            "content": {**kept, "purpose": {"vi": f"Sửa {self.rows}"}},
            "reason": "Nêu rõ lý do",
            "remarks": remarks,
            "answers": answers,
            "resolved": resolved,
            "assignee": self.posts[pick % len(self.posts)],
            "base": before.id if before else None,
            "question": Question("Có trùng không?", day, (self.office.other,)),
        }

        def work(session):
            request = request_of(action, values)
            service.act(self.desk(session, actor), one, lock, request)

        if not self.attempt(work):
            return False
        assert not stale, "a stale form was taken"
        if action in DECIDING:
            assert actor.person_id not in self.hands[one], (
                "decided by somebody who had a hand in it"
            )
            self.deciders[one] = actor.person_id
        if action in WRITING:
            self.hands[one].add(actor.person_id)
        with self.system.database.reading() as session:
            proposal = session.get(Proposal, one)
            if proposal.status not in OPEN:
                self.closed.add(one)
            if proposal.status == "entered" and proposal.type != ProposalType.CONFIRM:
                assert before is None or before.id == proposal.base_version_id, (
                    "entered over a newer version"
                )
                now = latest_version(session, entry)
                self.held[entry] = (
                    None if proposal.type == ProposalType.END else now.content
                )
        return True

    @precondition(lambda self: self.proposals)
    @rule(
        who=numbers,
        verdict=st.sampled_from(["agree", "disagree", "comments"]),
        handle=st.booleans(),
    )
    def opine(self, who, verdict, handle):
        with self.system.database.reading() as session:
            number = session.scalar(
                select(Consultation.number)
                .order_by(Consultation.number.desc())
                .limit(1)
            )
        if number is None:
            return
        said = Position(verdict, "Lý do", [("title", "Góp ý")])
        actor = (
            self.actor(who, Role.REVIEWER)
            if handle
            else self.actor(who, Role.REGISTRAR, Role.HEAD)
        )

        def work(session):
            desk = self.desk(session, actor)
            if handle:
                consultations.handle(desk, number, self.office.other, "Đã tiếp thu")
            else:
                consultations.answer(desk, number, said)

        self.attempt(work)

    @rule(who=numbers, to=st.integers(0, 5), days=st.integers(1, 3))
    def delegate(self, who, to, days):
        actor, today = self.actor(who), clock.today()
        near = list(
            dict.fromkeys(
                one.person_id for one in self.actors if one.agency_id == actor.agency_id
            )
        )
        deputy = near[to % len(near)]

        def work(session):
            email = session.get(Person, deputy).email
            delegation.delegate(
                session, actor, email, today, today + timedelta(days=days)
            )

        if self.attempt(work):
            self.actors.append(
                Actor(deputy, actor.post_id, actor.role, actor.agency_id, signs=True)
            )

    @rule(who=numbers)
    def leave_a_post(self, who):
        actor = self.actor(who)
        if sum(one.post_id == actor.post_id for one in self.actors) < 2:
            return

        def work(session):
            accounts.relieve(session, actor.post_id, actor.person_id, clock.today())

        if self.attempt(work):
            gone = (actor.post_id, actor.person_id)
            self.actors = [
                one for one in self.actors if (one.post_id, one.person_id) != gone
            ]

    # ---- what must hold ----

    @invariant()
    def the_public_sees_exactly_what_was_entered_last(self):
        if not hasattr(self, "held"):
            return
        with self.office.reading(audience=PUBLIC) as register:
            shown = register.by_ids(self.held)
            for entry, content in self.held.items():
                view = shown[entry]
                if content is None:
                    assert view.state is State.ENDED
                else:
                    assert view.title == content["title"]["vi"]
                    assert view.content["purpose"] == content["purpose"]
                assert self.names.setdefault(entry, view.local_id) == view.local_id, (
                    "an identifier changed"
                )
            known = list(
                register.session.scalars(
                    select(Entry.local_id).where(Entry.local_id.is_not(None))
                )
            )
            assert len(known) == len(set(known)), "an identifier was given twice"

    @invariant()
    def whoever_had_a_hand_in_it_is_on_record(self):
        if not hasattr(self, "hands"):
            return
        with self.system.database.reading() as session:
            kept = defaultdict(set)
            for hand in session.scalars(select(Involvement)):
                kept[hand.proposal_id].add(hand.person_id)
        assert all(people <= kept[one] for one, people in self.hands.items())
        assert not [
            one for one, person in self.deciders.items() if person in self.hands[one]
        ]

    def teardown(self):
        if not hasattr(self, "system"):
            return
        self.system.follow()
        with self.system.database.reading() as session:
            assert journal.verify(journal.rows(session))[1] is None
            assert audits.altered_versions(session, self.system.profile) == []
            assert self.system.search_projection.missing(session) == []
            assert self.system.rdf_projection.missing(session) == []
        forget(self.system)
        self.folder.cleanup()


def run(examples, **more):
    quiet = [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ]
    found = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=quiet,
        **more,
    )
    run_state_machine_as_test(Office, settings=found)


def test_whatever_is_done_in_whatever_order():
    run(EXAMPLES)


FINDING = {"phases": (Phase.generate,), "derandomize": True, "database": None}


@pytest.mark.nightly("fuzz")
def test_the_machine_finds_four_eyes_taken_out(monkeypatch):
    trusting = {
        action: replace(rule, barred=frozenset()) for action, rule in ACTIONS.items()
    }
    monkeypatch.setattr(service, "ACTIONS", trusting)

    with pytest.raises(AssertionError, match="had a hand in it"):
        run(200, **FINDING)


@pytest.mark.nightly("fuzz")
def test_the_machine_finds_the_check_of_versions_taken_out(monkeypatch):
    monkeypatch.setattr(preconditions, "_require_current", nothing)

    with pytest.raises(AssertionError, match="entered over a newer version"):
        run(400, **FINDING)


@pytest.mark.nightly("fuzz")
def test_the_machine_finds_the_check_of_hashes_taken_out(monkeypatch):
    monkeypatch.setattr(preconditions, "_require_seen", nothing)
    monkeypatch.setattr(service, "claim", careless)

    with pytest.raises(AssertionError, match="stale form"):
        run(200, **FINDING)


def nothing(*_):
    """Ask for nothing."""


def careless(row, _seen, _message, **values):
    """Change a row whatever version was seen."""
    for name, value in {**values, "lock_version": row.lock_version + 1}.items():
        setattr(row, name, value)
