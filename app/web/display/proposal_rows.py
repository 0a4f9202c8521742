"""Proposals as lists show them: agency, age, days left, risks, who examines."""

from dataclasses import dataclass, replace
from datetime import date

from app import clock
from app.accounts.service import posts_by_id
from app.register.queries import EntryView
from app.web.display import wording
from app.web.http.current import register_today
from app.workflow.context import Desk
from app.workflow.proposals.lifecycle import WITH_DEPARTMENT
from app.workflow.proposals.models import Proposal
from app.workflow.review_help import risks as review_help_risks


@dataclass(frozen=True)
class ProposalRow:
    """A proposal in a list. `age` is in days since it was sent; `left` in working
    days.
    """

    number: int
    title: str
    agency: str
    kind: str
    type: str
    status: str
    age: int | None
    left: int | None
    until: date | None
    risks: tuple[review_help_risks.Risk, ...] = ()
    assignee: str = ""
    changed: date | None = None


def items(desk: Desk, rows: list[Proposal]) -> list[ProposalRow]:
    """Return proposals as lists show them."""
    agencies = register_today(desk.session).by_ids({row.agency_id for row in rows})
    risks = review_help_risks.risks(desk.session, rows)
    posts = posts_by_id(
        desk.session, {row.assignee_id for row in rows if row.assignee_id}
    )
    made = [_item(desk, row, agencies.get(row.agency_id)) for row in rows]
    return [
        replace(
            item,
            risks=tuple(risks[row.id]) if row.status in WITH_DEPARTMENT else (),
            assignee=posts[row.assignee_id].title if row.assignee_id in posts else "",
        )
        for item, row in zip(made, rows, strict=True)
    ]


def _item(desk: Desk, row: Proposal, agency: EntryView | None) -> ProposalRow:
    kind, today = desk.profile.kinds[row.kind], clock.today()
    sent = row.submitted_at if row.status in WITH_DEPARTMENT else None
    until = desk.office.until(row)
    return ProposalRow(
        number=row.number,
        title=wording.draft_title(kind, row.content),
        agency=agency.title if agency else "",
        kind=row.kind,
        type=row.type,
        status=row.status,
        age=(today - clock.local(sent).date()).days if sent else None,
        left=desk.office.calendar.left(until, today) if until else None,
        until=until,
        changed=clock.local(row.changed_at).date(),
    )
