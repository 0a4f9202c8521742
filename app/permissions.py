"""Who may do what: action × role × own agency, which of it is signed, and what a key is
for. Nothing else grants a right; what an action is stands with what it is done to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from app.errors import ForbiddenError, SecondFactorError
from catalog_schema.profile import Visibility

F = TypeVar("F", bound=Callable[..., Any])


class Role(StrEnum):
    """What a post does in the register; a head endorses what their own agency sends,
    where that is a step.

    A drafter prepares decisions, which a clerk numbers and enters once they are signed;
    a small office may leave both to the clerk. An administrator runs accounts and
    decides nothing.
    """

    REGISTRAR = "registrar"
    HEAD = "head"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    DRAFTER = "drafter"
    CLERK = "clerk"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """Everything that a person may do to a proposal, to a case or to the register."""

    PROPOSE = "propose"
    EDIT = "edit"
    REBASE = "rebase"
    SUBMIT = "submit"
    ENDORSE = "endorse"
    DECLINE = "decline"
    RECALL = "recall"
    WITHDRAW = "withdraw"
    TAKE = "take"
    ASSIGN = "assign"
    CLEAR = "clear"
    CONSULT = "consult"
    OPINE = "opine"
    READ_CONSULTATIONS = "read-consultations"
    MEND = "mend"
    LINK = "link"
    FIND = "find"
    REPLY = "reply"
    RESOLVE = "resolve"
    RETURN = "return"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    REJECT = "reject"
    CONFIRM = "confirm"
    STATE = "state"
    COUNT = "count"
    WORK = "work"
    READ = "read"
    ENTER = "enter"
    REOPEN = "reopen"
    CAMPAIGN = "campaign"
    ANSWER = "answer"
    READ_CAMPAIGNS = "read-campaigns"
    KEEP_REASONS = "keep-reasons"
    KEEP_SYNONYMS = "keep-synonyms"
    OPEN_CASE = "open-case"
    EDIT_CASE = "edit-case"
    SEND_CASE = "send-case"
    WITHDRAW_CASE = "withdraw-case"
    NOTE_CASE = "note-case"
    EXTEND_CASE = "extend-case"
    ASK_BACK = "ask-back"
    PREPARE_GRANT = "prepare-grant"
    PREPARE_REFUSAL = "prepare-refusal"
    SEND_ANSWER_BACK = "send-answer-back"
    CONFIRM_ANSWER = "confirm-answer"
    ANSWER_ON_PAPER = "answer-on-paper"
    REFUSE_ON_PAPER = "refuse-on-paper"
    FOLLOW_UP = "follow-up"
    ANSWER_CASE = "answer-case"
    ESCALATE = "escalate"
    GATHER = "gather"
    REPORT_PROGRESS = "report-progress"
    REPORT_DONE = "report-done"
    FINISH_CASE = "finish-case"
    READ_CASES = "read-cases"
    READ_DECISIONS = "read-decisions"
    PREPARE_DECISION = "prepare-decision"
    READ_INTAKES = "read-intakes"
    TAKE_IN = "take-in"
    CONFIRM_INTAKE = "confirm-intake"
    VERIFY = "verify"
    OPERATE = "operate"
    MANAGE_ACCOUNTS = "manage-accounts"


class Reach(StrEnum):
    """How far a right goes: the actor's own agency, or every agency."""

    OWN = "own"
    ANY = "any"


_DEPARTMENT = (  # who sees what all agencies send
    Role.REVIEWER,
    Role.APPROVER,
    Role.DRAFTER,
    Role.CLERK,
    Role.AUDITOR,
)
_AGENCY = dict.fromkeys((Role.REGISTRAR, Role.HEAD), Reach.OWN)
_ANY_PARTY = _AGENCY | {Role.REVIEWER: Reach.OWN}  # the department is a party too
RIGHTS: dict[Action, dict[Role, Reach]] = {
    Action.PROPOSE: {Role.REGISTRAR: Reach.OWN},
    Action.EDIT: {Role.REGISTRAR: Reach.OWN},
    Action.REBASE: {Role.REGISTRAR: Reach.OWN},
    Action.CONFIRM: {Role.REGISTRAR: Reach.OWN},
    Action.STATE: {Role.REGISTRAR: Reach.OWN, Role.HEAD: Reach.OWN},
    Action.COUNT: {
        Role.REGISTRAR: Reach.OWN,
        Role.REVIEWER: Reach.ANY,
        Role.CLERK: Reach.ANY,
    },
    Action.SUBMIT: {Role.REGISTRAR: Reach.OWN},
    Action.ENDORSE: {Role.HEAD: Reach.OWN},
    Action.DECLINE: {Role.HEAD: Reach.OWN},
    Action.RECALL: {Role.REGISTRAR: Reach.OWN},
    Action.WITHDRAW: {Role.REGISTRAR: Reach.OWN},
    Action.TAKE: {Role.REVIEWER: Reach.ANY},
    Action.ASSIGN: {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.CLEAR: {Role.REVIEWER: Reach.ANY},
    Action.CONSULT: {Role.REVIEWER: Reach.ANY},
    Action.MEND: {Role.REVIEWER: Reach.ANY},
    Action.LINK: {Role.REVIEWER: Reach.ANY},
    Action.REPLY: {
        Role.REGISTRAR: Reach.OWN,
        Role.REVIEWER: Reach.ANY,
        Role.APPROVER: Reach.ANY,
    },
    Action.FIND: {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.RESOLVE: {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.RETURN: {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.RECOMMEND: {Role.REVIEWER: Reach.ANY},
    Action.APPROVE: {Role.APPROVER: Reach.ANY},
    Action.REJECT: {Role.APPROVER: Reach.ANY},
    Action.WORK: dict.fromkeys(Role, Reach.OWN),
    Action.READ: {
        Role.REGISTRAR: Reach.OWN,
        Role.HEAD: Reach.OWN,
        **dict.fromkeys(_DEPARTMENT, Reach.ANY),
    },
    Action.ENTER: {Role.CLERK: Reach.ANY},
    Action.REOPEN: {Role.CLERK: Reach.ANY},
    Action.OPINE: {Role.REGISTRAR: Reach.OWN, Role.HEAD: Reach.OWN},
    Action.READ_CONSULTATIONS: {
        **dict.fromkeys((Role.REGISTRAR, Role.HEAD), Reach.OWN),
        **dict.fromkeys(_DEPARTMENT, Reach.ANY),
    },
    Action.CAMPAIGN: {Role.REVIEWER: Reach.ANY, Role.CLERK: Reach.ANY},
    Action.ANSWER: {Role.REGISTRAR: Reach.OWN},
    Action.READ_CAMPAIGNS: {
        **dict.fromkeys((Role.REGISTRAR, Role.HEAD), Reach.OWN),
        **dict.fromkeys(_DEPARTMENT, Reach.ANY),
    },
    Action.KEEP_REASONS: {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.KEEP_SYNONYMS: {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.OPEN_CASE: _ANY_PARTY,
    Action.EDIT_CASE: _ANY_PARTY,
    Action.SEND_CASE: _ANY_PARTY,
    Action.WITHDRAW_CASE: _ANY_PARTY,
    Action.NOTE_CASE: _AGENCY | {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.EXTEND_CASE: _ANY_PARTY,
    Action.ASK_BACK: _ANY_PARTY,
    Action.PREPARE_GRANT: _ANY_PARTY,
    Action.PREPARE_REFUSAL: _ANY_PARTY,
    Action.SEND_ANSWER_BACK: _AGENCY
    | {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.CONFIRM_ANSWER: _AGENCY
    | {Role.REVIEWER: Reach.ANY, Role.APPROVER: Reach.ANY},
    Action.ANSWER_ON_PAPER: {
        Role.REGISTRAR: Reach.OWN,
        Role.REVIEWER: Reach.ANY,
        Role.CLERK: Reach.ANY,
    },
    Action.REFUSE_ON_PAPER: {
        Role.REGISTRAR: Reach.OWN,
        Role.REVIEWER: Reach.ANY,
        Role.CLERK: Reach.ANY,
    },
    Action.FOLLOW_UP: {Role.REGISTRAR: Reach.OWN},
    Action.ANSWER_CASE: _ANY_PARTY,
    Action.ESCALATE: _ANY_PARTY,
    Action.GATHER: {Role.REVIEWER: Reach.ANY},
    Action.REPORT_PROGRESS: _ANY_PARTY,
    Action.REPORT_DONE: _ANY_PARTY,
    Action.FINISH_CASE: _ANY_PARTY,
    Action.READ_CASES: {**_AGENCY, **dict.fromkeys(_DEPARTMENT, Reach.ANY)},
    Action.READ_DECISIONS: dict.fromkeys(_DEPARTMENT, Reach.ANY),
    Action.PREPARE_DECISION: {Role.DRAFTER: Reach.ANY, Role.CLERK: Reach.ANY},
    Action.READ_INTAKES: dict.fromkeys(
        (Role.REVIEWER, Role.APPROVER, Role.CLERK, Role.AUDITOR), Reach.ANY
    ),
    Action.TAKE_IN: {Role.REVIEWER: Reach.ANY, Role.CLERK: Reach.ANY},
    Action.CONFIRM_INTAKE: {Role.APPROVER: Reach.ANY},
    Action.VERIFY: {Role.AUDITOR: Reach.ANY},
    Action.OPERATE: {Role.ADMINISTRATOR: Reach.ANY, Role.AUDITOR: Reach.ANY},
    Action.MANAGE_ACCOUNTS: {Role.ADMINISTRATOR: Reach.ANY},
}

# who needs a second factor to work at all
STRONG = frozenset({Role.APPROVER, Role.CLERK, Role.ADMINISTRATOR})
# roles that one person does not have at the same time: who runs accounts or looks at
# what others did decides nothing
APART = (
    frozenset({Role.ADMINISTRATOR, Role.REVIEWER}),
    frozenset({Role.ADMINISTRATOR, Role.APPROVER}),
    frozenset({Role.ADMINISTRATOR, Role.CLERK}),
    frozenset({Role.ADMINISTRATOR, Role.DRAFTER}),
    *(frozenset({Role.AUDITOR, role}) for role in Role if role is not Role.AUDITOR),
)
# roles of which one person may have both, but not over one and the same thing
WATCHED = (
    frozenset({Role.REGISTRAR, Role.REVIEWER}),
    frozenset({Role.REGISTRAR, Role.APPROVER}),
    frozenset({Role.REVIEWER, Role.APPROVER}),
    frozenset({Role.APPROVER, Role.CLERK}),
)
SIGNED = frozenset(  # asked for once more
    {
        Action.APPROVE,
        Action.REJECT,
        Action.ENTER,
        Action.CONFIRM_INTAKE,
        Action.MANAGE_ACCOUNTS,
    }
)


class Scope(StrEnum):
    """What a key is for; each act needs the scope and the right of the post."""

    READ = "read"
    PROPOSE = "propose"
    DECIDE = "decide"


SCOPES: dict[Scope, frozenset[Action]] = {
    Scope.READ: frozenset(
        {Action.WORK, Action.READ, Action.READ_CASES}
    ),  # every key reads
    Scope.PROPOSE: frozenset(
        {
            Action.PROPOSE,
            Action.EDIT,
            Action.REBASE,
            Action.SUBMIT,
            Action.CONFIRM,
            Action.STATE,
            Action.COUNT,
            Action.ENDORSE,
            Action.DECLINE,
            Action.RECALL,
            Action.WITHDRAW,
            Action.OPEN_CASE,
            Action.EDIT_CASE,
            Action.SEND_CASE,
            Action.WITHDRAW_CASE,
            Action.ASK_BACK,
            Action.PREPARE_GRANT,
            Action.PREPARE_REFUSAL,
            Action.FOLLOW_UP,
            Action.ANSWER_CASE,
            Action.REPORT_PROGRESS,
            Action.REPORT_DONE,
        }
    ),
    Scope.DECIDE: frozenset(
        {
            Action.TAKE,
            Action.ASSIGN,
            Action.CLEAR,
            Action.CONSULT,
            Action.FIND,
            Action.RESOLVE,
            Action.MEND,
            Action.LINK,
            Action.RETURN,
            Action.RECOMMEND,
            Action.APPROVE,
            Action.REJECT,
            Action.CONFIRM_ANSWER,
            Action.SEND_ANSWER_BACK,
            Action.ANSWER_ON_PAPER,
            Action.REFUSE_ON_PAPER,
        }
    ),
}
# both sides answer in a thread, and have a part in a case
EITHER = frozenset(
    {
        Action.REPLY,
        Action.NOTE_CASE,
        Action.EXTEND_CASE,
        Action.ESCALATE,
        Action.FINISH_CASE,
    }
)

# of fields, in entries that are not the reader's agency's own
LEVELS: dict[Role, Visibility] = {
    Role.REGISTRAR: Visibility.STATE,
    Role.HEAD: Visibility.STATE,
    Role.REVIEWER: Visibility.OWNER,
    Role.APPROVER: Visibility.OWNER,
    Role.DRAFTER: Visibility.OWNER,
    Role.CLERK: Visibility.OWNER,
    Role.AUDITOR: Visibility.OWNER,
    Role.ADMINISTRATOR: Visibility.STATE,
}


def declares(right: Action | None) -> Callable[[F], F]:
    """Mark a view with the right that it asks for, None for everybody; a guard test
    refuses unmarked routes.
    """

    def mark(view: F) -> F:
        view.right = right  # type: ignore[attr-defined]
        return view

    return mark


def right_of(view: object) -> Action | None:
    """Return the right that a view declares; AttributeError for a view without a mark,
    so that it stays closed.
    """
    right: Action | None = view.right  # type: ignore[attr-defined]
    return right


@dataclass(frozen=True)
class Actor:
    """A person at work in a post. `signs` while the second factor that they gave for
    signing still counts.
    """

    person_id: UUID
    post_id: UUID
    role: Role
    agency_id: UUID
    signs: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Audience:
    """Who reads: the level of fields that may be shown, and the agency whose own
    entries show everything.
    """

    level: Visibility
    agency_id: UUID | None = None

    def level_for(self, owner_id: UUID | None) -> Visibility:
        """Return the level of fields that this reader sees in an entry of
        `owner_id`.
        """
        own = self.agency_id is not None and self.agency_id == owner_id
        return Visibility.OWNER if own else self.level


PUBLIC = Audience(Visibility.PUBLIC)


def audience(actor: Actor | None) -> Audience:
    """Return as which audience somebody reads the register; nobody reads as the
    public.
    """
    return PUBLIC if actor is None else Audience(LEVELS[actor.role], actor.agency_id)


def reach(actor: Actor, action: Action) -> Reach | None:
    """Return how far the actor's right to `action` goes, None without it."""
    return RIGHTS[action].get(actor.role)


def may(actor: Actor, action: Action, agency_id: UUID | None) -> bool:
    """Tell whether `actor` may do `action` to something of `agency_id`."""
    far = reach(actor, action)
    return far is Reach.ANY or (far is Reach.OWN and actor.agency_id == agency_id)


def require(actor: Actor, action: Action, agency_id: UUID | None) -> None:
    """Raise ForbiddenError unless `may()`."""
    if not may(actor, action, agency_id):
        raise ForbiddenError(
            f"Vai trò {actor.role} không có quyền thực hiện việc “{action}” "
            "với hồ sơ này"
        )


def require_signature(actor: Actor, action: Action) -> None:
    """Raise SecondFactorError when the action is one that is signed and the actor's
    second factor is not fresh.
    """
    if action in SIGNED and not actor.signs:
        raise SecondFactorError("Nhập mã xác thực để ký việc này")
