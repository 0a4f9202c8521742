"""What a decision has settled already comes in together: one person prepares it, a
second one confirms.

Every row passes the same profile and the same checks as a proposal would; one wrong
row, and none is taken.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.errors import (
    ConflictError,
    FieldError,
    FourEyesError,
    InvalidError,
    TransitionError,
)
from app.permissions import Action, require, require_signature
from app.register import service as register
from app.register.content import facts, hashing, schema
from app.register.content.hashing import Content
from app.register.models import Entry, Version
from app.register.service import Order
from app.vietnamese import clean
from app.workflow.checks import candidate as candidates
from app.workflow.checks import registry as checks
from app.workflow.context import Desk
from app.workflow.intake import several
from app.workflow.intake.models import CODE, SEVERAL, Intake, IntakeStatus
from app.workflow.intake.queries import code_of, get, promised
from app.workflow.intake.rows import IntakeRows, ReadyRow, ReadyRows, SeveralRow
from app.workflow.proposals.models import Proposal, Severity
from catalog_schema.identifiers import AgencyCode, MalformedCodeError
from catalog_schema.profile import Kind, Stage

MOST_ROWS = 1_000  # all in one transaction, while nobody else can write
_ABOVE = "code-parent"  # said of a parent that comes in with the same intake


def prepare(desk: Desk, request: IntakeRows) -> Intake:
    """Keep what is to be brought in, for a second person; InvalidError names every
    faulty row and field.
    """
    require(desk.actor, Action.TAKE_IN, None)
    if not 0 < len(request.rows) <= MOST_ROWS:
        message = (
            f"Mỗi đợt từ 1 đến {MOST_ROWS} dòng; đang có {len(request.rows)}, hãy "
            "chia tệp"
        )
        raise InvalidError(message, [FieldError("rows", "count", message)])
    return _keep(desk, request, _checked(desk, request))


def _keep(desk: Desk, request: IntakeRows, rows: Sequence[dict[str, Any]]) -> Intake:
    intake = Intake(
        number=register.next_number(desk.session, "intake"),
        kind=request.kind,
        title=clean(request.title)[:300],
        decision_id=request.decision,
        effective_from=request.day,
        rows=list(rows),
        annex=request.annex,
        signed=request.signed,
        made_by=desk.actor.person_id,
        made_post=desk.actor.post_id,
        made_at=clock.now(),
    )
    desk.session.add(intake)
    desk.session.flush()
    _journal(desk, "intake.prepared", intake)
    return intake


def prepare_several(
    desk: Desk, title: str, rows: Sequence[SeveralRow], seq: int | None = None
) -> Intake:
    """Keep rows of several kinds, for a second person, who enters them as one act.

    `seq`: the journal's last row when `several.ready` was asked, so that nobody waits
    while it is asked again. InvalidError names every faulty row; ConflictError while
    such an intake waits.
    """
    require(desk.actor, Action.TAKE_IN, None)
    if not 0 < len(rows) <= several.MOST_ROWS:
        message = f"Mỗi đợt từ 1 đến {several.MOST_ROWS} dòng; đang có {len(rows)}"
        raise InvalidError(message, [FieldError("rows", "count", message)])
    _require_none_waiting(desk.session)
    if seq is None or _changed_since(desk.session, seq):
        several.ready(desk, rows)
    kept = [row.kept() for row in rows]
    return _keep(desk, IntakeRows(title, SEVERAL, (), clock.today()), kept)


def _require_none_waiting(session: Session) -> None:
    waiting = select(Intake.number).where(
        Intake.kind == SEVERAL, Intake.status == IntakeStatus.WAITING
    )
    number = session.scalar(waiting)
    if number is not None:
        raise ConflictError(
            f"Đợt nhập {number} đang chờ xác nhận; xác nhận hoặc kết thúc đợt đó trước"
        )


def _several(intake: Intake) -> list[SeveralRow]:
    return [SeveralRow.of(row) for row in intake.rows]


def ready(desk: Desk, number: int) -> ReadyRows:
    """Check everything once more, since the register has gone on; InvalidError.

    Asked before `confirm()`, so that nobody waits for it.
    """
    require(desk.actor, Action.CONFIRM_INTAKE, None)
    intake = get(desk, number)
    seq = journal.head(desk.session)
    if intake.kind == SEVERAL:
        return ReadyRows(seq, several.ready(desk, _several(intake)))
    return ReadyRows(seq, _ready(desk, intake))


def _ready(desk: Desk, intake: Intake) -> list[ReadyRow]:
    numbered = list(enumerate(intake.rows, start=1))
    again = IntakeRows(intake.title, intake.kind, numbered, intake.effective_from)
    contents = _checked(desk, again, own=intake)
    contents.sort(key=lambda content: code_of(content).count("."))
    drawn = [(uuid4(), content) for content in contents]
    ids = {code_of(content): entry_id for entry_id, content in drawn}
    kind = desk.profile.kinds[intake.kind]
    rows = []
    for entry_id, content in drawn:
        linked = _linked(desk, intake.kind, content, ids)
        checked = schema.check(kind, linked, Stage.ENTER, desk.profile.base)
        rows.append(ReadyRow(entry_id, kind.name, checked, intake.effective_from))
    return rows


def confirm(desk: Desk, number: int, before: ReadyRows | None = None) -> Intake:
    """Enter every row; FourEyesError for whoever prepared it, TransitionError when it
    was decided already.

    `before`: what `ready()` has found; where the register has changed since, it is
    asked again. InvalidError.
    """
    intake = _waiting(desk, number, Action.CONFIRM_INTAKE)
    if intake.made_by == desk.actor.person_id:
        raise FourEyesError(
            "Người chuẩn bị không tự xác nhận; nhờ một người khác xem và xác nhận"
        )
    if before is None or _changed_since(desk.session, before.seq):
        before = ready(desk, number)
    first = desk.session.scalar(select(Version.id).limit(1)) is None
    _enter_all(desk, intake, before.rows)
    _decide(desk, intake, IntakeStatus.ENTERED, None)
    if first:
        _journal(desk, "intake.first", intake)
    return intake


def _enter_all(desk: Desk, intake: Intake, ready_rows: Sequence[ReadyRow]) -> None:
    for name, kind in desk.profile.kinds.items():
        new = {row.entry_id for row in ready_rows if row.new and row.kind == name}
        register.reserve_all(desk.session, kind, new)
    for rows in _rounds(ready_rows):
        _enter(desk, intake, rows)


def _rounds(rows: Sequence[ReadyRow]) -> Iterator[list[ReadyRow]]:
    """Yield the rows in rounds: in each an entry stands once."""
    left = list(rows)
    while left:
        by_entry: dict[UUID, ReadyRow] = {}
        for row in left:
            by_entry.setdefault(row.entry_id, row)
        turn = list(by_entry.values())
        yield turn
        left = [row for row in left if by_entry[row.entry_id] is not row]


def _enter(desk: Desk, intake: Intake, rows: Sequence[ReadyRow]) -> None:
    department = desk.session.get_one(Entry, desk.actor.agency_id)
    decided_by_id = department.id if department.iri else None
    ids = [row.entry_id for row in rows]
    preparing = register.preparing(desk.session, desk.profile, ids)
    with desk.session.no_autoflush, preparing as prepared:
        for row in rows:
            order = Order(
                entry_id=row.entry_id,
                content=row.checked.content,
                start=row.start,
                end=row.end,
                post_id=desk.actor.post_id,
                person_id=desk.actor.person_id,
                decided_by_id=decided_by_id,
                decision_id=intake.decision_id,
                checked=row.checked,
            )
            register.enter(desk.session, desk.profile, order, prepared)
    desk.session.flush()


def _changed_since(session: Session, seq: int) -> bool:
    """Tell whether anything that rows are checked against was written after a row of
    the journal: entries, intakes, proposals of codes.
    """
    row = journal.JournalRow
    later = select(row.seq).outerjoin(Proposal, Proposal.id == row.proposal_id)
    told = or_(
        row.action.startswith("entry."),
        row.action.startswith("intake."),
        Proposal.kind == CODE,
    )
    return session.scalar(later.where(row.seq > seq, told).limit(1)) is not None


def reject(desk: Desk, number: int, reason: str) -> Intake:
    """Turn it down, or take one's own back; a reason is needed."""
    intake = get(desk, number)
    own = intake.made_by == desk.actor.person_id
    require(desk.actor, Action.TAKE_IN if own else Action.CONFIRM_INTAKE, None)
    if intake.status != IntakeStatus.WAITING:
        raise TransitionError("Đợt nhập này đã được quyết định rồi")
    if not clean(reason):
        message = "Nêu lý do"
        raise InvalidError(message, [FieldError("reason", "required", message)])
    _decide(desk, intake, IntakeStatus.REJECTED, clean(reason)[:5000])
    return intake


def _waiting(desk: Desk, number: int, action: Action) -> Intake:
    require(desk.actor, action, None)
    intake = get(desk, number)
    if intake.status != IntakeStatus.WAITING:
        raise TransitionError("Đợt nhập này đã được quyết định rồi")
    require_signature(desk.actor, action)
    return intake


def _decide(
    desk: Desk, intake: Intake, status: IntakeStatus, reason: str | None
) -> None:
    intake.status, intake.reason = status, reason
    intake.decided_by, intake.decided_post = desk.actor.person_id, desk.actor.post_id
    intake.decided_at = clock.now()
    _journal(desk, f"intake.{status}", intake)


def _journal(desk: Desk, action: str, intake: Intake) -> None:
    digest = hashing.content_hash({"rows": intake.rows})
    journal.record(desk.session, desk.note(action, hash=digest))


def _checked(
    desk: Desk, request: IntakeRows, own: Intake | None = None
) -> list[Content]:
    """Return the rows as they will be entered; InvalidError with what is wrong in
    each.
    """
    kind = desk.profile.kinds[request.kind]
    names = {str(content.get("value", "")) for _, content in request.rows}
    twice = _Twice.of(kind, [content for _, content in request.rows])
    taken = promised(desk.session)
    if own is not None:
        taken -= {code_of(row) for row in own.rows}
    errors: list[FieldError] = []
    contents: list[Content] = []
    for number, content in request.rows:
        checked = schema.check(kind, content, Stage.ENTER, desk.profile.base)
        wrong = [(error.field, error.message) for error in checked.errors]
        if not wrong:
            wrong += _findings(desk, request, checked.content, names)
            contents.append(checked.content)
        wrong += twice.wrong(content)
        if content.get("value") in taken:
            code = f"Mã {content['value']}"
            elsewhere = "đang được đề nghị ở một phiếu hoặc đợt nhập khác"
            wrong.append(("value", f"{code} {elsewhere}"))
        for field, message in wrong:
            errors.append(FieldError(f"dòng {number}, {field}", "row", message))
    if errors:
        message = f"Có {len(errors)} chỗ phải sửa; chưa có dòng nào được nhận"
        raise InvalidError(message, errors)
    return contents


@dataclass(frozen=True)
class _Twice:
    """What stands in how many rows of a file: codes, holders of codes, and titles."""

    kind: Kind
    codes: Counter[str]
    holders: Counter[tuple[str, str] | None]
    titles: Counter[str]

    @classmethod
    def of(cls, kind: Kind, contents: Sequence[Content]) -> "_Twice":
        titles = [facts.title(kind, content) for content in contents]
        return cls(
            kind,
            Counter(str(content.get("value", "")) for content in contents),
            Counter(_held(content) for content in contents),
            Counter(facts.match_key(kind, title) for title in titles),
        )

    def wrong(self, content: Content) -> Iterator[tuple[str, str]]:
        """Yield what a row shares with another and must not, as (field, message)."""
        coded = self.kind.identifier_field is not None
        code, holder = str(content.get("value", "")), _held(content)
        title = facts.match_key(self.kind, facts.title(self.kind, content))
        if coded and self.codes[code] > 1:
            message = f"Mã {content.get('value')} có hai lần trong tệp; giữ một dòng"
            yield "value", message
        if holder and self.holders[holder] > 1:
            same = "Cơ quan này có hai mã đang dùng cùng loại trong tệp"
            yield "holder", f"{same}; giữ một dòng"
        if not coded and self.titles[title] > 1:
            yield self.kind.title_field, "Tên này có hai lần trong tệp; giữ một dòng"


def _held(content: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return whose code of which scheme a row says is in use, None where it says no
    such thing.
    """
    used = content.get("status") == "dang-dung" and content.get("holder")
    return (str(content["holder"]), str(content.get("scheme"))) if used else None


def _findings(
    desk: Desk, request: IntakeRows, content: Content, coming: set[str]
) -> "list[tuple[str, str]]":
    """Return what bars a row: a parent that comes in with it is as good as one that is
    there.
    """
    linked = {**content, **_above(desk, request.kind, content, {})}
    candidate = candidates.Candidate(
        desk.session,
        desk.profile,
        desk.profile.kinds[request.kind],
        UUID(int=0),
        linked,
        request.day,
        desk.actor.agency_id,
    )
    parent = _parent(content)
    errors = [
        result for result in checks.run(candidate) if result.severity is Severity.ERROR
    ]
    return [
        (result.field, result.message)
        for result in errors
        if not (result.rule == _ABOVE and parent in coming)
    ]


def _linked(
    desk: Desk, kind: str, content: Content, coming: dict[str, UUID]
) -> Content:
    return {**content, **_above(desk, kind, content, coming)}


def _above(desk: Desk, kind: str, content: Content, coming: dict[str, UUID]) -> Content:
    """Return the parent code that follows from a code's value (QĐ 20/2020 Điều 4(3)),
    where it names none itself.
    """
    parent = _parent(content)
    if kind != CODE or content.get("parent_code") or parent is None:
        return {}
    known = desk.session.scalar(
        select(Entry.id).where(Entry.kind == CODE, Entry.local_id == parent)
    )
    above = coming.get(parent) or known
    return {"parent_code": str(above)} if above else {}


def _parent(content: Content) -> str | None:
    try:
        above = AgencyCode.parse(code_of(content)).parent
    except MalformedCodeError:
        return None
    return above.value if above else None
