"""Where a proposal is on its way: five steps, when each was done, and which is next;
and the same of a decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _

from app import clock
from app.journal import JournalRow
from app.permissions import Action
from app.workflow.consultations.models import Consultation
from app.workflow.decisions.lifecycle import DecisionStatus
from app.workflow.decisions.models import Decision
from app.workflow.proposals.lifecycle import Status

WAY = (
    _("Lập phiếu"),
    _("Tiếp nhận"),
    _("Thẩm định"),
    _("Phê duyệt"),
    _("Vào danh mục"),
)
# which step is being done; one that was rejected or withdrawn is nowhere
PLACES: Mapping[Status, int] = {
    Status.DRAFT: 0,
    Status.ENDORSING: 0,
    Status.SUBMITTED: 1,
    Status.IN_REVIEW: 2,
    Status.RETURNED: 2,
    Status.RECOMMENDED: 3,
    Status.APPROVED: 4,
    Status.ENTERED: len(WAY),
}
# what ends each step
_ENDS: Sequence[frozenset[Action]] = (
    frozenset({Action.SUBMIT, Action.ENDORSE}),
    frozenset({Action.TAKE}),
    frozenset({Action.RECOMMEND, Action.CLEAR}),
    frozenset({Action.APPROVE, Action.CLEAR}),
    frozenset({Action.ENTER, Action.CLEAR}),
)


@dataclass(frozen=True)
class WayStep:
    """A step, how it stands (done, now, next), and the day on which it was done."""

    name: str
    standing: str
    day: date | None = None


def way(status: Status, history: Sequence[JournalRow]) -> list[WayStep]:
    """Return the steps of a proposal with its history, none for one that left the
    way.
    """
    place = PLACES.get(status)
    if place is None:
        return []
    done = [
        WayStep(str(name), "done", _ended(ends, history))
        for name, ends in zip(WAY[:place], _ENDS, strict=False)
    ]
    now = [WayStep(str(name), "now") for name in WAY[place : place + 1]]
    return [*done, *now, *(WayStep(str(name), "next") for name in WAY[place + 1 :])]


def _ended(actions: frozenset[Action], history: Sequence[JournalRow]) -> date | None:
    words = {f"proposal.{action}" for action in actions}
    at = [row.at for row in history if row.action in words]
    return clock.local(at[-1]).date() if at else None


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
    steps = [(str(_("Tổng hợp phiếu")), not gathering, days.get("begun"))]
    if asked:
        closed = all(one.closed_at for one in consultations)
        steps.append((str(_("Lấy ý kiến")), closed, max(asked)))
    signed = decision.signed_on
    sent = decision.step in (DecisionStatus.SENT, DecisionStatus.SIGNED)
    holds = decision.effective_from
    steps += [
        (str(_("Chốt phụ lục")), not gathering, days.get("frozen")),
        (str(_("Trình ký")), sent, days.get("sent")),
        (str(_("Ban hành")), signed is not None, signed),
        (
            str(_("Có hiệu lực")),
            signed is not None and holds is not None and holds <= clock.today(),
            holds,
        ),
    ]
    at = next(
        (n for n, (_name, done, _day) in enumerate(steps) if not done), len(steps)
    )
    standing = [
        "done" if n < at else "now" if n == at else "next" for n in range(len(steps))
    ]
    return [
        WayStep(name, stands, day if stands == "done" or name == steps[-1][0] else None)
        for (name, _done, day), stands in zip(steps, standing, strict=True)
    ]


def _days(decision: Decision) -> dict[str, date]:
    """Return the day on which each thing happened last."""
    return {
        step["event"]: clock.local(datetime.fromisoformat(step["at"])).date()
        for step in decision.steps or []
    }
