"""Where a proposal is on its way: five steps, when each was done, and which is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.journal import JournalRow
from app.permissions import Action
from app.workflow.proposals.lifecycle import Status


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


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
        WayStep(name, "done", _ended(ends, history))
        for name, ends in zip(WAY[:place], _ENDS, strict=False)
    ]
    now = [WayStep(name, "now") for name in WAY[place : place + 1]]
    return [*done, *now, *(WayStep(name, "next") for name in WAY[place + 1 :])]


def _ended(actions: frozenset[Action], history: Sequence[JournalRow]) -> date | None:
    words = {f"proposal.{action}" for action in actions}
    at = [row.at for row in history if row.action in words]
    return clock.local(at[-1]).date() if at else None


def in_words(steps: Sequence[WayStep]) -> str:
    """Return the steps on one line, as a letter says them; empty for none."""
    said = []
    for step in steps:
        if step.standing == "now":
            said.append(f"[{step.name}: đang làm]")
        elif step.day is not None:
            said.append(f"{step.name} {step.day:%d/%m/%Y}")
        else:
            said.append(step.name)
    return " → ".join(said)
