"""An agency's file becomes proposals: kept, looked at, ordered, and done a few rows at
a time, so that nobody waits for the register and a stop loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from app import clock, journal
from app.errors import ConflictError, DanhmucError, NotFoundError, TransitionError
from app.files import File
from app.permissions import Action, require
from app.register import service as register
from app.register.models import Entry
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service as door
from app.workflow.proposals.inputs import Edit, ProposalRequest, Recall, Submit
from app.workflow.proposals.lifecycle import OPEN, Status
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.sanitising import sanitise
from app.workflow.uploads import comparing
from app.workflow.uploads.models import Upload, UploadRow, Wish
from app.workflow.uploads.rows import Compared, Comparison

BATCH = 50  # rows of one transaction
_MOST_REMEMBERED = 20  # earlier files whose columns are looked at


@dataclass(frozen=True)
class Progress:
    """How far an ordered file has come: rows in all, done, refused."""

    rows: int
    done: int
    refused: int

    @property
    def waiting(self) -> int:
        """Rows that are still to be done."""
        return self.rows - self.done - self.refused


def keep(desk: Desk, kind: str, file: File, name: str) -> Upload:
    """Keep a file that the actor's agency sent; nothing is proposed yet."""
    require(desk.actor, Action.PROPOSE, desk.actor.agency_id)
    upload = Upload(
        number=register.next_number(desk.session, "upload"),
        kind=kind,
        agency_id=desk.actor.agency_id,
        file=file.sha256,
        name=name[:255],
        plan={},
        made_by=desk.actor.person_id,
        made_post=desk.actor.post_id,
        made_at=clock.now(),
    )
    desk.session.add(upload)
    desk.session.flush()
    _journal(desk, "upload.kept", upload)
    return upload


def get(desk: Desk, number: int) -> Upload:
    """Return a file of the actor's agency; NotFoundError."""
    require(desk.actor, Action.PROPOSE, desk.actor.agency_id)
    upload = desk.session.scalar(
        select(Upload).where(
            Upload.number == number, Upload.agency_id == desk.actor.agency_id
        )
    )
    if upload is None:
        raise NotFoundError("Cơ quan không có tệp đăng ký số này")
    return upload


def plan(upload: Upload, reading: Mapping[str, Any]) -> None:
    """Note how the file is to be read; TransitionError once it was ordered."""
    _require_open(upload)
    upload.plan = {**upload.plan, **reading}


def remembered(desk: Desk, kind: str) -> dict[str, str]:
    """Return what columns were said to be in the agency's earlier files, by heading."""
    query = select(Upload.plan).where(
        Upload.agency_id == desk.actor.agency_id,
        Upload.kind == kind,
        Upload.wish.is_not(None),
    )
    latest = query.order_by(Upload.number.desc()).limit(_MOST_REMEMBERED)
    headers: dict[str, str] = {}
    for earlier in desk.session.scalars(latest):
        for heading, header in earlier.get("headers", {}).items():
            headers.setdefault(heading, header)
    return headers


def last_proposal(desk: Desk) -> int:
    """Return the number of the last proposal that there is."""
    return desk.session.scalar(select(func.max(Proposal.number))) or 0


def order(
    desk: Desk, upload: Upload, comparison: Comparison, wish: Wish, until: int
) -> None:
    """Order what is new or changed, once; TransitionError where it was ordered.
    `until` was the last proposal when it was compared.
    """
    _require_open(upload)
    upload.wish, upload.until = wish, until
    for place, compared in enumerate(comparison.to_do):
        desk.session.add(_ordered(desk, upload, place, compared))
    desk.session.flush()
    _journal(desk, "upload.ordered", upload)


def _ordered(desk: Desk, upload: Upload, place: int, compared: Compared) -> UploadRow:
    row, draft = compared.row, None
    if compared.proposal is not None:
        draft = proposals.by_number(desk, compared.proposal).id
    amends = compared.entry is not None
    return UploadRow(
        upload_id=upload.id,
        place=place,
        sheet=row.sheet[:100],
        line=row.number,
        title=compared.title or (compared.entry.title if compared.entry else ""),
        type=ProposalType.AMEND if amends else ProposalType.REGISTER,
        entry_id=compared.entry_id,
        base_id=compared.entry.version_id if compared.entry else None,
        draft_id=draft,
        content=sanitise(compared.content).content,
        effective_from=row.start,
        effective_to=row.end,
        send=upload.wish is Wish.SEND and not compared.lacking,
    )


def go_on(desk: Desk, upload: Upload, most: int = BATCH) -> int:
    """Do the next rows that wait, in the caller's transaction; return how many were
    done or refused. What another file or window has proposed meanwhile is found again.
    """
    query = select(UploadRow).where(
        UploadRow.upload_id == upload.id,
        UploadRow.proposal_id.is_(None),
        UploadRow.error.is_(None),
    )
    # one file of an agency after the other, where several are done at once
    desk.session.execute(
        select(Entry.id).where(Entry.id == upload.agency_id).with_for_update()
    )
    waiting = list(desk.session.scalars(query.order_by(UploadRow.place).limit(most)))
    others = _meanwhile(desk, upload) if waiting else {}
    for row in waiting:
        _do(desk, upload, row, others)
    return len(waiting)


def _meanwhile(desk: Desk, upload: Upload) -> Mapping[Any, Proposal]:
    """Return what the agency has proposed otherwise since the file was compared, by
    entry and by owner and title.
    """
    own = select(UploadRow.proposal_id).where(
        UploadRow.upload_id == upload.id, UploadRow.proposal_id.is_not(None)
    )
    query = select(Proposal).where(
        Proposal.agency_id == upload.agency_id,
        Proposal.kind == upload.kind,
        Proposal.number > (upload.until or 0),
        Proposal.status.in_(sorted(OPEN)),
        Proposal.id.not_in(own),
    )
    kind = desk.profile.kinds[upload.kind]
    made_since: dict[Any, Proposal] = {}
    for proposal in desk.session.scalars(query.order_by(Proposal.number.desc())):
        made_since[proposal.entry_id] = proposal
        made_since[comparing.identity(kind, proposal.content)] = proposal
    return made_since


def _do(
    desk: Desk, upload: Upload, row: UploadRow, others: Mapping[Any, Proposal]
) -> None:
    """Propose a row, and send it where that was ordered; what is refused is noted, and
    what was proposed stays.
    """
    try:
        with journal.attempt(desk.session):
            proposal, row.made = _proposed(desk, upload, row, others)
        row.proposal_id = proposal.id
        if row.send and proposal.status is Status.DRAFT:
            with journal.attempt(desk.session):
                door.act(desk, proposal.id, proposal.lock_version, Submit())
    except DanhmucError as error:
        messages = [fault.message for fault in error.fields] or [error.message]
        row.error = "; ".join(dict.fromkeys(messages))


def _proposed(
    desk: Desk, upload: Upload, row: UploadRow, others: Mapping[Any, Proposal]
) -> tuple[Proposal, bool]:
    """Return the proposal of a row, and whether it was made or changed for it.

    ConflictError where the entry has a newer version than the row was compared with.
    """
    request = ProposalRequest(
        upload.kind,
        row.content,
        row.type,
        row.entry_id,
        row.effective_from,
        row.effective_to,
    )
    draft = proposals.get(desk, row.draft_id) if row.draft_id else None
    if draft is not None:
        edit = Edit(content=sanitise(row.content))
        return door.act(desk, draft.id, draft.lock_version, edit), True
    kind = desk.profile.kinds[upload.kind]
    key = row.entry_id or comparing.identity(kind, row.content)
    if key in others:
        return others[key], False
    proposal = door.propose(desk, request)
    if proposal.base_version_id != row.base_id:
        raise ConflictError("Mục này vừa có phiên bản mới; tải tệp lên lại để so sánh")
    return proposal, True


def progress(desk: Desk, upload: Upload) -> Progress:
    """Return how far a file has come."""
    refused = case((UploadRow.proposal_id.is_(None), UploadRow.error))
    query = select(
        func.count(), func.count(UploadRow.proposal_id), func.count(refused)
    ).where(UploadRow.upload_id == upload.id)
    return Progress(*desk.session.execute(query).one())


def recall(desk: Desk, upload: Upload) -> int:
    """Take back what the file sent and nobody has received yet; return how many."""
    count = 0
    for row in results(desk, upload):
        proposal = proposals.get(desk, row.proposal_id) if row.proposal_id else None
        if proposal is None or not row.made:
            continue
        if proposal.status is Status.SUBMITTED:
            door.act(desk, proposal.id, proposal.lock_version, Recall())
            count += 1
    if count:
        _journal(desk, "upload.recalled", upload)
    return count


def results(desk: Desk, upload: Upload) -> list[UploadRow]:
    """Return what was ordered, in the order of the file."""
    query = select(UploadRow).where(UploadRow.upload_id == upload.id)
    return list(desk.session.scalars(query.order_by(UploadRow.place)))


def _require_open(upload: Upload) -> None:
    if upload.wish is not None:
        raise TransitionError("Tệp này đã được ghi thành phiếu; tải tệp lên lại")


def _journal(desk: Desk, action: str, upload: Upload) -> None:
    journal.record(desk.session, desk.note(action, hash=upload.file))
