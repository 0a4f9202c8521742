"""A small province for tests of succession: departments under one committee, codes, databases, proposals, people."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from support import SINCE, agency, code, database

from app.accounts import service as accounts
from app.accounts.models import Post
from app.permissions import Actor, Audience, Role
from app.register.filters import Filter
from app.register.latest_versions import latest_version
from app.register.models import Period
from app.register.standing import State
from app.succession import plan as succession_plan
from app.succession.acts import read
from app.workflow.context import Desk
from app.workflow.proposals import service
from app.workflow.proposals.inputs import ProposalRequest, Submit
from catalog_schema.profile import Visibility

DAY = date(2025, 3, 1)
BEFORE = DAY - timedelta(days=1)
ALL = Audience(Visibility.OWNER)


@dataclass
class Province:
    """Departments under one committee, each with a code, units, databases, proposals and people."""

    office: object
    root: UUID = None
    decision: str = ""
    agencies: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)

    def agency(self, name, parent=None, since=SINCE, **more):
        content = agency(name, **({"parent": str(parent)} if parent else {}), **more)
        self.agencies[name] = self.office.enter("agency", content, effective_from=since)
        return self.agencies[name]

    def code(self, value, holder, parent=None, since=SINCE, **more):
        above = {"parent_code": str(self.codes()[parent].id)} if parent else {}
        return self.office.enter(
            "identifier-code",
            code(value, holder, **above, **more),
            effective_from=since,
        )

    def codes(self, as_of=None):
        with self.office.reading(as_of=as_of) as register:
            return {
                view.title: view
                for view in register.all(Filter(kinds=("identifier-code",)))
            }

    def databases(self, owner, count, since=SINCE):
        return [
            self.office.enter(
                "shared-database",
                database(str(owner), self.decision, title=f"CSDL {owner} {n}"),
                effective_from=since,
            )
            for n in range(count)
        ]

    def hire(self, agency_id, count):
        with self.office.system.database.transaction() as session:
            for number in range(count):
                email = f"n{number}.{str(agency_id)[:8]}@so.example"
                person = accounts.add_person(session, f"Người {number}", email)
                post = accounts.add_post(
                    session, agency_id, f"Đầu mối {number}", Role.REGISTRAR
                )
                accounts.appoint(session, post, person, SINCE)
                self.people.setdefault(agency_id, []).append(
                    Actor(person.id, post.id, Role.REGISTRAR, agency_id)
                )

    def desk(self, session, actor):
        return Desk(
            session, self.office.system.profile, actor, self.office.system.office
        )

    def moved(self, session, agency_id):
        """Return the first of an agency's people as the actor that they are now, wherever their post went."""
        was = self.people[agency_id][0]
        return replace(was, agency_id=session.get(Post, was.post_id).agency_id)

    def propose(self, agency_id, count, **more):
        made = []
        for number in range(count):
            with self.office.system.database.transaction() as session:
                author = self.people[agency_id][number % len(self.people[agency_id])]
                desk = self.desk(session, author)
                content = database(
                    str(agency_id), self.decision, title=f"Mới {agency_id} {number}"
                )
                proposal = service.propose(
                    desk, ProposalRequest("shared-database", content, **more)
                )
                service.act(desk, proposal.id, proposal.lock_version, Submit())
                made.append(proposal.id)
        return made

    def amend(self, entry, author, **changed):
        with self.office.system.database.transaction() as session:
            desk = self.desk(session, author)
            content = {**latest_version(session, entry).content, **changed}
            request = ProposalRequest(
                "shared-database", content, entry_id=entry, type="amend"
            )
            proposal = service.propose(desk, request)
            service.act(desk, proposal.id, proposal.lock_version, Submit())
            return proposal.id

    def content(self, kind, originals, resulting, day=DAY, **more):
        return {
            "title": {"vi": "Sắp xếp cơ quan"},
            "type": kind,
            "original": [str(one) for one in originals],
            "resulting": [str(one) for one in resulting],
            "date": day.isoformat(),
            "decision": self.decision,
            "certainty": "co-quan-khai",
            **more,
        }

    def succeed(self, *args, **more):
        return self.office.enter("succession", self.content(*args, **more))

    def plan(self, *args, **more):
        with self.office.system.database.reading() as session:
            act = read(UUID(int=0), self.content(*args, **more))
            return succession_plan.plan(session, self.office.system.profile, act)

    def view(self, entry, as_of=None, **kw):
        return self.office.get(entry, as_of=as_of, audience=ALL, **kw)

    def everything(self, as_of):
        with self.office.reading(as_of=as_of, audience=ALL) as register:
            states = (State.IN_FORCE, State.SUSPENDED, State.ENDED)
            return {
                view.iri: (view.state, view.content)
                for view in register.all(Filter(states=states))
            }


def overlapping(session):
    """Return the entries that have two versions on one day."""
    rows = session.execute(
        select(Period.entry_id, Period.valid_from, Period.valid_to)
        .where(Period.superseded_seq.is_(None), Period.valid_from < Period.valid_to)
        .order_by(Period.entry_id, Period.valid_from)
    ).all()
    return [
        one[0]
        for one, after in pairwise(rows)
        if one[0] == after[0] and one[2] > after[1]
    ]


def settled(office):
    """Return a province with four departments, each with a code."""
    made = Province(office)
    made.decision = str(office.law())
    made.root = made.agency("UBND tỉnh")
    made.code("Y19", made.root)
    for number, name in enumerate(("Sở Một", "Sở Hai", "Sở Ba", "Sở Mới"), start=1):
        made.agency(name, made.root)
        made.code(f"Y19.{number}", made.agencies[name], "Y19")
    return made
