"""The one door: a case begins and moves on through `begin()` and `act()` alone."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app import clock
from app.db import claim
from app.errors import (
    FieldError,
    ForbiddenError,
    FourEyesError,
    InvalidError,
    TransitionError,
)
from app.exchange.cases import clocks, gathering, kinds, parties, queries, rules, steps
from app.exchange.cases.inputs import Edit
from app.exchange.cases.kind import MOVED_ON, CaseKind, CaseRule
from app.exchange.cases.kinds import obstacles
from app.exchange.cases.lifecycle import ANSWERING, CaseStatus, Side
from app.exchange.cases.models import Case, CasePartner
from app.permissions import Action, Reach, reach, require
from app.register import service as register_service
from app.register.content import schema
from app.register.content.hashing import Content
from app.register.queries import Register
from app.register.standing import moment
from app.vietnamese import fold
from app.workflow.context import Desk
from app.workflow.life import Nothing
from app.workflow.proposals.sanitising import sanitise
from catalog_schema.profile import Stage

CHANGED = "Việc này vừa được người khác thay đổi; tải lại để xem rồi làm lại"
_UNSAID = Nothing()
# while nobody but who asks goes by what it says
_WRITING = frozenset({CaseStatus.DRAFT, CaseStatus.ASKED_BACK})


def may_open(desk: Desk, kind: CaseKind) -> bool:
    """Tell whether the actor may open a case of a kind for the own agency."""
    far = reach(desk.actor, Action.OPEN_CASE)
    department = reach(desk.actor, Action.READ_CASES) is Reach.ANY
    return far is not None and (kind.opened_by is Side.ASKING or department)


def begin(
    desk: Desk,
    kind_name: str,
    content: object,
    *,
    origin: str | None = None,
    level: int = 1,
) -> Case:
    """Open a draft, which nobody but the own agency reads.

    `origin` says what it came from, `level` how high it begins. ForbiddenError,
    NotFoundError, InvalidError.
    """
    kind = kinds.kind_of(kind_name)
    require(desk.actor, Action.OPEN_CASE, desk.actor.agency_id)
    if not may_open(desk, kind):
        raise ForbiddenError("Việc loại này do đơn vị chuyên trách lập")
    now = clock.now()
    case = Case(
        number=register_service.next_number(desk.session, "case"),
        kind=kind.name,
        status=CaseStatus.DRAFT,
        asking_id=desk.actor.agency_id,
        origin=origin[:200] if origin else None,
        level=level,
        opened_at=now,
        changed_at=now,
        lock_version=1,
    )
    _write(desk, case, kind, content)
    desk.session.add(case)
    desk.session.flush()
    doer = steps.at(desk)
    steps.record(desk.session, case, Action.OPEN_CASE, doer=doer, written=True)
    return case


def act(
    desk: Desk,
    number: int,
    lock_version: int,
    action: Action,
    given: Any = _UNSAID,
    *,
    since: date | None = None,
    dated: bool = True,
) -> Case:
    """Do something to a case, and return it.

    In this order: the right and the side, the transition, four eyes, what stands in
    the way of the action, what it asks of what comes along; then that nobody
    changed it since `lock_version`, its effect, its term and its step, all in the
    caller's transaction. `since`: the day on which whoever has to answer got it,
    today by default; not `dated`: unknown, so that nothing is due.
    NotFoundError for what the actor may not even read; ForbiddenError, TransitionError,
    FourEyesError, InvalidError, ConflictError.
    """
    case = queries.get(desk, number)
    kind = kinds.kind_of(case.kind)
    before, level = case.status, case.level
    status = following(desk, case, action)
    rule = kind.rules[action]
    if action is Action.SEND_CASE:
        _require_complete(desk, case)
    rule.possible(desk, case)
    rule.precondition(desk, case, given)
    claim(case, lock_version, CHANGED, status=status)
    written = isinstance(given, Edit)
    if written:
        _write(desk, case, kind, given.content)
        if before not in _WRITING:
            _require_complete(desk, case)
    content = case.content
    rule.effect(desk, case, given)
    answering = status in ANSWERING
    if answering != (before in ANSWERING) or case.level != level:
        begun = (since or clock.today()) if dated else None
        clocks.turn(desk, case, kind.term, begun)
    elif written and answering:
        clocks.turn(desk, case, kind.term, case.began_on)
    changed = written or case.content is not content
    doer = steps.at(desk)
    steps.record(desk.session, case, action, given, doer=doer, written=changed)
    return case


def following(desk: Desk, case: Case, action: Action) -> CaseStatus:
    """Return where an action of the actor leads; ForbiddenError, TransitionError,
    FourEyesError.
    """
    kind = kinds.kind_of(case.kind)
    rule = kind.rules.get(action)
    if rule is None:
        raise TransitionError(MOVED_ON)
    if not parties.may_act(desk.actor, case, rule.side, action):
        raise ForbiddenError("Vị trí này không được làm việc đó với việc này")
    status = kind.path.after(case.status, action)
    if bars(desk, case, rule):
        raise FourEyesError(
            "Người đã soạn câu trả lời không tự xác nhận; người khác của cơ quan xác "
            "nhận"
        )
    return status


def offered(desk: Desk, case: Case) -> list[Action]:
    """Return what the actor may do to a case as it stands, in the table's order."""
    kind = kinds.kind_of(case.kind)
    return [
        action
        for action, rule in kind.rules.items()
        if parties.may_act(desk.actor, case, rule.side, action)
        and kind.path.follows(case.status, action)
        and not bars(desk, case, rule)
        and _stands(desk, case, rule)
    ]


def _stands(desk: Desk, case: Case, rule: CaseRule) -> bool:
    try:
        rule.possible(desk, case)
    except TransitionError:
        return False
    return True


def bars(desk: Desk, case: Case, rule: CaseRule) -> bool:
    """Tell whether four eyes keeps the actor from something: the part that whoever
    prepared the last answer had.
    """
    if not rule.barred:
        return False
    rules = kinds.kind_of(case.kind).rules
    for step in reversed(case.steps):
        known = step.action in set(Action)
        past_rule = rules.get(Action(step.action)) if known else None
        if past_rule is not None and past_rule.involves in rule.barred:
            return step.person_id == desk.actor.person_id
    return False


def problems(desk: Desk, case: Case) -> list[FieldError]:
    """Return what bars a case from being sent."""
    kind = kinds.kind_of(case.kind)
    shape = desk.profile.cases[case.kind]
    checked = schema.check(shape, case.content, Stage.SUBMIT, desk.profile.base)
    wrong = [*checked.errors, *kind.problems(desk, case)]
    if not wrong and case.answering_id is None:
        message = "Chưa rõ cơ quan phải trả lời; chọn cơ quan"
        wrong = [FieldError(kind.asked_in, "required", message)]
    return wrong


def gather(desk: Desk, numbers: Sequence[int], content: object) -> Case:
    """Open the obstacle by which several go up to the ministry together.

    ForbiddenError unless of the department, NotFoundError, InvalidError,
    TransitionError.
    """
    require(desk.actor, Action.GATHER, None)
    cases = [queries.get(desk, number) for number in dict.fromkeys(numbers)]
    gathering.require_gatherable(cases, obstacles.NAME, obstacles.LEVELS)
    into = begin(desk, obstacles.NAME, content, level=obstacles.LEVELS)
    gathering.gather(desk, cases, into)
    return into


def _require_complete(desk: Desk, case: Case) -> None:
    errors = problems(desk, case)
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa trước khi gửi", errors)


def _checked(desk: Desk, kind: CaseKind, content: object) -> Content:
    """Return what was typed as the profile has it; InvalidError for a value of another
    form, and for what has no name; what else is missing is asked for when it is sent.
    """
    shape = desk.profile.cases[kind.name]
    typed = sanitise(content).content
    checked = schema.check(shape, typed, Stage.DRAFT, desk.profile.base)
    rules.refuse(checked.errors)
    return checked.content


def _write(desk: Desk, case: Case, kind: CaseKind, content: object) -> None:
    """Have a case say what was typed, and stand between the sides that it names."""
    checked = _checked(desk, kind, content)
    if case.status is not CaseStatus.DRAFT:
        checked = {
            name: value for name, value in checked.items() if name not in kind.acted
        }
        stays = [name for name in kind.acted if name in case.content]
        checked |= {name: case.content[name] for name in stays}
    sanitised = sanitise(checked)
    case.content, case.content_hash = sanitised.content, sanitised.content_hash
    case.title = str(checked[desk.profile.cases[kind.name].title_field])
    case.match_key = fold(case.title)
    register = Register(desk.session, desk.profile, moment(desk.session))
    case.answering_id = _agency(register, kind.answering(register, checked))
    about = rules.uuid(checked.get(kind.about)) if kind.about else None
    case.about_id = next(iter(register.by_ids([about] if about else [])), None)
    named = map(rules.uuid, checked.get(kind.partners, ()) if kind.partners else ())
    partners = register.by_ids([agency for agency in named if agency is not None])
    case.partners = [
        CasePartner(agency_id=view.id)
        for view in partners.values()
        if view.kind == "agency"
    ]


def _agency(register: Register, agency_id: UUID | None) -> UUID | None:
    view = register.by_ids([agency_id]).get(agency_id) if agency_id else None
    return view.id if view is not None and view.kind == "agency" else None
