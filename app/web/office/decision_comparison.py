"""What a decision changed, two decisions side by side, and everything that goes up with
a draft as one file.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from app.permissions import PUBLIC, Action, declares
from app.register import arguments
from app.register.content import cut
from app.web.display import wording
from app.web.display.diff import Differ
from app.web.http import current, guard
from app.workflow.context import Desk
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions.models import Decision
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.models import Proposal, ProposalType

blueprint = Blueprint("decision_comparison", __name__, url_prefix="/quyet-dinh")


@dataclass(frozen=True)
class Compared:
    """One entry of two decisions: what each says of it, and what differs."""

    title: str
    mark: str
    before: Proposal | None
    after: Proposal | None
    lines: list[Any]


@blueprint.get("/<serial>/thay-doi")
@declares(Action.READ_DECISIONS)
def changes(serial: str) -> Response:
    """Show what a decision changed; with `voi`, what differs from another decision."""
    with current.looking() as session:
        desk = guard.desk(session)
        found = decision_queries.get(desk, arguments.whole(serial) or 0)
        other = arguments.whole(request.args.get("voi"))
        against = decision_queries.get(desk, other) if other else None
        rows = (
            _against(desk, against, found)
            if against
            else [_changed(desk, row) for row in _held(session, found)]
        )
        return Response(
            render_template(
                "public/compared_versions.html",
                decision=found,
                against=against,
                rows=sorted(rows, key=lambda row: (row.mark == "same", row.title)),
                others=[
                    one for one in decision_queries.latest(desk) if one.id != found.id
                ],
            )
        )


def _held(session: Session, decision: Decision) -> list[Proposal]:
    return decision_queries.gathered(session, decision)


def _changed(desk: Desk, row: Proposal) -> Compared:
    """Return what a proposal changed of the version that it was made from."""
    base = proposals.base_version(desk.session, row)
    before, after = (
        _public(desk, row, base.content if base else {}),
        _public(desk, row, row.content),
    )
    mark = {ProposalType.END: "removed", ProposalType.REGISTER: "added"}.get(
        row.type, "changed"
    )
    lines = _lines(desk, row, before, after) if mark == "changed" else []
    return Compared(_title(desk, row), mark, None, row, lines)


def _against(desk: Desk, older: Decision, newer: Decision) -> list[Compared]:
    """Return what two decisions say of each entry that either names."""
    first = {row.entry_id: row for row in _held(desk.session, older)}
    second = {row.entry_id: row for row in _held(desk.session, newer)}
    found = []
    for entry in {**first, **second}:
        before, after = first.get(entry), second.get(entry)
        row = after or before
        if row is None:
            continue
        lines = []
        if before and after:
            said = _public(desk, row, before.content), _public(desk, row, after.content)
            lines = _lines(desk, row, *said)
        mark = (
            ("changed" if lines else "same")
            if before and after
            else ("added" if after else "removed")
        )
        found.append(Compared(_title(desk, row), mark, before, after, lines))
    return found


def _public(desk: Desk, row: Proposal, content: Any) -> dict[str, Any]:
    return cut.cut(desk.profile.kinds[row.kind].fields, content, PUBLIC.level)


def _lines(
    desk: Desk, row: Proposal, before: dict[str, Any], after: dict[str, Any]
) -> list[Any]:
    return list(
        Differ.of(desk.session, desk.profile.kinds[row.kind], after, before).between(
            before, after
        )
    )


def _title(desk: Desk, row: Proposal) -> str:
    return wording.draft_title(desk.profile.kinds[row.kind], row.content)
