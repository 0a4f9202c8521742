"""What happened to a decision: in the journal for proof, and with the decision for
people.
"""

from app import clock, journal
from app.workflow.context import Desk
from app.workflow.decisions.models import Decision


def record(
    desk: Desk,
    decision: Decision,
    event: str,
    reason: str = "",
    *,
    file: str | None = None,
) -> None:
    """Journal what happened, and keep who did it when and why with the decision;
    `file`: what came with it, by its hash.
    """
    note = desk.note(
        f"decision.{event}",
        entry_id=decision.entry_id,
        hash=file or decision.annex_hash,
    )
    journal.record(desk.session, note)
    step = {
        "event": event,
        "post": str(desk.actor.post_id),
        "at": clock.now().isoformat(),
        "reason": reason,
        **({"file": file} if file else {}),
    }
    decision.steps = [*(decision.steps or []), step]
