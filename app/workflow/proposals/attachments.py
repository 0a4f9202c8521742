"""Files that an agency sends along with a proposal: which, how much, by whom, and till
when they may change.
"""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, or_, select

from app import clock, files, journal
from app.errors import FieldError, InvalidError, NotFoundError
from app.files import File
from app.permissions import Action
from app.vietnamese import clean
from app.workflow.context import Desk
from app.workflow.proposals import service
from app.workflow.proposals.models import Attachment, Proposal

MOST_BYTES = 10_000_000  # of one file
MOST_FILES = 20  # of one proposal
_ATTACHED = "proposal.attached"


def attached(desk: Desk, proposal: Proposal) -> Sequence[tuple[Attachment, int]]:
    """Return the files of a proposal with their sizes in bytes, first come first."""
    query = select(Attachment, File.size).join(File, File.sha256 == Attachment.sha256)
    query = query.where(Attachment.proposal_id == proposal.id).order_by(
        Attachment.added_at, Attachment.name
    )
    return [(attachment, size) for attachment, size in desk.session.execute(query)]


def attach(
    desk: Desk,
    proposal: Proposal,
    name: str,
    content: bytes,
    data_dir: Path,
    quota: int,
) -> Attachment:
    """Send a file along; only while the agency has the proposal, so that who decides
    sees what was sent.

    `quota`: bytes that the agency may keep. InvalidError for a file that we do not
    keep, or too large or too many.
    """
    require_open(desk, proposal)
    name = clean(name)[:255]
    media_type = files.sniff(name, content)
    wrong = None
    if len(content) > MOST_BYTES:
        wrong = f"Tệp quá {MOST_BYTES // 1_000_000} MB; nén hoặc chia nhỏ"
    elif len(attached(desk, proposal)) >= MOST_FILES:
        wrong = f"Mỗi phiếu kèm tối đa {MOST_FILES} tệp"
    elif used(desk, proposal.agency_id) + len(content) > quota:
        wrong = (
            f"Cơ quan đã dùng hết {quota // 1_000_000} MB cho tệp kèm, kể cả tệp "
            "đã gỡ; nhờ quản trị nâng hạn mức"
        )
    if wrong:
        raise InvalidError(wrong, [FieldError("file", "size", wrong)])
    file = files.put(desk.session, data_dir, name, content)
    desk.session.flush()
    attachment = Attachment(
        proposal_id=proposal.id,
        sha256=file.sha256,
        name=name,
        media_type=media_type,
        post_id=desk.actor.post_id,
        added_at=clock.now(),
    )
    desk.session.add(attachment)
    _journal(desk, proposal, _ATTACHED, file.sha256)
    return attachment


def detach(desk: Desk, proposal: Proposal, attachment_id: UUID) -> None:
    """Take a file off again while the agency has the proposal; its bytes stay, and the
    journal tells of both.
    """
    require_open(desk, proposal)
    attachment = get(desk, proposal, attachment_id)
    _journal(desk, proposal, "proposal.detached", attachment.sha256)
    desk.session.delete(attachment)


def get(desk: Desk, proposal: Proposal, attachment_id: UUID) -> Attachment:
    """Return one file of a proposal; NotFoundError for any other."""
    attachment = desk.session.get(Attachment, attachment_id)
    if attachment is None or attachment.proposal_id != proposal.id:
        raise NotFoundError("Phiếu này không có tệp đó")
    return attachment


def used(desk: Desk, agency_id: UUID) -> int:
    """Return how many bytes an agency ever sent along, since they all stay; the same
    file twice counts once.
    """
    own = select(Proposal.id).where(Proposal.agency_id == agency_id)
    row = journal.JournalRow
    once_sent = select(row.hash).where(
        row.action == _ATTACHED, row.proposal_id.in_(own)
    )
    there = select(Attachment.sha256).where(Attachment.proposal_id.in_(own))
    kept = or_(File.sha256.in_(once_sent), File.sha256.in_(there))
    total = select(func.coalesce(func.sum(File.size), 0)).where(kept)
    return desk.session.scalar(total) or 0


def require_open(desk: Desk, proposal: Proposal) -> None:
    """Raise ForbiddenError or TransitionError unless the actor may edit the proposal as
    its agency.
    """
    service.following(desk, proposal, Action.EDIT)


def _journal(desk: Desk, proposal: Proposal, action: str, sha256: str) -> None:
    note = desk.note(
        action,
        entry_id=proposal.entry_id,
        proposal_id=proposal.id,
        hash=sha256,
    )
    journal.record(desk.session, note)
