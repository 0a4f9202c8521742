"""“Việc của tôi”: what waits for whoever is logged in, by role; and the queue of the department."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock, reading, succession
from app.accounts.service import post_titles
from app.permissions import Action, Role, declares, may
from app.register.narrowing import Filter
from app.register.queries import EntryView
from app.register.standing import State
from app.web import guard, wording
from app.web.linked_data import installation
from app.web.lookup import register
from app.workflow import campaigns, confirmations, consulting, examining, freshness, proposals
from app.workflow.desk import Desk
from app.workflow.lifecycle import OPEN, WITH_AGENCY, WITH_DEPARTMENT, Status
from app.workflow.models import Proposal
from app.workflow.proposals import Wanted

blueprint = Blueprint("tasks", __name__)

SOON = 30  # days before a confirmation is due from which on it is a task
LISTED = 50
TOLD = 60  # days for which a succession is told to the agencies that took part
CLOSED = (Status.REJECTED, Status.ENTERED, Status.WITHDRAWN)
LAST_CLOSED = 10  # of an agency's closed proposals that are shown
CHECKED = 500  # entries of an agency whose confirmations are looked at


@dataclass(frozen=True)
class Item:
    """A proposal in a list. `age` is in days since it was sent; `left` in working days."""

    number: int
    title: str
    agency: str
    kind: str
    type: str
    status: str
    age: int | None
    left: int | None
    until: date | None
    risks: tuple[examining.Risk, ...] = ()
    assignee: str = ""


@dataclass(frozen=True)
class Due:
    """An entry and by when it is to be confirmed."""

    view: EntryView
    until: date


BY_ROLE: dict[Role, tuple[Status, ...]] = {
    Role.REGISTRAR: (
        *(Status.RETURNED, Status.DRAFT, Status.ENDORSING),
        *(Status.RECOMMENDED, Status.IN_REVIEW, Status.SUBMITTED, Status.APPROVED),
    ),
    Role.HEAD: (Status.ENDORSING,),
    Role.REVIEWER: (Status.SUBMITTED, Status.IN_REVIEW),
    Role.APPROVER: (Status.RECOMMENDED,),
    Role.CLERK: (Status.APPROVED,),
    Role.AUDITOR: (),
    Role.ADMINISTRATOR: (),
}


@blueprint.get("/viec-cua-toi")
@declares(Action.WORK)
def mine() -> Response:
    """Show what waits for me, first what I can do now."""
    actor = guard.account().actor
    if actor is None:
        nothing = dict.fromkeys(("lists", "due", "entries", "closed", "consultations", "campaigns"), ())
        return Response(render_template("mine.html", **nothing, agencies={}, total=0, role=None))
    with installation().database.reading() as session:
        desk = guard.desk(session)
        lists = [(status, *_list(desk, Wanted((status,)))) for status in BY_ROLE[actor.role]]
        entries, total = _entries(session, actor.agency_id) if actor.role is Role.REGISTRAR else ([], 0)
        asked = may(actor, Action.ANSWER, actor.agency_id)
        answering = proposals.waiting_for_me(desk) if actor.role is Role.APPROVER else []
        closed = proposals.latest(desk, CLOSED, LAST_CLOSED) if actor.role is Role.REGISTRAR else []
        page = render_template(
            "mine.html",
            lists=[(status, items, count) for status, items, count in lists if items],
            due=[entry for entry in entries if (entry.until - clock.today()).days <= SOON],
            stale=freshness.overdue([entry.view for entry in entries], clock.today()),
            entries=entries[:LISTED],
            total=total,
            closed=items(desk, closed),
            answering=items(desk, answering),
            consultations=consulting.waiting_for_me(desk) if asked else [],
            campaigns=campaigns.waiting_for_me(desk) if asked else [],
            agencies=register(session).by_ids({post.agency_id for post in guard.account().posts}),
            role=actor.role,
            successions=_successions(session, actor.agency_id),
            all_entries=url_for("searching.results", kind="shared-database", owner=str(actor.agency_id)),
        )
    return Response(page)


def _successions(session: Session, agency_id: UUID) -> list[EntryView]:
    """Return the successions of late and to come in which the agency takes part, the latest first."""
    found = register(session)
    uses = [use for name in ("original", "resulting") for use in found.uses(agency_id, only=name)]
    acts = {act.id: act for use in uses for act in use.views if use.kind == succession.KIND}
    since = (clock.today() - timedelta(days=TOLD)).isoformat()
    return sorted(
        (a for a in acts.values() if a.content["date"] >= since), key=lambda a: a.content["date"], reverse=True
    )


def _entries(session: Session, agency_id: UUID) -> tuple[list[Due], int]:
    found = register(session)
    wanted = Filter((), (State.IN_FORCE, State.SUSPENDED, State.NOT_YET), {"owner": (str(agency_id),)})
    views, _more = found.page(wanted, limit=CHECKED)
    until = confirmations.due(session, views)
    return [Due(view, until[view.id]) for view in views], found.count(wanted)


def _list(desk: Desk, wanted: Wanted) -> tuple[list[Item], int]:
    rows, more = proposals.page(desk, wanted, LISTED)
    total = len(rows) if more is None else proposals.count(desk, wanted)
    return items(desk, rows), total


def items(desk: Desk, rows: list[Proposal]) -> list[Item]:
    """Return proposals as lists show them."""
    agencies = register(desk.session).by_ids({row.agency_id for row in rows})
    risks = examining.risks(desk.session, rows)
    posts = post_titles(desk.session, {row.assignee_id for row in rows if row.assignee_id})
    made = [_item(desk, row, agencies.get(row.agency_id)) for row in rows]
    return [
        replace(
            item,
            risks=tuple(risks[row.id]) if row.status in WITH_DEPARTMENT else (),
            assignee=posts[row.assignee_id].title if row.assignee_id in posts else "",
        )
        for item, row in zip(made, rows, strict=True)
    ]


def _item(desk: Desk, row: Proposal, agency: EntryView | None) -> Item:
    kind, today = desk.profile.kinds[row.kind], clock.today()
    sent = row.submitted_at if row.status in WITH_DEPARTMENT else None
    until = desk.practice.until(row)
    return Item(
        number=row.number,
        title=wording.draft_title(kind, row.content),
        agency=agency.title if agency else "",
        kind=row.kind,
        type=row.type,
        status=row.status,
        age=(today - clock.local(sent).date()).days if sent else None,
        left=desk.practice.calendar.left(until, today) if until else None,
        until=until,
    )


@blueprint.get("/tham-dinh")
@declares(Action.READ)
def queue() -> Response:
    """List proposals, those that are due first: those with the department, or those with the agencies."""
    side = "co-quan" if request.args.get("cho") == "co-quan" else "don-vi"
    group = WITH_AGENCY | {Status.ENDORSING} if side == "co-quan" else WITH_DEPARTMENT
    status = request.args.get("status", "")
    wanted = Wanted(
        statuses=[status] if status in set(Status) else sorted(group),
        agency_id=_uuid(request.args.get("agency", "")),
        kind=request.args.get("kind") if request.args.get("kind") in installation().profile.kinds else None,
        after=reading.whole(request.args.get("after")),
        waiting=True,
        assignee=_whose(request.args.get("cua", "")),
    )
    with installation().database.reading() as session:
        desk = guard.desk(session)
        rows, more = proposals.page(desk, wanted, LISTED)
        agencies = register(session).by_ids(proposals.agencies(desk, sorted(OPEN)))
        page = render_template(
            "queue.html",
            items=items(desk, rows),
            total=proposals.count(desk, wanted),
            more=more,
            side=side,
            wanted=wanted,
            whose=request.args.get("cua", ""),
            reviewers=examining.reviewers(session),
            group=[one for one in Status if one in group],
            agencies=sorted(agencies.values(), key=lambda view: view.sort_key),
            title=_("Hồ sơ chờ cơ quan") if side == "co-quan" else _("Hàng đợi thẩm định"),
        )
    return Response(page)


def _whose(text: str) -> UUID | Literal["none"] | None:
    if text == "toi":
        return guard.actor().post_id
    return "none" if text == "chua" else _uuid(text)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
