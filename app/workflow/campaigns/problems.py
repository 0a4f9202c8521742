"""What is known to be wrong with an agency's databases: while it is, “no change” does
not certify them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from app.db import among
from app.permissions import Audience
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import State, moment
from app.vietnamese import fold
from app.workflow.context import Desk
from app.workflow.proposals.lifecycle import OPEN
from app.workflow.proposals.models import Proposal
from catalog_schema.profile import Visibility


class ProblemKind(StrEnum):
    """What is wrong."""

    PENDING = "pending"
    LAPSED = "lapsed"
    DISSOLVED = "dissolved"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a database; `what` is the proposal's number, the law, the
    agency.
    """

    kind: ProblemKind
    what: str


def of(desk: Desk, views: Sequence[EntryView]) -> dict[UUID, list[Problem]]:
    """Return what is wrong with each of these databases; those without a problem are
    left out.
    """
    found: dict[UUID, list[Problem]] = defaultdict(list)
    for entry_id, problem in _all(desk, views):
        found[entry_id].append(problem)
    return dict(found)


def _all(desk: Desk, views: Sequence[EntryView]) -> Iterator[tuple[UUID, Problem]]:
    register = Register(
        desk.session, desk.profile, moment(desk.session), Audience(Visibility.OWNER)
    )
    for proposal, entry_id in _open_proposals(desk, views):
        yield entry_id, Problem(ProblemKind.PENDING, str(proposal))
    bases = {UUID(basis) for view in views for basis in _bases(view)}
    laws = register.by_ids(bases)
    for view in views:
        for basis in _bases(view):
            law = laws.get(UUID(basis))
            if law is not None and law.thing.over:
                number = law.content.get("number") or law.title
                yield view.id, Problem(ProblemKind.LAPSED, number)
    dissolved = _dissolved(register) if views else {}
    for view in views:
        contact = view.content.get("contact_point", {}).get("fn", {}).get("vi", "")
        for folded, title in dissolved.items():
            if folded in fold(contact):
                yield view.id, Problem(ProblemKind.DISSOLVED, title)


def _open_proposals(desk: Desk, views: Sequence[EntryView]) -> list[tuple[int, UUID]]:
    ids = [view.id for view in views]
    query = select(Proposal.number, Proposal.entry_id).where(
        among(desk.session, Proposal.entry_id, ids), Proposal.status.in_(sorted(OPEN))
    )
    rows = desk.session.execute(query.order_by(Proposal.number))
    return [(number, entry_id) for number, entry_id in rows]


def _bases(view: EntryView) -> Sequence[str]:
    bases: Sequence[str] = view.content.get("legal_basis", ())
    return bases


def _dissolved(register: Register) -> dict[str, str]:
    """Return the agencies that are no more, by their folded names; names that another
    one bears today are left out.
    """
    ended = register.titles(Filter(("agency",), (State.ENDED,)))
    standing = register.titles(Filter(("agency",), (State.IN_FORCE, State.SUSPENDED)))
    present = "\n".join(fold(title) for title in standing.values())
    names = {fold(title): title for title in ended.values()}
    return {folded: title for folded, title in names.items() if folded not in present}
