"""A demand (nhu cầu): what the province asks of a ministry. It is answered by letter,
and over when a connection is live; demands are ranked by who waits for them.
"""

from app.errors import TransitionError
from app.exchange.cases import clocks, inputs, rules, running
from app.exchange.cases.kind import CaseKind, CaseRule
from app.exchange.cases.lifecycle import CaseStatus, Side
from app.exchange.cases.models import Case
from app.exchange.cases.rules import S
from app.exchange.connections import Connection
from app.permissions import Action
from app.vietnamese import clean
from app.workflow.context import Desk

NAME = "demand"


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


def _require_refusing_letter(
    _desk: Desk, case: Case, given: inputs.PaperRefusal
) -> None:
    errors = rules.paper_errors(case, given)
    rules.refuse(errors + rules.lacks(given.reason, "reason", "Ghi lý do nêu ra"))


def _refused(_desk: Desk, case: Case, given: inputs.PaperRefusal) -> None:
    said = {"outcome": "refused", "text": clean(given.reason)}
    case.answer = said | rules.paper(given)


def _any(_case: Case, _connection: Connection) -> bool:
    return True


def _require_live(desk: Desk, case: Case) -> None:
    if running.since(desk, case, _any) is None:
        raise TransitionError(
            "Chưa có kết nối đang khai thác nào với nguồn này; nhu cầu còn mở"
        )


KIND = CaseKind(
    name=NAME,
    asked_in="holder",
    opened_by=Side.DEPARTMENT,
    about="database",
    runs=_any,
    partners="waiting",
    answering=rules.named("holder"),
    term=clocks.by_content("expected_on"),
    words={
        CaseStatus.SENT: _("Đã đăng ký, chờ trả lời"),
        CaseStatus.ANSWERED: _("Đã có trả lời, chưa kết nối"),
        CaseStatus.DONE: _("Đã kết nối"),
    },
    rules={
        **rules.writing(),
        Action.EDIT_CASE: CaseRule(
            word=_("Lưu"),
            moves={status: status for status in (S.DRAFT, S.SENT, S.ANSWERED)},
            takes=inputs.Edit,
            side=Side.ASKING,
        ),
        Action.NOTE_CASE: rules.talking(*S)[Action.NOTE_CASE],
        Action.ANSWER_ON_PAPER: CaseRule(
            word=_("Ghi văn bản trả lời"),
            moves={S.SENT: S.ANSWERED, S.ANSWERED: S.ANSWERED},
            takes=inputs.PaperAnswer,
            precondition=rules.require_paper_answer,
            effect=rules.answer,
            side=Side.RECORDING,
        ),
        Action.REFUSE_ON_PAPER: CaseRule(
            word=_("Ghi văn bản từ chối"),
            moves={S.SENT: S.REFUSED, S.ANSWERED: S.REFUSED},
            takes=inputs.PaperRefusal,
            precondition=_require_refusing_letter,
            effect=_refused,
            side=Side.RECORDING,
        ),
        Action.FINISH_CASE: CaseRule(
            word=_("Ghi nhận đã kết nối"),
            moves={S.SENT: S.DONE, S.ANSWERED: S.DONE},
            possible=_require_live,
            side=Side.ASKING,
        ),
    },
)
