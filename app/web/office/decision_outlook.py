"""The list as it will be once a decision holds, beside the list as it is: figures that
an approver can be asked about.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from app import clock
from app.register import own_databases
from app.register.own_databases import ORIGINALS
from app.register.queries import Register
from app.register.standing import Moment
from app.web.http.current import register_today
from app.workflow.context import Desk
from app.workflow.decisions.lifecycle import DecisionStatus
from app.workflow.decisions.models import Decision
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.profile import DATABASE


@dataclass(frozen=True)
class Figure:
    """A count of the list now and once the decision holds."""

    label: str
    before: int
    after: int
    href: str = ""

    @property
    def change(self) -> str:
        """How it changes, with its sign."""
        return f"{self.after - self.before:+d}" if self.after != self.before else "0"


def outlook(
    desk: Desk, gathered: Sequence[Proposal], decision: Decision
) -> list[Figure]:
    """Return the figures of the province's own databases; nothing where the decision
    holds no database.
    """
    databases = [row for row in gathered if row.kind == DATABASE]
    if not databases:
        return []
    if decision.step is DecisionStatus.SIGNED and decision.effective_from:
        day = decision.effective_from
        now = _held(desk, day - timedelta(days=1))
        then = _held(desk, day)
    else:
        now = _held(desk, clock.today())
        then = _with(now, databases)
    contents = [*now.values(), *then.values()]
    over = own_databases.lapsed(register_today(desk.session), contents)
    before, after = _counts(now, over), _counts(then, over)
    labels = {
        "databases": _("Cơ sở dữ liệu dùng chung"),
        "items": _("Hạng mục dữ liệu"),
        "lawful": _("Có căn cứ pháp lý còn hiệu lực"),
        "classed": _("Đã phân loại theo mức độ chia sẻ"),
        "owners": _("Cơ quan chủ quản"),
    }
    listed = url_for("search.results", kind=DATABASE)
    return [
        Figure(label, before[name], after[name], listed if name == "databases" else "")
        for name, label in labels.items()
    ]


def _held(desk: Desk, day: date) -> dict[UUID, Mapping[str, Any]]:
    """Return the databases of a day, by what is known now."""
    today = register_today(desk.session)
    moment = Moment(day, today.at.known_at)
    register = Register(desk.session, desk.profile, moment, today.audience)
    return {view.id: view.content for view in register.all(ORIGINALS)}


def _with(
    now: Mapping[UUID, Mapping[str, Any]], databases: Sequence[Proposal]
) -> dict[UUID, Mapping[str, Any]]:
    """Return the databases as proposals would leave them."""
    then = dict(now)
    for row in databases:
        if row.type is ProposalType.END:
            then.pop(row.entry_id, None)
        elif row.content:
            then[row.entry_id] = row.content
    return then


def _counts(
    contents: Mapping[UUID, Mapping[str, Any]], over: Collection[UUID]
) -> Mapping[str, int]:
    held = contents.values()
    return {
        "databases": len(contents),
        "items": sum(len(content.get("data_items", ())) for content in held),
        "lawful": sum(own_databases.rests_on_law(one, over) for one in held),
        "classed": sum(own_databases.is_classified(one) for one in held),
        "owners": len({one["owner"] for one in held if one.get("owner")}),
    }
