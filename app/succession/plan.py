"""What a succession will move: the same plan is shown before it is submitted and
carried out when it is entered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.accounts import service as accounts
from app.exchange.cases import handing_over
from app.permissions import Audience
from app.register import codes, numbering, reassignment
from app.register.content.hashing import Content
from app.register.models import Entry
from app.register.queries import EntryView, Register
from app.register.standing import Moment, State
from app.succession.acts import Act, ActType
from app.workflow import reassignment as proposals
from app.workflow.intake import queries as intake_queries
from catalog_schema import identifiers
from catalog_schema.identifiers import AgencyCode, Scheme
from catalog_schema.profile import Profile, Visibility

CODE, AGENCY = "identifier-code", "agency"
_EVERYTHING = Audience(Visibility.OWNER)
_ALIVE = {"dang-dung", "du-kien"}

_DRAWN = "succession.plan"  # what a session has drawn last


class LineKind(StrEnum):
    """What a line of the plan is about."""

    ENDS = "ends"
    RENAMED = "renamed"
    AGENCY = "agency"
    ENTRY = "entry"
    CODE_CLOSED = "code-closed"
    CODE_ISSUED = "code-issued"
    PROPOSAL = "proposal"
    CASE = "case"
    POST = "post"
    RESTORED = "restored"
    LEFT = "left"


WORK = frozenset({LineKind.PROPOSAL, LineKind.CASE, LineKind.POST})


@dataclass(frozen=True)
class PlanLine:
    """One thing that moves, ends or is made. `key` names it in an assignment; `to`
    None: it stays or simply ends.
    """

    what: LineKind
    key: str
    title: str
    origin: UUID
    to: UUID | None
    subject: UUID | None = None  # the entry, proposal or post
    kind: str = ""
    fields: tuple[str, ...] = ()


@dataclass
class ClosedCode:
    """A code that closes. `value`: the new one that its holder gets, "" until it is
    numbered, None where they get none.

    `under`: the code below which its holder, else whoever is below it, gets new ones;
    None: the same as its parent's.
    """

    view: EntryView
    origin: UUID
    under: str | None
    value: str | None = None
    successors: list[str] = field(default_factory=list)  # values of codes


@dataclass
class Plan:
    """Everything that a succession does, and what nobody has been told to take."""

    lines: list[PlanLine]
    closings: list[ClosedCode]
    unassigned: list[PlanLine]

    def of(self, kind: LineKind) -> list[PlanLine]:
        """Return the lines about one thing."""
        return [line for line in self.lines if line.what is kind]


def plan(session: Session, profile: Profile, act: Act) -> Plan:
    """Return what entering `act` now would do; nothing is changed.

    Drawn once for an act in a session, unless other entries have changed meanwhile:
    what is checked is what is carried out.
    """
    drawn: tuple[Act, Plan] | None = session.info.get(_DRAWN)
    others = journal.changed(session) - {act.entry_id}
    if drawn is None or drawn[0] != act or others:
        drawn = (act, _Planner(session, profile, act).plan())
        session.info[_DRAWN] = drawn
    return drawn[1]


class _Planner:
    def __init__(self, session: Session, profile: Profile, act: Act) -> None:
        self.session = session
        self.profile = profile
        self.act = act
        self.register = Register(
            session, profile, Moment(act.day, journal.head(session)), _EVERYTHING
        )

    def plan(self) -> Plan:
        moving_lines = [
            line for origin in self.act.originals for line in self._moving(origin)
        ]
        moved = [line for line in moving_lines if line.to is not None]
        left = [line for line in moving_lines if line.to is None]
        closings = self._closings(
            [line for line in moved if line.what is LineKind.AGENCY]
        )
        lines = [*self._originals(), *moved, *self._code_lines(closings)]
        return Plan(lines, closings, left if self.act.form.ends else [])

    @cached_property
    def agencies(self) -> dict[UUID, EntryView]:
        return self.register.by_ids(
            {*self.act.originals, *self.act.resulting, *self.act.assigned.values()}
        )

    @cached_property
    def in_use(self) -> dict[UUID, EntryView]:
        above = {code for code in map(self._above, self.act.originals) if code}
        return codes.in_use(
            self.register, {*self.act.resulting, *self.act.assigned.values(), *above}
        )

    def _above(self, agency: UUID) -> UUID | None:
        view = self.agencies.get(agency)
        return (
            UUID(view.content["parent"])
            if view and view.content.get("parent")
            else None
        )

    def _originals(self) -> Iterator[PlanLine]:
        for origin in self.act.originals:
            view = self.agencies.get(origin)
            if view is None:
                continue
            if self.act.form.ends:
                yield PlanLine(
                    LineKind.ENDS,
                    view.local_id,
                    view.title,
                    origin=origin,
                    to=None,
                    subject=origin,
                )
            if self.act.type is ActType.RENAME:
                yield PlanLine(
                    LineKind.RENAMED,
                    view.local_id,
                    view.title,
                    origin=origin,
                    to=origin,
                    subject=origin,
                )

    def _moving(self, origin: UUID) -> Iterator[PlanLine]:
        """Yield what names the agency or is of it, each with who takes it."""
        if self.act.type in (ActType.RENAME, ActType.CORRECT):
            return
        for named in reassignment.naming(
            self.session, self.profile, origin, self.act.day
        ):
            if named.entry_id in self.act.originals and self.act.form.ends:
                continue  # it ends itself
            line_kind = LineKind.AGENCY if named.kind == AGENCY else LineKind.ENTRY
            to = self.act.heir(named.local_id)
            yield PlanLine(
                line_kind,
                named.local_id,
                named.title,
                origin,
                to,
                named.entry_id,
                named.kind,
                named.fields,
            )
        for proposal in proposals.touching(self.session, origin):
            key = f"phiếu {proposal.number}"
            if proposal.entry_id in (*self.act.originals, self.act.entry_id):
                # about an agency that ends, or this very succession: whoever examines
                # it decides
                continue
            to = self.act.heir(key, work=True)
            yield PlanLine(
                LineKind.PROPOSAL,
                key,
                _title(proposal.content),
                origin,
                to,
                proposal.id,
                proposal.kind,
            )
        for case in handing_over.touching(self.session, origin):
            key = f"việc {case.number}"
            to = self.act.heir(key, work=True)
            yield PlanLine(LineKind.CASE, key, case.title, origin, to, case.id)
        for post in accounts.posts_of(self.session, origin):
            key = f"vị trí {post.title}"
            yield PlanLine(
                LineKind.POST,
                key,
                post.title,
                origin,
                self.act.heir(key, work=True),
                post.id,
            )

    def _closings(self, children: Sequence[PlanLine]) -> list[ClosedCode]:
        """Return the codes that close, parents first: those of who ends, of who moves,
        and all that lie below them.
        """
        closed: dict[str, ClosedCode] = {}
        if self.act.form.ends:
            heirs = [
                self.in_use[agency].title
                for agency in self.act.resulting
                if agency in self.in_use
            ]
            for view in self._held(self.act.originals):
                under = (
                    heirs[0]
                    if heirs and view.content["scheme"] == Scheme.QD20
                    else None
                )
                closed[view.title] = ClosedCode(
                    view, UUID(view.content["holder"]), under, successors=list(heirs)
                )
        moving = children if self.act.issue_codes else ()
        for line in moving:
            parent = self._code_above(line)
            if line.subject is None or parent is None:
                continue
            for view in self._held([line.subject]):
                if view.content["scheme"] == Scheme.QD20:
                    closed[view.title] = ClosedCode(view, line.origin, parent, value="")
        closed |= {
            closing.view.title: closing for closing in list(self._rising(closed))
        }
        for root in [
            value
            for value, closing in closed.items()
            if closing.view.content["scheme"] == Scheme.QD20
        ]:
            for view in self._below(root):
                closed.setdefault(
                    view.title, ClosedCode(view, closed[root].origin, None, value="")
                )
        self._number(closed)
        return [
            closed[value]
            for value in sorted(closed, key=lambda value: (value.count("."), value))
        ]

    def _code_above(self, child: PlanLine) -> str | None:
        """Return the code below which an agency that moves goes on."""
        if child.to == child.subject:
            return self._top(child.origin)
        above = self.in_use.get(child.to) if child.to else None
        return above.title if above else None

    def _rising(self, closed: dict[str, ClosedCode]) -> Iterator[ClosedCode]:
        """Yield the codes of successors that lie below what ends: they go on where it
        was.
        """
        if not self.act.form.ends:
            return
        for agency in self.act.resulting:
            view = self.in_use.get(agency)
            if view is None:
                continue
            for value, closing in closed.items():
                if view.title.startswith(value + "."):
                    under = self._top(closing.origin)
                    yield ClosedCode(view, closing.origin, under, value="")
                    break

    def _top(self, agency: UUID) -> str | None:
        """Return the code below which an agency stands, of the nearest above it that
        does not end.
        """
        above, seen = self._above(agency), {agency}
        while above in self.act.originals and above not in seen:
            seen.add(above)
            above = self._above(above)
        return self.in_use[above].title if above in self.in_use else None

    def _number(self, closed: dict[str, ClosedCode]) -> None:
        """Give new codes to whoever keeps on under another parent, which gets its own
        first.
        """
        taken, numbered = intake_queries.promised(self.session), set[str]()

        def now(value: str | None) -> str | None:
            """Return what a code is from the day on: itself where it stays, None where
            it ends.
            """
            if value is None or value not in closed:
                return value
            closing = closed[value]
            if value in numbered or closing.value is None:
                return closing.value or None
            numbered.add(value)
            code = AgencyCode(value)
            above = closed.get(code.parent.value) if code.parent else None
            renewed = now(above.view.title) if above else None
            if closing.under:
                under = now(closing.under)
            else:
                under = renewed or (now(above.under) if above else None)
            if under is None or not self.act.issue_codes:
                closing.value = None
                closing.successors = list(above.successors) if above else []
                return None
            closing.value = self._free(
                code, AgencyCode(under), taken, fresh=bool(renewed)
            )
            closing.successors = [closing.value]
            taken.add(closing.value)
            return closing.value

        for value in sorted(closed, key=lambda value: (value.count("."), value)):
            now(value)
        for closing in closed.values():
            closing.successors = list(
                dict.fromkeys(
                    successor for successor in map(now, closing.successors) if successor
                )
            )

    def _free(
        self, code: AgencyCode, under: AgencyCode, taken: set[str], *, fresh: bool
    ) -> str:
        """Return the new code: below a parent that is new itself the last group stays,
        else the next number comes.
        """
        same = f"{under.value}.{code.groups[-1]}"
        fits = (
            len(same) <= identifiers.MAX_LENGTH
            and same not in taken
            and not numbering.used(self.session, same)
        )
        if fresh and fits:
            return same
        parent = next(
            (view for view in self.in_use.values() if view.title == under.value), None
        )
        rule = parent.content.get("numbering", {}) if parent else {}
        return numbering.following(self.session, under, rule, taken).value

    def _held(self, holders: Sequence[UUID]) -> list[EntryView]:
        return [view for view in codes.held(self.register, holders) if _alive(view)]

    def _below(self, value: str) -> list[EntryView]:
        query = select(Entry.id).where(
            Entry.kind == CODE, Entry.local_id.startswith(value + ".", autoescape=True)
        )
        views = self.register.by_ids(self.session.scalars(query)).values()
        return [view for view in views if _alive(view)]

    def _code_lines(self, closings: Sequence[ClosedCode]) -> Iterator[PlanLine]:
        for closing in closings:
            holder = (
                UUID(closing.view.content["holder"])
                if closing.view.content.get("holder")
                else closing.origin
            )
            yield PlanLine(
                LineKind.CODE_CLOSED,
                closing.view.title,
                ", ".join(closing.successors),
                closing.origin,
                None,
                closing.view.id,
                CODE,
            )
            if closing.value:
                yield PlanLine(
                    LineKind.CODE_ISSUED,
                    closing.value,
                    closing.view.title,
                    closing.origin,
                    holder,
                    None,
                    CODE,
                )


def _title(content: Content) -> str:
    """Return what a proposal is about, as far as its draft, which may hold anything,
    says it.
    """
    named = content.get("title") or content.get("name")
    return str(named.get("vi", "")) if isinstance(named, dict) else str(named or "")


def _alive(view: EntryView) -> bool:
    return view.content.get("status") in _ALIVE and view.state is not State.ENDED
