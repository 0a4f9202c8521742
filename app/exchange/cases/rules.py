"""What several kinds of cases do alike: rules, what bars them, what they do."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from app import clock
from app.errors import FieldError, InvalidError, TransitionError
from app.exchange.cases import inputs, parties
from app.exchange.cases.inputs import SentFile
from app.exchange.cases.kind import CaseRule
from app.exchange.cases.lifecycle import CaseStatus, Side
from app.exchange.cases.models import Case
from app.permissions import Action
from app.register.content.hashing import Content
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT
from app.vietnamese import clean
from app.workflow.context import Desk

EXTENDED = "extended"  # of a term that whoever asks gave beyond any rule
MOST_TEXT = 5000  # characters of what is said
_MOST_NUMBER = 100
_MOST_MORE = timedelta(days=5 * 366)  # that a term is made longer at once
S = CaseStatus


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


# -- what bars an action


def refuse(errors: Sequence[FieldError]) -> None:
    """Raise InvalidError where there is anything to mend."""
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", list(errors))


def lacks(text: str, field: str, message: str) -> list[FieldError]:
    """Return what is wrong with a text that has to be there."""
    if 0 < len(clean(text)) <= MOST_TEXT:
        return []
    return [FieldError(field, "required", f"{message}, tối đa {MOST_TEXT} ký tự")]


def require_reason(_desk: Desk, _case: Case, filled: inputs.Reason) -> None:
    """Ask why."""
    refuse(lacks(filled.reason, "reason", "Nêu lý do"))


def require_text(_desk: Desk, _case: Case, filled: Any) -> None:
    """Ask for words."""
    refuse(lacks(filled.text, "text", "Nhập nội dung"))


def require_extension(_desk: Desk, case: Case, filled: inputs.Extension) -> None:
    """Ask for a later day and a reason."""
    errors = lacks(filled.reason, "reason", "Nêu lý do gia hạn")
    earliest = max(case.due_on or clock.today(), clock.today())
    latest = earliest + _MOST_MORE
    if filled.due_on is None or not earliest < filled.due_on <= latest:
        span = f"sau {earliest:%d/%m/%Y}, không quá {latest:%d/%m/%Y}"
        message = f"Nhập một ngày {span}"
        errors.append(FieldError("due_on", "date-order", message))
    refuse(errors)


def paper_errors(case: Case, filled: Any) -> list[FieldError]:
    """Return what is wrong with the letter that came: no number, a day that cannot be,
    no file.
    """
    errors = []
    if not 0 < len(clean(filled.paper_number)) <= _MOST_NUMBER:
        message = "Ghi số, ký hiệu của văn bản trả lời"
        errors.append(FieldError("paper_number", "required", message))
    day, opened = filled.paper_day, clock.local(case.opened_at).date()
    earliest = min(case.began_on or opened, opened)
    if day is None or not earliest <= day <= clock.today():
        message = f"Ghi ngày của văn bản trả lời, từ {earliest:%d/%m/%Y} đến hôm nay"
        errors.append(FieldError("paper_day", "required", message))
    if filled.file is None:
        message = "Chọn tệp của văn bản trả lời"
        errors.append(FieldError("file", "required", message))
    return errors


def require_without_account(desk: Desk, case: Case) -> None:
    """Raise TransitionError where the answering agency has people here who answer
    themselves, and are still in time; the department records any letter that came.
    """
    late = case.due_on is not None and case.due_on < clock.today()
    if late or desk.actor.agency_id != case.asking_id:
        return
    if case.answering_id and parties.has_account(desk.session, case.answering_id):
        raise TransitionError(
            "Cơ quan được hỏi có tài khoản trong hệ thống; chờ cơ quan đó trả lời tại "
            "đây"
        )


def require_paper_answer(_desk: Desk, case: Case, filled: inputs.PaperAnswer) -> None:
    """Ask for a letter and what it says."""
    errors = paper_errors(case, filled)
    refuse(errors + lacks(filled.text, "text", "Ghi tóm tắt nội dung trả lời"))


# -- what an action brings about


def extend(_desk: Desk, case: Case, filled: inputs.Extension) -> None:
    """Have more time; it is no law's any more."""
    case.due_on, case.due_rule = filled.due_on, EXTENDED


def answer(_desk: Desk, case: Case, filled: Any) -> None:
    """Keep what was answered."""
    case.answer = {"outcome": "answered", "text": clean(filled.text), **paper(filled)}


def forget_answer(_desk: Desk, case: Case, _given: Any) -> None:
    """Drop what was prepared: it is prepared anew."""
    case.answer = None


def paper(filled: Any) -> dict[str, Any]:
    """Return the letter of an answer as it is kept, nothing where it came without."""
    if not getattr(filled, "paper_number", ""):
        return {}
    file: SentFile = filled.file
    return {
        "paper": {
            "number": clean(filled.paper_number),
            "day": filled.paper_day.isoformat(),
            "file": file.sha256,
            "name": file.name,
        }
    }


# -- rules that kinds share


def writing() -> dict[Action, CaseRule]:
    """Return the rules of whoever asks: write, send, take back."""
    return {
        Action.OPEN_CASE: CaseRule(
            word=_("Lập việc"), moves={}, side=Side.ASKING, takes=inputs.Edit
        ),
        Action.EDIT_CASE: CaseRule(
            word=_("Lưu"),
            moves={S.DRAFT: S.DRAFT, S.ASKED_BACK: S.ASKED_BACK},
            takes=inputs.Edit,
            side=Side.ASKING,
        ),
        Action.SEND_CASE: CaseRule(
            word=_("Gửi"),
            moves={S.DRAFT: S.SENT, S.ASKED_BACK: S.SENT},
            side=Side.ASKING,
        ),
        Action.WITHDRAW_CASE: CaseRule(
            word=_("Rút"),
            moves={
                S.DRAFT: S.WITHDRAWN,
                S.SENT: S.WITHDRAWN,
                S.ASKED_BACK: S.WITHDRAWN,
                S.ANSWERED: S.WITHDRAWN,
            },
            takes=inputs.Reason,
            precondition=require_reason,
            side=Side.ASKING,
            grave=True,
        ),
    }


def talking(*statuses: CaseStatus) -> dict[Action, CaseRule]:
    """Return the rules by which both sides talk, and more time is given."""
    return {
        Action.NOTE_CASE: CaseRule(
            word=_("Trao đổi thêm"),
            moves={status: status for status in statuses},
            takes=inputs.Remark,
            precondition=require_text,
            side=Side.PARTY,
        ),
        Action.EXTEND_CASE: CaseRule(
            word=_("Gia hạn trả lời"),
            moves={S.SENT: S.SENT},
            takes=inputs.Extension,
            precondition=require_extension,
            effect=extend,
            side=Side.ASKING,
        ),
        Action.ASK_BACK: CaseRule(
            word=_("Hỏi lại bên đề nghị"),
            moves={S.SENT: S.ASKED_BACK},
            takes=inputs.Reason,
            precondition=require_reason,
            side=Side.ANSWERING,
        ),
    }


# -- who has to answer


def named(field: str) -> Callable[[Register, Content], UUID | None]:
    """Return what finds the agency that a field names."""

    def answering(_register: Register, content: Content) -> UUID | None:
        return uuid(content.get(field))

    return answering


def uuid(value: object) -> UUID | None:
    """Return the id that a reference is, None for what is none."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def present(register: Register, value: object) -> EntryView | None:
    """Return the entry that a reference names, where it stands today."""
    entry_id = uuid(value)
    view = register.by_ids([entry_id]).get(entry_id) if entry_id else None
    return view if view is not None and view.state in PRESENT else None
