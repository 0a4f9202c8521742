"""A code that closes takes along every code below it: none of them would have a parent
that is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.register import reassignment
from app.register import service as register
from app.register.content.hashing import Content
from app.register.models import Entry, Period, Version
from app.register.service import Order
from app.register.standing import stands
from app.workflow.checks.candidate import Candidate, CheckResult
from app.workflow.proposals.models import Severity
from catalog_schema.profile import Profile

KIND = "identifier-code"
# what is said of the code that closes is true of those below it
_TOLD = (
    "closed_by",
    "closing_reason",
)


@dataclass(frozen=True)
class Closing:
    """What entering a code that is closed brings with it, as the workflow asks for
    it.
    """

    profile: Profile

    def begins(self, content: Content) -> date | None:  # noqa: ARG002 - the proposal says from when
        """See `Consequence`."""
        return None

    def check(self, candidate: Candidate) -> Iterator[CheckResult]:
        """Tell whoever examines it what will close along with it."""
        if candidate.content.get("status") != "da-dong":
            return
        below = _below(candidate.session, candidate.content)
        if below:
            names = ", ".join(str(entry.local_id) for entry in below[:5])
            more = " …" if len(below) > 5 else ""  # noqa: PLR2004 - as many are named
            message = f"{len(below)} mã cấp dưới đóng theo cùng ngày: {names}{more}"
            yield CheckResult("code-subtree", "status", Severity.WARNING, message)

    def carry_out(self, session: Session, order: Order) -> None:
        """Close what lies below."""
        if order.content.get("status") == "da-dong":
            for entry in _below(session, order.content):
                register.rewrite(
                    session,
                    self.profile,
                    replace(order, entry_id=entry.id, end=None),
                    _shut(order.content),
                )


def _shut(above: Content) -> reassignment.Change:
    inherited = {name: above[name] for name in _TOLD if name in above}
    end = above.get("validity", {}).get("end")

    def change(content: Content) -> Content:
        validity = (
            {"validity": {**content.get("validity", {}), "end": end}} if end else {}
        )
        return content | {"status": "da-dong"} | inherited | validity

    return change


def _below(session: Session, content: Content) -> list[Entry]:
    """Return the codes below one that are not closed yet."""
    query = select(Entry, Version).join(Version, Version.entry_id == Entry.id)
    query = query.join(Period, Period.version_id == Version.id).where(stands())
    query = query.where(
        Entry.kind == KIND,
        Entry.local_id.startswith(f"{content['value']}.", autoescape=True),
    )
    rows = session.execute(query.order_by(Entry.local_id, Period.valid_from))
    last = {entry.id: (entry, version) for entry, version in rows}
    return [
        entry
        for entry, version in last.values()
        if version.content.get("status") != "da-dong"
    ]
