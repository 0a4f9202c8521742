"""Proposals that an agency sends together under one official letter: all or none,
examined and approved in one act.

Each keeps its own status, findings, hash and decision; what is returned leaves the
others where they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app import clock, journal
from app.db import claim
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
from app.workflow.proposals.actions import request_of
from app.workflow.proposals.inputs import Submit
from app.workflow.proposals.models import Proposal

# what is done to several at once
TOGETHER = (
    Action.ENDORSE,
    Action.TAKE,
    Action.RECOMMEND,
    Action.APPROVE,
)


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
    for chosen_number in chosen:
        if chosen_number not in free:
            raise ConflictError(
                f"Phiếu số {chosen_number} không còn là dự thảo, hoặc đã thuộc hồ sơ "
                "khác; tải lại trang"
            )
    for free_number, proposal in free.items():
        proposal.dossier_id = dossier.id if free_number in chosen else None
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
    members = held(desk.session, dossier)
    errors = _unsigned(letter)
    if _used(desk, letter):
        symbol = clean(letter.symbol)
        message = f"Công văn {symbol} đã gửi một hồ sơ khác trong năm; kiểm tra lại số"
        errors.append(FieldError("symbol", "taken", message))
    if not members:
        message = "Chưa có phiếu nào trong hồ sơ"
        errors.append(FieldError("proposals", "required", message))
    for proposal in members:
        reason = (reasons or {}).get(proposal.number)
        errors += _send_one(desk, proposal, reason)
    if errors:
        message = f"Còn {len(errors)} chỗ phải sửa; chưa có phiếu nào được gửi"
        raise InvalidError(message, errors)
    dossier.symbol = clean(letter.symbol)[:60]
    dossier.signed_on, dossier.file = letter.signed_on, letter.file
    dossier.sent_at = clock.now()
    letter_hash = content_hash(
        {
            "dossier": dossier.number,
            "symbol": dossier.symbol,
            "signed_on": str(letter.signed_on),
            "file": letter.file,
        }
    )
    note = desk.note("dossier.sent", hash=letter_hash)
    journal.record(desk.session, note)
    return dossier


def _send_one(desk: Desk, proposal: Proposal, reason: str | None) -> list[FieldError]:
    """Send one of its proposals; return what bars it, with its number."""
    submit = Submit(reason=reason)
    try:
        service.act(desk, proposal.id, proposal.lock_version, submit)
    except (InvalidError, TransitionError, ConflictError, ForbiddenError) as error:
        barred = error.fields or (FieldError("proposals", "invalid", error.message),)
        number = f"Phiếu số {proposal.number}"
        return [
            FieldError("proposals", field.code, f"{number}: {field.message}")
            for field in barred
        ]
    return []


def together(desk: Desk, number: int, action: Action, seen: Sequence[Seen]) -> int:
    """Do one thing to several of its proposals, all or none; return how many.

    Each gets a row of the journal and a hash of its own. TransitionError for none; what
    stands in the way of one is told with its number.
    """
    dossier = get(desk, number)
    members = {
        proposal.number: proposal for proposal in readable(desk, [dossier])[dossier.id]
    }
    if action not in TOGETHER or not seen:
        raise TransitionError("Chọn ít nhất một phiếu của hồ sơ")
    for item in seen:
        if item.number not in members:
            raise NotFoundError("Hồ sơ này không có phiếu đó")
        try:
            service.act(
                desk,
                members[item.number].id,
                item.lock_version,
                request_of(action, {"seen_hash": item.hash}),
            )
        except (InvalidError, ConflictError, TransitionError) as error:
            raise type(error)(
                f"Phiếu số {item.number}: {error.message}", error.fields
            ) from error
    return len(seen)


def _own(desk: Desk, number: int, lock: int) -> Dossier:
    dossier = get(desk, number)
    require(desk.actor, Action.SUBMIT, dossier.agency_id)
    if dossier.sent_at is not None:
        raise TransitionError(
            "Hồ sơ này đã gửi; phiếu được trả lại thì sửa và gửi lại từng phiếu"
        )
    message = "Hồ sơ vừa được người khác thay đổi; tải lại để xem rồi làm lại việc này"
    claim(dossier, lock, message)
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
    letters = select(Dossier.signed_on).where(
        Dossier.agency_id == desk.actor.agency_id, Dossier.sent_at.is_not(None)
    )
    days = desk.session.scalars(
        letters.where(Dossier.symbol == clean(letter.symbol)[:60])
    )
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
