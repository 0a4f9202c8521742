"""“Việc của tôi”: what waits for whoever is logged in, by role; and the queue of the
department.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Literal
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock, succession
from app.exchange import freshness
from app.permissions import Action, Role, declares, may
from app.register import arguments
from app.register.filters import Filter
from app.register.queries import EntryView
from app.register.standing import State
from app.web.display import way
from app.web.display.proposal_rows import ProposalRow, items
from app.web.display.turns import BY_ROLE
from app.web.http import guard
from app.web.http.current import installation, register_today
from app.workflow.campaigns import queries as campaign_queries
from app.workflow.consultations import queries as consultation_queries
from app.workflow.context import Desk
from app.workflow.intake import queries as intake_queries
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.lifecycle import OPEN, WITH_AGENCY, WITH_DEPARTMENT, Status
from app.workflow.proposals.models import Proposal
from app.workflow.proposals.queries import ProposalFilter
from app.workflow.review_help import reviewers
from app.workflow.time import confirmations
from catalog_schema.profile import DATABASE

blueprint = Blueprint("work_queue", __name__)

SOON = 30  # days before a confirmation is due from which on it is a task
LISTED = 50
TOLD = 60  # days for which a succession is told to the agencies that took part
CLOSED = (Status.REJECTED, Status.ENTERED, Status.WITHDRAWN)
LAST_CLOSED = 10  # of an agency's closed proposals that are shown
CHECKED = 500  # entries of an agency whose confirmations are looked at


@dataclass(frozen=True)
class Due:
    """An entry and by when it is to be confirmed."""

    view: EntryView
    until: date


@blueprint.get("/viec-cua-toi")
@declares(Action.WORK)
def mine() -> Response:
    """Show what waits for me, first what I can do now."""
    actor = guard.account().actor
    if actor is None:
        return _without_a_post()
    with installation().database.reading() as session:
        desk = guard.desk(session)
        lists = _lists(desk, BY_ROLE[actor.role])
        entries, total = (
            _entries(session, actor.agency_id)
            if actor.role is Role.REGISTRAR
            else ([], 0)
        )
        asked = may(actor, Action.ANSWER, actor.agency_id)
        answering = (
            proposals.waiting_for_me(desk) if actor.role is Role.APPROVER else []
        )
        closed = (
            proposals.latest(desk, CLOSED, LAST_CLOSED)
            if actor.role is Role.REGISTRAR
            else []
        )
        page = render_template(
            "office/my_tasks.html",
            **_shared_out(actor.role, lists),
            due=[
                entry for entry in entries if (entry.until - clock.today()).days <= SOON
            ],
            stale=freshness.overdue([entry.view for entry in entries], clock.today()),
            entries=[one for one in entries if one.view.kind == DATABASE][:LISTED],
            total=total,
            closed=items(desk, closed),
            answering=items(desk, answering),
            consultations=consultation_queries.waiting_for_me(desk) if asked else [],
            campaigns=campaign_queries.waiting_for_me(desk) if asked else [],
            agencies=register_today(session).by_ids(
                {post.agency_id for post in guard.account().posts}
            ),
            role=actor.role,
            intakes=intake_queries.waiting(desk),
            successions=_successions(session, actor.agency_id),
            all_entries=url_for(
                "search.results", owner=str(actor.agency_id), scope="all"
            ),
        )
    return Response(page)


def _without_a_post() -> Response:
    nothing = dict.fromkeys(
        (
            "mine",
            "others",
            "due",
            "entries",
            "closed",
            "consultations",
            "campaigns",
        ),
        (),
    )
    return Response(
        render_template(
            "office/my_tasks.html", **nothing, agencies={}, total=0, role=None
        )
    )


def _shared_out(
    role: Role, lists: Sequence[tuple[Status, list[ProposalRow], int]]
) -> dict[str, object]:
    """Return what waits for the reader and what waits for others, with how many there
    are in all: to a registrar, what is with the department waits for others.
    """
    filled = [each for each in lists if each[1]]
    if role is Role.REGISTRAR:
        mine = [each for each in filled if each[0] in WITH_AGENCY]
        others = [each for each in filled if each[0] not in WITH_AGENCY]
    else:
        mine, others = filled, []
    return {
        "mine": mine,
        "mine_total": sum(count for _status, _items, count in mine),
        "others": others,
        "others_total": sum(count for _status, _items, count in others),
        "places": way.PLACES,
        "way_length": len(way.WAY),
    }


def _successions(session: Session, agency_id: UUID) -> list[EntryView]:
    """Return the successions of late and to come in which the agency takes part, the
    latest first.
    """
    found = register_today(session)
    uses = [
        use
        for name in ("original", "resulting")
        for use in found.uses(agency_id, only=name)
    ]
    acts = {
        act.id: act for use in uses for act in use.views if use.kind == succession.KIND
    }
    since = (clock.today() - timedelta(days=TOLD)).isoformat()
    return sorted(
        (a for a in acts.values() if a.content["date"] >= since),
        key=lambda a: a.content["date"],
        reverse=True,
    )


def _entries(session: Session, agency_id: UUID) -> tuple[list[Due], int]:
    found = register_today(session)
    wanted = Filter(
        (),
        (State.IN_FORCE, State.SUSPENDED, State.NOT_YET),
        {"owner": (str(agency_id),)},
    )
    views, _more = found.page(wanted, limit=CHECKED)
    until = confirmations.due(session, views)
    return [Due(view, until[view.id]) for view in views], found.count(wanted)


def _lists(
    desk: Desk, statuses: Sequence[Status]
) -> list[tuple[Status, list[ProposalRow], int]]:
    """Return, for each status, the first proposals there and how many there are."""
    pages = []
    every: list[Proposal] = []
    for status in statuses:
        criteria = ProposalFilter((status,))
        rows, more = proposals.page(desk, criteria, LISTED)
        total = len(rows) if more is None else proposals.count(desk, criteria)
        pages.append((status, len(rows), total))
        every += rows
    shown = iter(items(desk, every))
    return [
        (status, list(islice(shown, length)), total) for status, length, total in pages
    ]


@blueprint.get("/tham-dinh")
@declares(Action.READ)
def queue() -> Response:
    """List proposals, those that are due first: those with the department, or those
    with the agencies.
    """
    side = "co-quan" if request.args.get("cho") == "co-quan" else "don-vi"
    group = WITH_AGENCY | {Status.ENDORSING} if side == "co-quan" else WITH_DEPARTMENT
    status = request.args.get("status", "")
    wanted = ProposalFilter(
        statuses=[status] if status in set(Status) else sorted(group),
        agency_id=_uuid(request.args.get("agency", "")),
        kind=request.args.get("kind")
        if request.args.get("kind") in installation().profile.kinds
        else None,
        after=arguments.whole(request.args.get("after")),
        waiting=True,
        assignee=_whose(request.args.get("cua", "")),
    )
    with installation().database.reading() as session:
        desk = guard.desk(session)
        rows, more = proposals.page(desk, wanted, LISTED)
        agencies = register_today(session).by_ids(
            proposals.agencies(desk, sorted(OPEN))
        )
        page = render_template(
            "office/queue.html",
            items=items(desk, rows),
            total=proposals.count(desk, wanted),
            more=more,
            side=side,
            wanted=wanted,
            whose=request.args.get("cua", ""),
            reviewers=reviewers.reviewers(session),
            group=[one for one in Status if one in group],
            agencies=sorted(agencies.values(), key=lambda view: view.sort_key),
            title=_("Hồ sơ chờ cơ quan")
            if side == "co-quan"
            else _("Hồ sơ chờ thẩm định"),
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
