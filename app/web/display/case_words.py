"""Cases in words: where one stands, what may be done to it, why it is due on a day;
rows of lists.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.exchange.cases import kinds, steps, unconfirmed
from app.exchange.cases.lifecycle import OPEN, TURN, CaseStatus, Side
from app.exchange.cases.models import Case
from app.exchange.cases.rules import EXTENDED
from app.permissions import Action
from app.register.queries import EntryView
from app.web.http import language
from app.workflow.context import Desk
from app.workflow.time.terms import Rule
from catalog_schema.profile import Profile

COLOURS: Mapping[CaseStatus, str] = {
    CaseStatus.DRAFT: "govuk-tag--grey",
    CaseStatus.SENT: "",
    CaseStatus.ASKED_BACK: "govuk-tag--yellow",
    CaseStatus.GRANT_PREPARED: "govuk-tag--purple",
    CaseStatus.REFUSAL_PREPARED: "govuk-tag--purple",
    CaseStatus.ANSWERED: "govuk-tag--turquoise",
    CaseStatus.REPORTED: "govuk-tag--purple",
    CaseStatus.REFUSED: "govuk-tag--red",
    CaseStatus.DONE: "govuk-tag--green",
    CaseStatus.WITHDRAWN: "govuk-tag--grey",
}
OUTCOMES = {
    "granted": _l("Đồng ý cung cấp tất cả hạng mục"),
    "partly": _l("Đồng ý cung cấp một phần"),
    "refused": _l("Từ chối"),
    "answered": _l("Đã trả lời"),
    "reported": _l("Báo cáo hoàn thành"),
}
STEPS = {
    "gathered": _l("Gộp vào kiến nghị chung"),
    "released": _l("Tách khỏi kiến nghị chung"),
    "moved": _l("Chuyển theo việc kế thừa"),
    "settled": _l("Được giải đáp cùng kiến nghị chung"),
    "finished": _l("Dữ liệu đã chạy"),
}
# what kinds call otherwise each
_MANY = {
    Action.CONFIRM_ANSWER: _l("Xác nhận câu trả lời"),
    Action.SEND_ANSWER_BACK: _l("Chuyển lại người soạn"),
    Action.ANSWER_ON_PAPER: _l("Ghi văn bản trả lời"),
    Action.FINISH_CASE: _l("Kết thúc việc"),
}
# what the journal calls what is done to cases, of whatever kind
JOURNALLED = {
    steps.act_of(action): _l(rule.word)
    for kind in kinds.KINDS.values()
    for action, rule in kind.rules.items()
} | {steps.act_of(step): word for step, word in (*STEPS.items(), *_MANY.items())}
# what follows once it is done
_PREPARED = _l("Người khác của cơ quan xác nhận thì bên đề nghị mới thấy câu trả lời.")
CONSEQUENCES = {
    Action.PREPARE_GRANT: _PREPARED,
    Action.PREPARE_REFUSAL: _PREPARED,
    Action.CONFIRM_ANSWER: _l("Ghi tên người xác nhận; không sửa lại được."),
    Action.ASK_BACK: _l("Việc quay về bên hỏi; thời hạn tính lại khi bên hỏi gửi lại."),
    Action.ANSWER_ON_PAPER: _l("Văn bản thành câu trả lời của việc; hai bên đều thấy."),
    Action.REFUSE_ON_PAPER: _l("Việc kết thúc; hai bên đều thấy văn bản."),
    Action.REPORT_DONE: _l("Đơn vị chuyên trách kiểm chứng rồi mới là hoàn thành."),
    Action.ESCALATE: _l(
        "Cơ quan được chọn phải trả lời; thời hạn tính lại từ hôm nay."
    ),
    Action.WITHDRAW_CASE: _l("Việc kết thúc và không mở lại được."),
}
LEVELS = {
    1: _l("Mức 1: cơ quan cung cấp dữ liệu"),
    2: _l("Mức 2: đơn vị chuyên trách"),
    3: _l("Mức 3: bộ quản lý, Thủ tướng Chính phủ"),
}


def tabs(profile: Profile) -> dict[str, str]:
    """Return what each kind is called where there are many."""
    spoken = language.current()
    return {
        name: shape.plural.get(spoken) or shape.plural["vi"]
        for name, shape in profile.cases.items()
    }


def word(kind: str, status: CaseStatus) -> str:
    """Return what it is called that a case of a kind stands there."""
    return str(_(kinds.kind_of(kind).word(status)))


def act_word(kind: str, action: str) -> str:
    """Return what it is called that something was done."""
    if action in STEPS:
        return str(STEPS[action])
    rule = kinds.kind_of(kind).rules.get(Action(action))
    return str(_(rule.word)) if rule else action


def term(name: str | None, rule: Rule | None) -> str:
    """Return by which rule, of this name, a case is due on its day, in words."""
    if name == EXTENDED:
        return str(_("bên hỏi đã gia hạn"))
    if rule is None:
        return str(_("theo ngày ghi trong nội dung"))
    if rule.id.startswith(("request-days-", "obstacle-days-")):
        told = _(
            "chưa xác minh được thời hạn theo luật; thời hạn của đơn vị: %(n)s ngày "
            "làm việc",
            n=rule.amount,
        )
        return str(told)
    return str(_("theo %(basis)s", basis=rule.basis))


@dataclass(frozen=True)
class CaseRow:
    """A case in a list; `left`: working days until it is due, None without a day."""

    number: int
    kind: str
    title: str
    status: CaseStatus
    word: str
    colour: str
    asking: str
    answering: str
    due: date | None
    left: int | None
    illustrative: bool
    level: int
    grouped: bool

    @property
    def late(self) -> bool:
        """Whether its day is past and it still waits."""
        return self.status in OPEN and self.left is not None and self.left < 0


@dataclass(frozen=True)
class Stood:
    """How a case stood: between whom, where, by when, how high."""

    status: CaseStatus
    asking: UUID
    answering: UUID | None
    due: date | None
    level: int
    grouped: bool

    @classmethod
    def now(cls, case: Case) -> "Stood":
        """Return how a case stands now."""
        sides = case.asking_id, case.answering_id
        grouped = case.group_id is not None
        return cls(case.status, *sides, case.due_on, case.level, grouped)

    @classmethod
    def then(cls, kept: Mapping[str, str]) -> "Stood":
        """Return what a step keeps of it (`Case.snapshot`)."""
        return cls(
            CaseStatus(kept["status"]),
            UUID(kept["asking"]),
            UUID(kept["answering"]) if kept["answering"] else None,
            date.fromisoformat(kept["due_on"]) if kept["due_on"] else None,
            int(kept["level"]),
            bool(kept["group"]),
        )


def rows(desk: Desk, cases: Iterable[Case], names: Mapping[UUID, str]) -> list[CaseRow]:
    """Return cases as rows; `names` are those of the agencies."""
    return [row(desk, case, names, Stood.now(case), clock.today()) for case in cases]


def row(
    desk: Desk,
    case: Case,
    names: Mapping[UUID, str],
    stood: Stood,
    day: date,
) -> CaseRow:
    """Return a case as it stood on a day."""
    status = unconfirmed.status_for(desk.actor, case, stood.status)
    gathered = stood.grouped and status is CaseStatus.SENT
    due = None if gathered else stood.due
    return CaseRow(
        case.number,
        case.kind,
        case.title,
        status,
        word(case.kind, status),
        COLOURS[status],
        names.get(stood.asking, ""),
        names.get(stood.answering, "") if stood.answering else "",
        due,
        desk.office.calendar.left(due, day) if due else None,
        bool(case.content.get("illustrative")),
        stood.level,
        stood.grouped,
    )


def named(views: Mapping[UUID, EntryView]) -> dict[UUID, str]:
    """Return the names of agencies by id."""
    return {entry_id: view.title for entry_id, view in views.items()}


def agencies(cases: Sequence[Case]) -> set[UUID]:
    """Return the agencies that cases are between."""
    ids = {case.asking_id for case in cases}
    return ids | {case.answering_id for case in cases if case.answering_id}


def whose(stood: Stood) -> UUID | None:
    """Return the agency whose turn it is, None for the department's or nobody's."""
    side = TURN.get(stood.status)
    sides = {Side.ASKING: stood.asking, Side.ANSWERING: stood.answering}
    return sides.get(side) if side else None


def turn(stood: Stood, names: Mapping[UUID, str]) -> str:
    """Return whose turn it is, in words; "" where a case is over."""
    if TURN.get(stood.status) is Side.DEPARTMENT:
        return str(_("Đơn vị chuyên trách kiểm chứng"))
    agency = whose(stood)
    name = names.get(agency, "") if agency else ""
    return str(_("Đến lượt %(name)s", name=name)) if name else ""
