"""What a decision changed, two decisions side by side, and everything that goes up with
a draft as one file.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from app import clock
from app.accounts.service import posts_by_id
from app.documents.papers import decision as documents
from app.documents.papers import opinions, submission
from app.permissions import PUBLIC, Action, declares
from app.register import arguments
from app.register.content import cut
from app.register.queries import EntryView
from app.web.display import wording
from app.web.display.diff import Differ
from app.web.http import current, guard
from app.web.http.current import register_today
from app.web.http.sending_files import attachment, kept_file
from app.web.office import consultations as consultation_pages
from app.web.office import decisions as decision_pages
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations.models import Consultation
from app.workflow.context import Desk
from app.workflow.decisions import annex
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


@blueprint.get("/<serial>/bo-ho-so-trinh.zip")
@declares(Action.READ_DECISIONS)
def papers(serial: str) -> Response:
    """Give the whole submission file: letter, draft decision, annex, report on the
    examination, table of opinions.
    """
    with current.looking() as session:
        desk = guard.desk(session)
        found = decision_queries.get(desk, arguments.whole(serial) or 0)
        rows = _held(session, found)
        said = _submission(desk, found, rows)
        files = {
            "01-to-trinh.docx": submission.proposal(said),
            **_drafted(desk, found, rows),
        }
        files["04-bao-cao-tham-dinh.docx"] = submission.report(said)
        held = _consulted(session, found, rows)
        if held:
            files["05-bang-tong-hop-y-kien.docx"] = opinions.docx(
                consultation_pages.paper(desk, held, found.title)
            )
    return attachment(
        submission.archive(files),
        f"bo-ho-so-trinh-{found.number}.zip",
        "application/zip",
    )


def _consulted(
    session: Session, found: Decision, rows: list[Proposal]
) -> list[Consultation]:
    """Return the consultations about a decision and about all that it gathers."""
    things: list[Decision | Proposal] = [found, *rows]
    return [
        one for thing in things for one in consultation_queries.about(session, thing)
    ]


def _drafted(desk: Desk, found: Decision, rows: list[Proposal]) -> dict[str, bytes]:
    """Return the decision and its annex: as they were frozen, or as they would be
    now.
    """
    if found.text_file and found.annex_file:
        kept = [
            kept_file(desk.session, digest).get_data()
            for digest in (found.text_file, found.annex_file)
        ]
    else:
        said = annex.of(
            desk.session, desk.profile, rows, decision_queries.day_of(found)
        )
        kept = [
            documents.docx(decision_pages.text_of(desk, found), said),
            documents.xlsx(said),
        ]
    return {"02-du-thao-quyet-dinh.docx": kept[0], "03-phu-luc.xlsx": kept[1]}


def _submission(
    desk: Desk, found: Decision, rows: list[Proposal]
) -> submission.Submission:
    text = decision_pages.text_of(desk, found)
    agencies = register_today(desk.session).by_ids({row.agency_id for row in rows})
    consulted = _consulted(desk.session, found, rows)
    return submission.Submission(
        title=found.title,
        issuer=text.issuer,
        proposer=text.proposer,
        place=text.place,
        bases=text.bases,
        effective_from=text.effective_from,
        rows=[_reported(desk, row, agencies) for row in rows],
        consulted=sum(len(one.opinions) for one in consulted),
        demonstration=text.demonstration,
    )


def _reported(desk: Desk, row: Proposal, agencies: dict[UUID, EntryView]) -> list[str]:
    """Return what the report says of a proposal: how often it was sent, what was
    remarked, who approved it when.
    """
    said = [one for one in proposals.findings(row) if one.post_id is not None]
    approved = [
        event
        for event in proposals.history(desk.session, row)
        if event.action == "proposal.approve"
    ]
    posts = posts_by_id(
        desk.session, {event.post_id for event in approved if event.post_id}
    )
    last = approved[-1] if approved else None
    who = posts[last.post_id].title if last and last.post_id in posts else ""
    when = f"{clock.local(last.at):%d/%m/%Y}" if last else ""
    closed = sum(one.resolved_at is not None for one in said)
    return [
        str(row.number),
        _title(desk, row),
        agencies[row.agency_id].title if row.agency_id in agencies else "",
        annex.CHANGES.get(row.type, ""),
        str(row.round),
        f"{len(said)} ý kiến, {closed} đã đóng" if said else "Không có ý kiến",
        f"{who}, {when}".strip(", "),
    ]
