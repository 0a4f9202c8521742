"""An obstacle (vướng mắc): who provides the data answers first, then the IT department,
then the ministry (NĐ 47/2020 Đ47-49, repealed: kept as the way, not as the law).

Several are gathered into one that goes up to the ministry; what it answers is theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from app.errors import FieldError, TransitionError
from app.exchange.cases import clocks, gathering, inputs, rules
from app.exchange.cases.kind import CaseKind, CaseRule, Term
from app.exchange.cases.lifecycle import CaseStatus, Side
from app.exchange.cases.models import Case
from app.exchange.cases.rules import S
from app.permissions import Action
from app.register.content.hashing import Content
from app.register.queries import EntryView, Register
from app.register.standing import moment
from app.workflow.context import Desk

NAME = "obstacle"
LEVELS = 3
# of the list of kinds of agencies
_OF_PROVINCE = frozenset({"ubnd", "hdnd", "so", "van-phong", "thanh-tra", "don-vi"})
_MINISTRY = "Mức cuối do bộ, cơ quan trung ương trả lời; chọn bộ"


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


def _problems(desk: Desk, case: Case) -> Iterable[FieldError]:
    """Ask for the text of the article that is unclear, and for another agency."""
    content = case.content
    if content.get("article") and not content.get("rule"):
        message = "Chọn văn bản của điều, khoản này"
        yield FieldError("rule", "required", message)
    register = Register(desk.session, desk.profile, moment(desk.session))
    addressee = rules.present(register, content.get("addressee"))
    if case.level >= LEVELS and addressee is not None and not _central(addressee):
        yield FieldError("addressee", "level", _MINISTRY)
    if case.answering_id == case.asking_id:
        message = "Chọn cơ quan khác: cơ quan nêu vướng mắc không tự trả lời"
        yield FieldError("addressee", "own", message)


def _central(view: EntryView) -> bool:
    """Tell whether an agency may be one that answers at the last level."""
    return view.content.get("classification") not in _OF_PROVINCE


def _by_level() -> Term:
    """Return the term of the level; none was ever set for the last."""
    counted = clocks.by_terms(lambda case: f"dispute-{case.level}")

    def term(desk: Desk, case: Case, begun: date) -> clocks.Due:
        return (None, None) if case.level >= LEVELS else counted(desk, case, begun)

    return term


def _require_recordable(desk: Desk, case: Case) -> None:
    gathering.require_alone(desk, case)
    rules.require_without_account(desk, case)


def _require_level(desk: Desk, case: Case) -> None:
    gathering.require_alone(desk, case)
    if case.level >= LEVELS:
        raise TransitionError("Đã ở mức cuối: bộ quản lý, Thủ tướng Chính phủ")


def _require_next(desk: Desk, case: Case, given: inputs.Escalation) -> None:
    errors = rules.lacks(given.reason, "reason", "Nêu vì sao chưa giải quyết được")
    register = Register(desk.session, desk.profile, moment(desk.session))
    view = rules.present(register, given.addressee)
    if view is None or view.kind != "agency":
        message = "Chọn cơ quan phải trả lời tiếp theo"
        errors.append(FieldError("addressee", "required", message))
    elif case.level + 1 >= LEVELS and not _central(view):
        errors.append(FieldError("addressee", "level", _MINISTRY))
    elif view.id in {case.asking_id, case.answering_id}:
        message = "Chọn cơ quan khác cơ quan đã trả lời và cơ quan nêu vướng mắc"
        errors.append(FieldError("addressee", "own", message))
    rules.refuse(errors)


def _escalate(_desk: Desk, case: Case, given: inputs.Escalation) -> None:
    case.level += 1
    case.group_id = None
    case.answering_id = given.addressee
    case.answer = None


def gathered(title: str, ministry: UUID | None, members: Sequence[Case]) -> Content:
    """Return what an obstacle says into which others are gathered, as it is begun."""
    lines = [f"{case.title}: {case.content.get('description', '')}" for case in members]
    content: Content = {
        "title": title,
        "type": members[0].content.get("type", "khac") if members else "khac",
        "description": "\n".join(lines)[:3000],
        "addressee": str(ministry or ""),
    }
    rules = {case.content.get("rule") for case in members}
    articles = {case.content.get("article") for case in members}
    if len(rules) == 1 and None not in rules:
        content["rule"] = rules.pop()
        if len(articles) == 1 and None not in articles:
            content["article"] = articles.pop()
    return content


_WRITING, _TALKING = rules.writing(), rules.talking(*S)
KIND = CaseKind(
    name=NAME,
    asked_in="addressee",
    about="database",
    answering=rules.named("addressee"),
    term=_by_level(),
    problems=_problems,
    words={
        CaseStatus.SENT: _("Chờ giải đáp"),
        CaseStatus.ANSWERED: _("Đã giải đáp, chờ bên nêu xác nhận"),
        CaseStatus.DONE: _("Đã gỡ"),
    },
    rules={
        **_WRITING,
        **_TALKING,
        Action.EXTEND_CASE: replace(
            _TALKING[Action.EXTEND_CASE], possible=gathering.require_alone
        ),
        Action.ASK_BACK: replace(
            _TALKING[Action.ASK_BACK], possible=gathering.require_alone
        ),
        Action.WITHDRAW_CASE: replace(
            _WRITING[Action.WITHDRAW_CASE], effect=gathering.release
        ),
        Action.ANSWER_CASE: CaseRule(
            word=_("Giải đáp"),
            moves={S.SENT: S.ANSWERED},
            takes=inputs.Answer,
            possible=gathering.require_alone,
            precondition=rules.require_text,
            effect=gathering.answer_all,
            side=Side.ANSWERING,
        ),
        Action.ANSWER_ON_PAPER: CaseRule(
            word=_("Ghi văn bản trả lời"),
            moves={S.SENT: S.ANSWERED},
            takes=inputs.PaperAnswer,
            possible=_require_recordable,
            precondition=rules.require_paper_answer,
            effect=gathering.answer_all,
            side=Side.RECORDING,
        ),
        Action.FINISH_CASE: CaseRule(
            word=_("Xác nhận đã gỡ"),
            moves={S.ANSWERED: S.DONE},
            side=Side.ASKING,
        ),
        Action.ESCALATE: CaseRule(
            word=_("Chuyển lên mức tiếp theo"),
            moves={S.SENT: S.SENT, S.ANSWERED: S.SENT},
            takes=inputs.Escalation,
            possible=_require_level,
            precondition=_require_next,
            effect=_escalate,
            side=Side.ASKING,
        ),
    },
)
