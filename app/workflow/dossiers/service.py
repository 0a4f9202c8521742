"""Proposals that an agency sends together under one official letter: all or none,
examined and approved in one act.

Each keeps its own status, findings, hash and decision; what is returned leaves the
others where they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from app import clock, journal
from app.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.permissions import Action, require
from app.register import service as register
from app.register.content.hashing import content_hash
from app.vietnamese import clean
from app.workflow.context import Desk
from app.workflow.dossiers.models import Dossier
from app.workflow.dossiers.queries import get, held, loose, readable
from app.workflow.proposals import service
from app.workflow.proposals.inputs import Deed

TOGETHER = (
    Action.ENDORSE,
    Action.TAKE,
    Action.RECOMMEND,
    Action.APPROVE,
)  # what is done to several at once


@dataclass(frozen=True)
class OfficialLetter:
    """The letter under which a dossier is sent: its number and symbol, its day, the
    signed file (sha256).
    """

    symbol: str
    signed_on: date | None
    file: str | None


@dataclass(frozen=True)
class Seen:
    """A proposal as somebody saw it who decides: its number, lock version and hash."""

    number: int
    lock_version: int
    hash: str


def begin(desk: Desk, title: str) -> Dossier:
    """Open a dossier for the actor's agency; InvalidError without a title."""
    require(desk.actor, Action.PROPOSE, desk.actor.agency_id)
    dossier = Dossier(
        number=register.next_number(desk.session, "dossier"),
        agency_id=desk.actor.agency_id,
        title=_title(title),
        post_id=desk.actor.post_id,
        made_at=clock.now(),
    )
    desk.session.add(dossier)
    desk.session.flush()
    return dossier


def write(
    desk: Desk, number: int, lock: int, title: str, chosen: Sequence[int]
) -> Dossier:
    """Have a dossier hold just the proposals with these numbers; ConflictError for one
    that is not free.
    """
    dossier = _own(desk, number, lock)
    dossier.title = _title(title)
    now = {proposal.number: proposal for proposal in held(desk.session, dossier)}
    free = {proposal.number: proposal for proposal in loose(desk)} | now
    for one in chosen:
        if one not in free:
            raise ConflictError(
                f"Phiếu số {one} không còn là dự thảo, hoặc đã thuộc hồ sơ "
                "khác; tải lại trang"
            )
    for one, proposal in free.items():
        proposal.dossier_id = dossier.id if one in chosen else None
    return dossier


def send(
    desk: Desk,
    number: int,
    lock: int,
    letter: OfficialLetter,
    reasons: Mapping[int, str] | None = None,
) -> Dossier:
    """Send everything in it, all or none; InvalidError names each proposal and field
    that bars it.

    `reasons`: by number, what proposals that end or suspend an entry are sent with.
    """
    dossier = _own(desk, number, lock)
    found, errors = held(desk.session, dossier), _unsigned(letter)
    if _used(desk, letter):
        used = (
            f"Công văn {clean(letter.symbol)} đã gửi một hồ sơ khác trong năm; "
            "kiểm tra lại số"
        )
        errors.append(FieldError("symbol", "taken", used))
    if not found:
        errors.append(
            FieldError("proposals", "required", "Chưa có phiếu nào trong hồ sơ")
        )
    for proposal in found:
        try:
            reason = (reasons or {}).get(proposal.number)
            service.act(
                desk,
                proposal.id,
                Action.SUBMIT,
                Deed(proposal.lock_version, reason=reason),
            )
        except (InvalidError, TransitionError, ConflictError, ForbiddenError) as error:
            told = error.fields or (FieldError("proposals", "invalid", error.message),)
            errors += [
                FieldError(
                    "proposals", one.code, f"Phiếu số {proposal.number}: {one.message}"
                )
                for one in told
            ]
    if errors:
        raise InvalidError(
            f"Còn {len(errors)} chỗ phải sửa; chưa có phiếu nào được gửi", errors
        )
    dossier.symbol, dossier.signed_on, dossier.file = (
        clean(letter.symbol)[:60],
        letter.signed_on,
        letter.file,
    )
    dossier.sent_at = clock.now()
    said = {
        "dossier": dossier.number,
        "symbol": dossier.symbol,
        "signed_on": str(letter.signed_on),
        "file": letter.file,
    }
    journal.record(
        desk.session,
        journal.Note(
            "dossier.sent", post_id=desk.actor.post_id, hash=content_hash(said)
        ),
    )
    return dossier


def together(desk: Desk, number: int, action: Action, seen: Sequence[Seen]) -> int:
    """Do one thing to several of its proposals, all or none; return how many.

    Each gets a row of the journal and a hash of its own. TransitionError for none; what
    stands in the way of one is told with its number.
    """
    dossier = get(desk, number)
    members = {proposal.number: proposal for proposal in readable(desk, dossier)}
    if action not in TOGETHER or not seen:
        raise TransitionError("Chọn ít nhất một phiếu của hồ sơ")
    for one in seen:
        if one.number not in members:
            raise NotFoundError("Hồ sơ này không có phiếu đó")
        try:
            service.act(
                desk,
                members[one.number].id,
                action,
                Deed(one.lock_version, seen_hash=one.hash),
            )
        except (InvalidError, ConflictError, TransitionError) as error:
            raise type(error)(
                f"Phiếu số {one.number}: {error.message}", error.fields
            ) from error
    return len(seen)


def _own(desk: Desk, number: int, lock: int) -> Dossier:
    dossier = get(desk, number)
    require(desk.actor, Action.SUBMIT, dossier.agency_id)
    if dossier.sent_at is not None:
        raise TransitionError(
            "Hồ sơ này đã gửi; phiếu được trả lại thì sửa và gửi lại từng phiếu"
        )
    swap = update(Dossier).where(Dossier.id == dossier.id, Dossier.lock_version == lock)
    done = desk.session.execute(
        swap.values(lock_version=lock + 1).execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError(
            "Hồ sơ vừa được người khác thay đổi; tải lại để xem rồi làm lại việc này"
        )
    desk.session.refresh(dossier)
    return dossier


def _title(text: str) -> str:
    title = clean(text)[:300]
    if not title:
        message = "Nhập tên hồ sơ, ví dụ “Đăng ký cơ sở dữ liệu đợt 1 năm 2027”"
        raise InvalidError(message, [FieldError("title", "required", message)])
    return title


def _used(desk: Desk, letter: OfficialLetter) -> bool:
    """Tell whether the agency has sent a dossier under a letter of this number in the
    year.
    """
    sent = select(Dossier.signed_on).where(
        Dossier.agency_id == desk.actor.agency_id, Dossier.sent_at.is_not(None)
    )
    days = desk.session.scalars(sent.where(Dossier.symbol == clean(letter.symbol)[:60]))
    return any(
        day and letter.signed_on and day.year == letter.signed_on.year for day in days
    )


def _unsigned(letter: OfficialLetter) -> list[FieldError]:
    errors = []
    if not clean(letter.symbol):
        errors.append(
            FieldError(
                "symbol", "required", "Nhập số, ký hiệu công văn, ví dụ 123/SNNMT-VP"
            )
        )
    if letter.signed_on is None or letter.signed_on > clock.today():
        errors.append(
            FieldError(
                "signed_on", "date-order", "Nhập ngày công văn, không sau hôm nay"
            )
        )
    if letter.file is None:
        errors.append(FieldError("signed", "required", "Chọn tệp công văn đã ký"))
    return errors
