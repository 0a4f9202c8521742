"""A task (nhiệm vụ được giao): its lead agency reports, the department verifies. The 22
columns of HOANTHIEN_NV are its shape; a row of that table is a content of a task.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from app import clock
from app.errors import FieldError
from app.exchange.cases import clocks, inputs, rules
from app.exchange.cases.kind import CaseKind, CaseRule
from app.exchange.cases.lifecycle import CasePart, CaseStatus, Side
from app.exchange.cases.models import Case
from app.exchange.cases.rules import S
from app.permissions import Action
from app.register.content import hashing
from app.register.content.hashing import Content
from app.workflow.context import Desk

NAME = "task"
LATE = "cham"
# what a task says before and after its result is verified
PENDING, PROVED = "cho-kiem-chung", "da-kiem-chung"
MEMBERS = ("objects", "present", "target", "gap", "option")


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


def others(desk: Desk, case: Case) -> list[Case]:
    """Return the other tasks that were given."""
    query = select(Case).where(
        Case.kind == NAME,
        Case.id != case.id,
        Case.status.not_in([S.DRAFT, S.WITHDRAWN]),
    )
    return list(desk.session.scalars(query.order_by(Case.number)))


def _problems(desk: Desk, case: Case) -> Iterable[FieldError]:
    """Ask that a code is of one task, that the same content says the same everywhere,
    and that what is blank is settled by a day.
    """
    content = case.content
    if case.status is S.DRAFT and content.get("state") in {PENDING, PROVED}:
        message = "Nhiệm vụ mới giao chưa thể hoàn thành; chọn trạng thái khác"
        yield FieldError("state", "order", message)
    code = content.get("code")
    known: dict[str, Content] = {}
    for other in others(desk, case):
        if other.content.get("code") == code:
            message = f"Mã {code} đã là của nhiệm vụ khác (việc số {other.number})"
            yield FieldError("code", "unique", message)
        for row in other.content.get("contents", ()):
            known[row.get("code", "")] = _said(row)
    seen: set[str] = set()
    for place, row in enumerate(content.get("contents", ())):
        row_code = row.get("code", "")
        if row_code in seen:
            message = f"Nội dung {row_code} đã có ở dòng trên"
            yield FieldError(f"contents.{place}.code", "unique", message)
        seen.add(row_code)
        if row_code in known and known[row_code] != _said(row):
            message = (
                f"Nội dung {row_code} đã ghi khác ở một nhiệm vụ khác; cùng mã thì "
                "mô tả phải giống nhau"
            )
            yield FieldError(f"contents.{place}.code", "same-text", message)
        blank = [name for name in MEMBERS if not row.get(name)]
        if blank and not content.get("settle_by"):
            message = (
                f"Nội dung {row_code} còn cột trống; điền, hoặc nhập “Hạn làm rõ nội "
                "dung chưa xác định”"
            )
            yield FieldError(f"contents.{place}.{blank[0]}", "required", message)


def _said(row: Content) -> Content:
    return {name: value for name, value in row.items() if name != "key"}


def _require_progress(desk: Desk, _case: Case, filled: inputs.Progress) -> None:
    errors = rules.lacks(filled.text, "text", "Nhập mốc đã đạt, việc còn lại")
    states = desk.profile.lists.schemes["trang-thai-nhiem-vu"].concepts
    if filled.task_state not in states or filled.task_state in {PENDING, PROVED}:
        message = "Chọn trạng thái thực hiện; làm xong thì báo cáo hoàn thành"
        errors.append(FieldError("task_state", "required", message))
    rules.refuse(errors)


def _require_evidence(_desk: Desk, _case: Case, filled: inputs.Answer) -> None:
    rules.refuse(rules.lacks(filled.text, "text", "Nêu kết quả và minh chứng"))


def _write(case: Case, **values: str) -> None:
    case.content = {**case.content, **values}
    case.content_hash = hashing.content_hash(case.content)


def _progress(_desk: Desk, case: Case, filled: inputs.Progress) -> None:
    progress = f"{clock.today():%d/%m/%Y}: {filled.text.strip()}"
    _write(case, progress=progress, state=filled.task_state)


def _extend(desk: Desk, case: Case, filled: inputs.Extension) -> None:
    rules.extend(desk, case, filled)
    case.due_rule = None  # its content names the day
    if filled.due_on is not None:
        _write(case, term_end=filled.due_on.isoformat())


def _report(_desk: Desk, case: Case, filled: inputs.Answer) -> None:
    case.answer = {"outcome": "reported", "text": filled.text}
    progress = f"{clock.today():%d/%m/%Y}: {filled.text.strip()}"
    _write(case, progress=progress, state=PENDING)


def _verify(_desk: Desk, case: Case, _given: object) -> None:
    _write(case, state=PROVED)


def _back(_desk: Desk, case: Case, _given: inputs.Reason) -> None:
    case.answer = None
    _write(case, state="dang")


KIND = CaseKind(
    name=NAME,
    opened_by=Side.DEPARTMENT,
    asked_in="lead",
    partners="partners",
    acted=("state", "progress"),
    answering=rules.named("lead"),
    term=clocks.by_content("term_end"),
    problems=_problems,
    words={
        CaseStatus.SENT: _("Đang thực hiện"),
        CaseStatus.DONE: _("Hoàn thành, đã kiểm chứng"),
        CaseStatus.WITHDRAWN: _("Dừng"),
    },
    rules={
        **rules.writing(),
        Action.EDIT_CASE: CaseRule(
            word=_("Lưu"),
            moves={S.DRAFT: S.DRAFT, S.SENT: S.SENT},
            takes=inputs.Edit,
            side=Side.ASKING,
        ),
        Action.NOTE_CASE: rules.talking(*S)[Action.NOTE_CASE],
        Action.EXTEND_CASE: replace(
            rules.talking(*S)[Action.EXTEND_CASE], effect=_extend
        ),
        Action.REPORT_PROGRESS: CaseRule(
            word=_("Cập nhật tiến độ"),
            moves={S.SENT: S.SENT},
            takes=inputs.Progress,
            precondition=_require_progress,
            effect=_progress,
            side=Side.ANSWERING,
        ),
        Action.REPORT_DONE: CaseRule(
            word=_("Báo cáo hoàn thành"),
            moves={S.SENT: S.REPORTED},
            takes=inputs.Answer,
            precondition=_require_evidence,
            effect=_report,
            involves=CasePart.PREPARER,
            side=Side.ANSWERING,
        ),
        Action.CONFIRM_ANSWER: CaseRule(
            word=_("Xác nhận đã kiểm chứng"),
            moves={S.REPORTED: S.DONE},
            barred=frozenset({CasePart.PREPARER}),
            effect=_verify,
            side=Side.DEPARTMENT,
            grave=True,
        ),
        Action.SEND_ANSWER_BACK: CaseRule(
            word=_("Yêu cầu bổ sung minh chứng"),
            moves={S.REPORTED: S.SENT},
            takes=inputs.Reason,
            precondition=rules.require_reason,
            effect=_back,
            side=Side.DEPARTMENT,
        ),
    },
)
