"""“Việc của tôi”: what waits for whoever is logged in, by role; what waits for others;
what the agency owns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy.orm import Session

from app import clock, succession
from app.exchange import freshness
from app.exchange.cases import queries
from app.exchange.cases.lifecycle import Side
from app.exchange.cases.queries import CaseFilter
from app.permissions import Action, Role, declares, may, reach
from app.register.filters import Filter
from app.register.queries import EntryView
from app.register.standing import State
from app.web.display import case_words
from app.web.display.proposal_rows import ProposalRow, items
from app.web.display.turns import BY_ROLE
from app.web.http import guard
from app.web.http.current import installation, register_today
from app.workflow.campaigns import queries as campaign_queries
from app.workflow.consultations import queries as consultation_queries
from app.workflow.context import Desk
from app.workflow.intake import queries as intake_queries
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import way
from app.workflow.proposals.lifecycle import CLOSED, WITH_AGENCY, Status
from app.workflow.proposals.models import Proposal
from app.workflow.proposals.queries import ProposalFilter
from app.workflow.time import confirmations
from catalog_schema.profile import DATABASE

blueprint = Blueprint("inbox", __name__)

SOON = 30  # days before a confirmation is due from which on it is a task
LISTED = 50
TOLD = 60  # days for which a succession is told to the agencies that took part
LAST_CLOSED = 10  # of an agency's closed proposals that are shown
OTHERS = 8  # cases for which the reader's agency waits that are shown
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
            proposals.latest(desk, sorted(CLOSED), LAST_CLOSED)
            if actor.role is Role.REGISTRAR
            else []
        )
        page = render_template(
            "office/my_tasks.html",
            **_shared_out(actor.role, lists),
            due=[
                entry for entry in entries if (entry.until - clock.today()).days <= SOON
            ],
            stale=freshness.overdue(
                register_today(session), [entry.view for entry in entries]
            ),
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
            **_cases(desk),
            successions=_successions(session, actor.agency_id),
            all_entries=url_for(
                "search.results", owner=str(actor.agency_id), scope="all"
            ),
        )
    return Response(page)


def _cases(desk: Desk) -> dict[str, object]:
    """Return the cases that wait for the reader's agency, and those for which it waits
    itself; none for who does nothing to cases.
    """
    if reach(desk.actor, Action.NOTE_CASE) is None:
        return {"cases": (), "cases_total": 0}
    mine = queries.page(desk, CaseFilter(waits=Side.PARTY))
    own = desk.actor.agency_id
    asked = CaseFilter(waits=Side.ASKING, asking_id=own)
    others = queries.page(desk, asked)
    ids = case_words.agencies([*mine, *others])
    names = case_words.named(register_today(desk.session).by_ids(ids))
    return {
        "cases": case_words.rows(desk, mine[: queries.LISTED], names),
        "cases_total": queries.count(desk, CaseFilter(waits=Side.PARTY)),
        "waiting_cases_total": queries.count(desk, asked),
        "waiting_cases": case_words.rows(desk, others[:OTHERS], names),
        "case_tabs": case_words.tabs(desk.profile),
    }


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
            "cases",
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
