"""What a kind of case is: one declaration, made in a module of `kinds`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.errors import FieldError
from app.exchange.cases.lifecycle import CaseStatus, Side
from app.exchange.cases.models import Case
from app.exchange.connections import Connection
from app.permissions import Action
from app.register.content.hashing import Content
from app.register.queries import Register
from app.workflow.context import Desk
from app.workflow.life import Path, Rule, transitions

# by when an answer is due that was asked for on a day, and the rule that says so
Term = Callable[[Desk, Case, date], tuple[date | None, str | None]]
# whether a live connection is what a case waits for
Runs = Callable[[Case, Connection], bool]
Problems = Callable[[Desk, Case], Iterable[FieldError]]


def _nothing(_desk: Desk, _case: Case) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class CaseRule(Rule[CaseStatus]):
    """What one action on a case is; `side` is the one that may do it.

    `possible` raises TransitionError while something beside the status stands in the
    way, whatever comes along: nobody is offered the action then.
    """

    side: Side
    possible: Callable[[Desk, Case], None] = _nothing


def _none(_desk: Desk, _case: Case) -> Iterable[FieldError]:
    return ()


@dataclass(frozen=True, kw_only=True)
class CaseKind:
    """A kind of case; `name` is that of its shape in the profile.

    `answering` finds who has to answer in what was typed, and `asked_in` is the
    field that names them, or what is theirs. `about` is the field that names the
    entry it is about, `partners` the one that names agencies which take part.
    `opened_by`: the department alone, or any agency for itself. `words` say where
    it stands. `runs` tells whether a live connection ends it, None where none does.
    `problems`: what bars it from being sent, beside what the profile asks for.
    `acted` are the fields that only acts change once it was sent.
    """

    name: str
    rules: Mapping[Action, CaseRule]
    answering: Callable[[Register, Content], UUID | None]
    asked_in: str
    term: Term
    opened_by: Side = Side.ASKING
    about: str | None = None
    partners: str | None = None
    problems: Problems = _none
    runs: Runs | None = None
    acted: Sequence[str] = ()
    words: Mapping[CaseStatus, str] = field(default_factory=dict)

    @property
    def path(self) -> Path[CaseStatus, Action]:
        """The way of its cases."""
        return Path(transitions(self.rules), MOVED_ON)

    def word(self, status: CaseStatus) -> str:
        """Return what it is called that a case stands there."""
        return self.words.get(status) or WORDS[status]


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


MOVED_ON = "Việc này đã sang bước khác; tải lại trang để xem"
WORDS: Mapping[CaseStatus, str] = {
    CaseStatus.DRAFT: _("Bản nháp"),
    CaseStatus.SENT: _("Chờ trả lời"),
    CaseStatus.ASKED_BACK: _("Chờ bên hỏi làm rõ"),
    CaseStatus.GRANT_PREPARED: _("Chờ xác nhận đồng ý"),
    CaseStatus.REFUSAL_PREPARED: _("Chờ xác nhận từ chối"),
    CaseStatus.ANSWERED: _("Đã trả lời"),
    CaseStatus.REPORTED: _("Chờ kiểm chứng"),
    CaseStatus.REFUSED: _("Bị từ chối"),
    CaseStatus.DONE: _("Đã xong"),
    CaseStatus.WITHDRAWN: _("Đã rút"),
}
