"""Where a proposal is on its way: five steps, when each was done, and which is next;
and the same of a decision.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from flask_babel import gettext as _

from app import clock
from app.journal import JournalRow
from app.workflow.consultations.models import Consultation
from app.workflow.decisions.lifecycle import DecisionStatus
from app.workflow.decisions.models import Decision
from app.workflow.proposals import way
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.way import WayStep


def of_proposal(status: Status, history: Sequence[JournalRow]) -> list[WayStep]:
    """Return the steps of a proposal with its history, none for one that left the
    way.
    """
    return [replace(step, name=_(step.name)) for step in way.way(status, history)]


def of_decision(
    decision: Decision, consultations: Sequence[Consultation]
) -> list[WayStep]:
    """Return the steps of a decision, none for one that was dropped. That agencies were
    asked is a step where they were.
    """
    if decision.step is DecisionStatus.DROPPED:
        return []
    days = _days(decision)
    gathering = decision.step is DecisionStatus.GATHERING
    asked = [clock.local(one.asked_at).date() for one in consultations]
    steps = [(_("Tổng hợp phiếu"), not gathering, days.get("begun"))]
    if asked:
        closed = all(one.closed_at for one in consultations)
        steps.append((_("Lấy ý kiến"), closed, max(asked)))
    signed = decision.signed_on
    sent = decision.step in (DecisionStatus.SENT, DecisionStatus.SIGNED)
    holds = decision.effective_from
    steps += [
        (_("Chốt phụ lục"), not gathering, days.get("frozen")),
        (_("Trình ký"), sent, days.get("sent")),
        (_("Ban hành"), signed is not None, signed),
        (
            _("Có hiệu lực"),
            signed is not None and holds is not None and holds <= clock.today(),
            holds,
        ),
    ]
    told = []
    standing = "done"
    for name, done, day in steps:
        if standing == "now":
            standing = "next"
        elif standing == "done" and not done:
            standing = "now"
        shown = standing == "done" or name == steps[-1][0]
        told.append(WayStep(name, standing, day if shown else None))
    return told


def _days(decision: Decision) -> dict[str, date]:
    """Return the day on which each thing happened last."""
    return {
        step["event"]: clock.local(datetime.fromisoformat(step["at"])).date()
        for step in decision.steps or []
    }
