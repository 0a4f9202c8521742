"""What bars a succession: each rule says which field is wrong and what to do about
it.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from app import journal
from app.clock import OPEN_END
from app.permissions import Audience
from app.register.filters import Filter
from app.register.latest_versions import latest_version
from app.register.models import Entry
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, Moment, State
from app.succession import correct
from app.succession.acts import MANY, Act, ActType, read
from app.succession.correct import corrected
from app.succession.plan import AGENCY, WORK, LineKind, Plan, plan
from app.vietnamese import fold
from app.workflow.checks.candidate import Candidate, CheckResult
from app.workflow.proposals.models import Severity
from catalog_schema.profile import Profile, Visibility

_FIRST_YEAR = 1900
_SHOWN = 5  # of what is left, in one message


def check(candidate: Candidate) -> Iterator[CheckResult]:
    """Yield everything that bars the succession, or that whoever examines it should
    know.
    """
    act = read(candidate.entry_id, candidate.content)
    entry = candidate.session.get(Entry, candidate.entry_id)
    if entry is not None and entry.iri is not None:
        yield _error(
            "title",
            "Việc kế thừa đã ghi thì không sửa, tạm ngừng hay chấm dứt; lập "
            "một việc đính chính",
        )
        return
    if act.day == OPEN_END:
        return  # the profile asks for the day first
    if act.day.year < _FIRST_YEAR:
        yield _error(
            "date",
            f"Ngày {act.day:%d/%m/%Y} quá xa; chọn một ngày từ năm {_FIRST_YEAR}",
        )
        return
    if act.type is ActType.CORRECT:
        yield from _correction(candidate.session, candidate.profile, act)
        return
    register = Register(
        candidate.session,
        candidate.profile,
        Moment(act.day, journal.head(candidate.session)),
        Audience(Visibility.OWNER),
    )
    agencies = register.by_ids({*act.originals, *act.resulting})
    yield from _sides(act)
    yield from _standing(act, agencies)
    if max(len(act.originals), len(act.resulting)) > MANY:
        return  # what so many would move is nothing to be worked out
    drawn = plan(candidate.session, candidate.profile, act)
    yield from _assignments(act, drawn)
    yield from _circles(register, drawn)


def _correction(session: Session, profile: Profile, act: Act) -> Iterator[CheckResult]:
    """What is corrected is no correction itself, is corrected once, and from its own
    day on.
    """
    version = latest_version(session, act.corrects) if act.corrects else None
    if version is None or act.corrects is None:
        return  # the profile, or the check of references, says so
    wrong = read(act.corrects, version.content)
    if wrong.type is ActType.CORRECT:
        yield _error(
            "corrects",
            "Việc này là một lần đính chính; nếu nó sai thì lập lại việc kế thừa đúng",
        )
    elif act.day != wrong.day:
        yield _error(
            "date",
            (
                "Đính chính có hiệu lực từ chính ngày của việc đã ghi sai: "
                f"{wrong.day:%d/%m/%Y}"
            ),
        )
    elif corrected(session, act.corrects):
        yield _error("corrects", "Việc này đã được đính chính rồi")
    else:
        yield from _giving_back(session, profile, act)


def _giving_back(session: Session, profile: Profile, act: Act) -> Iterator[CheckResult]:
    """What was moved on since is given back by those who moved it, and nothing comes
    back to what has ended.
    """
    since = [f"“{version.title}”" for version in correct.later(session, act)]
    if since:
        message = (
            "Sau việc này đã có việc kế thừa chuyển tiếp cùng những thứ đó: "
            f"{_listed(since)}; đính chính việc đó"
        )
        yield _error("corrects", f"{message} trước")
        return
    lost = correct.homeless(session, profile, act)
    if lost:
        message = (
            f"{_listed(lost)} sẽ trở về dưới cơ quan hoặc mã đã kết thúc từ đó; "
            "lập một việc kế thừa mới thay"
        )
        yield _error("corrects", message)
    changed = correct.left(session, profile, act)
    if changed:
        message = (
            f"{_listed(changed)} đã được sửa sau việc đó nên giữ nguyên; xem lại "
            "từng mục sau khi ghi đính chính"
        )
        yield CheckResult("succession-left", "corrects", Severity.WARNING, message)


def _sides(act: Act) -> Iterator[CheckResult]:
    for name, label, count, (least, most) in (
        ("original", "Từ cơ quan", len(act.originals), act.form.originals),
        ("resulting", "Đến cơ quan", len(act.resulting), act.form.resulting),
    ):
        if not least <= count <= most:
            span = _span(least, most)
            message = f"Hình thức này cần {span} cơ quan ở “{label}”; đang có {count}"
            yield _error(name, message)
    if set(act.originals) & set(act.resulting):
        yield _error(
            "resulting",
            "Một cơ quan không thể vừa ở “Từ cơ quan” vừa ở “Đến cơ quan”; bỏ một bên",
        )


def _standing(act: Act, agencies: Mapping[UUID, EntryView]) -> Iterator[CheckResult]:
    for name, ids in (("original", act.originals), ("resulting", act.resulting)):
        for view in [agencies[id_] for id_ in ids if id_ in agencies]:
            if view.state not in PRESENT:
                if view.state is State.ENDED:
                    why = f"đã hết hiệu lực từ {view.valid_to:%d/%m/%Y}"
                    mend = "chọn cơ quan kế thừa nó"
                else:
                    why = "chưa có hiệu lực"
                    mend = "đăng ký cơ quan đó có hiệu lực từ ngày này trước"
                yield _error(
                    name, f"“{view.title}” {why} vào ngày {act.day:%d/%m/%Y}; {mend}"
                )


def _assignments(act: Act, drawn: Plan) -> Iterator[CheckResult]:
    known = {fold(line.key) for line in [*drawn.lines, *drawn.unassigned]}
    for key, to in act.assigned.items():
        if to not in act.resulting:
            yield _error(
                "assignment",
                f"“{key}” giao cho cơ quan không có trong “Đến cơ quan”; chọn "
                "một trong các cơ quan đó",
            )
        elif key not in known:
            yield _error(
                "assignment",
                f"Không có “{key}” trong những gì của cơ quan này; xem lại "
                "trang tác động",
            )
    if drawn.unassigned:
        keys = [line.key for line in drawn.unassigned if line.what not in WORK]
        named = [_listed(keys)] if keys else []
        # proposals and posts are counted only: not everybody may read them
        work = len(drawn.unassigned) - len(keys)
        if work:
            named.append(f"{work} phiếu hoặc vị trí")
        message = (
            f"Chưa giao cho cơ quan nào: {'; '.join(named)}; mở trang tác động rồi "
            "giao từng thứ"
        )
        yield _error("assignment", message)
    if not act.form.ends and act.type is not ActType.RENAME and not act.assigned:
        yield _error(
            "assignment",
            "Tách hoặc chuyển chức năng chỉ chuyển những gì được giao; giao ít "
            "nhất một thứ",
        )


def _listed(names: list[str]) -> str:
    more = f" và {len(names) - _SHOWN} mục khác" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _circles(register: Register, drawn: Plan) -> Iterator[CheckResult]:
    """An agency never stands below itself, on any day."""
    if not drawn.of(LineKind.AGENCY):
        return
    parents = {
        view.id: UUID(view.content["parent"])
        for view in register.all(Filter((AGENCY,), PRESENT))
        if view.content.get("parent")
    }
    for line in drawn.of(LineKind.AGENCY):
        moves = line.to != line.subject and "parent" in line.fields
        if moves and line.subject and line.to:
            parents[line.subject] = line.to
    for line in drawn.of(LineKind.AGENCY):
        at = line.subject
        seen: set[UUID] = set()
        while at is not None and at not in seen:
            seen.add(at)
            at = parents.get(at)
        if at is not None:
            yield _error(
                "resulting",
                f"“{line.title}” sẽ nằm dưới chính nó; chọn cơ quan kế thừa khác",
            )


def _error(field: str, message: str) -> CheckResult:
    return CheckResult("succession", field, Severity.ERROR, message)


def _span(least: int, most: int) -> str:
    """Say how many there must be."""
    if least == most:
        return f"đúng {least}"
    return f"từ {least} trở lên" if most == MANY else f"{least} đến {most}"
