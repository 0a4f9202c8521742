"""Rules of identifier codes: their syntax, their parents, their lives, whose they
are.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from app.register.models import Entry, Fact, Period, Version
from app.register.standing import stands
from app.workflow.checks.candidate import (
    Candidate,
    CheckResult,
    standing_of,
    standing_on_the_day,
    title_of,
)
from app.workflow.checks.duplicates import twins
from app.workflow.proposals.models import Severity
from catalog_schema import identifiers


def code_syntax(candidate: Candidate) -> Iterator[CheckResult]:
    """An identifier code is well formed for its scheme (QĐ 20/2020 Điều 4, 6; QCVN
    102:2016).
    """
    scheme = _scheme(candidate)
    if scheme is None:
        return
    try:
        identifiers.parse(scheme, candidate.content["value"])
        identifiers.segment(scheme, candidate.content["value"])
    except identifiers.MalformedCodeError as error:
        yield CheckResult("code-syntax", "value", Severity.ERROR, str(error))


def code_unique(candidate: Candidate) -> Iterator[CheckResult]:
    """A code is never issued twice, not even after it was closed; near-twins are
    pointed out.
    """
    scheme = _scheme(candidate)
    if scheme is None:
        return
    value = candidate.content["value"]
    for local_id, title in twins(candidate):
        if local_id == _segment(scheme, value):
            message = (
                f"Mã {value} đã có trong danh mục; mã không bao giờ được cấp lại, "
                "kể cả khi đã đóng"
            )
            yield CheckResult("code-unique", "value", Severity.ERROR, message)
        elif title != value:
            message = (
                f"Mã gần giống mã {title} đã có (chỉ khác số 0 đứng đầu); kiểm tra "
                "lại trước khi cấp"
            )
            yield CheckResult("code-twin", "value", Severity.WARNING, message)


def code_kept(candidate: Candidate) -> Iterator[CheckResult]:
    """The value of a code that was entered is its address: another value is another
    code.
    """
    scheme, entry = _scheme(candidate), candidate.session.get(Entry, candidate.entry_id)
    if scheme is None or entry is None or entry.local_id is None:
        return
    if _segment(scheme, candidate.content["value"]) != entry.local_id:
        message = (
            f"Mã {entry.local_id} đã cấp thì không đổi giá trị; đóng mã này và "
            "đăng ký mã mới"
        )
        yield CheckResult("code-kept", "value", Severity.ERROR, message)


def code_parent(candidate: Candidate) -> Iterator[CheckResult]:
    """The parent of a code is the code without its last group (QĐ 20/2020 Điều
    4(3)).
    """
    if _scheme(candidate) is not identifiers.Scheme.QD20:
        return
    try:
        parent = identifiers.AgencyCode.parse(candidate.content["value"]).parent
    except identifiers.MalformedCodeError:
        return
    named = candidate.content.get("parent_code")
    title = title_of(candidate, named) if named else None
    if parent is None and named:
        yield CheckResult(
            "code-parent",
            "parent_code",
            Severity.ERROR,
            "Mã cấp 1 không có mã cấp trên; bỏ trống trường này",
        )
    elif parent is not None and title != parent.value:
        message = (
            f"Mã cấp trên phải là {parent.value} (bỏ nhóm cuối của mã); chọn mã "
            "này trong danh mục"
        )
        yield CheckResult("code-parent", "parent_code", Severity.ERROR, message)


def code_parent_in_use(candidate: Candidate) -> Iterator[CheckResult]:
    """A code stands below one that is in use that day; a reserved one may stand below a
    reserved one.
    """
    named = candidate.content.get("parent_code")
    if (
        candidate.kind.name != "identifier-code"
        or not named
        or candidate.content.get("status") == "da-dong"
    ):
        return
    standing = {
        entry.id: version.content
        for entry, version in standing_of(candidate, {UUID(named)})
    }
    status = standing.get(UUID(named), {}).get("status")
    allowed = {"dang-dung", "chua-xac-dinh"} | (
        {"du-kien"} if candidate.content.get("status") == "du-kien" else set()
    )
    if status not in allowed:
        message = (
            f"Mã cấp trên không được dùng vào ngày {candidate.effective:%d/%m/%Y}; "
            "chọn mã cấp trên đang dùng"
        )
        yield CheckResult("code-parent-in-use", "parent_code", Severity.ERROR, message)


def code_life(candidate: Candidate) -> Iterator[CheckResult]:
    """A code is reserved, then in use, then closed; it never goes back."""
    query = select(Version).join(Period, Period.version_id == Version.id)
    query = query.where(Version.entry_id == candidate.entry_id, stands())
    query = query.where(Period.valid_from <= candidate.effective).order_by(
        Period.valid_from.desc()
    )
    stood = candidate.session.scalars(query.limit(1)).first()
    if candidate.kind.name != "identifier-code" or stood is None:
        return
    order = ("du-kien", "dang-dung", "da-dong")
    former, status = stood.content.get("status"), candidate.content.get("status")
    if (
        former in order
        and status in order
        and order.index(former) > order.index(status)
    ):
        message = (
            "Mã đã đóng không mở lại, mã đang dùng không thành dự kiến; nếu đóng "
            "nhầm, lập việc đính chính kế thừa"
        )
        yield CheckResult("code-life", "status", Severity.ERROR, message)


def unit_once(candidate: Candidate) -> Iterator[CheckResult]:
    """A code of an administrative unit is one agency's of a class at a time; used
    again, the older one must end first.

    A warning: who comes in its place is registered before the succession that ends it.
    """
    unit = candidate.content.get("administrative_unit") or {}
    if candidate.kind.name != "agency" or not unit.get("code"):
        return
    query = standing_on_the_day(candidate).join(Fact, Fact.version_id == Version.id)
    query = query.where(
        Fact.field == "administrative_unit.code", Fact.value == unit["code"]
    )
    for entry, version in candidate.session.execute(
        query.where(Entry.id != candidate.entry_id)
    ):
        if version.content.get("classification") == candidate.content.get(
            "classification"
        ):
            message = (
                f"Mã này đang là của “{version.title}” ({entry.local_id}) vào ngày "
                "đó; kiểm tra mã và ngày"
            )
            yield CheckResult(
                "unit-once", "administrative_unit.code", Severity.WARNING, message
            )


def one_code_per_agency(candidate: Candidate) -> Iterator[CheckResult]:
    """An agency has one code in use per scheme at any time."""
    holder = candidate.content.get("holder")
    in_use = candidate.content.get("status") == "dang-dung"
    if candidate.kind.name != "identifier-code" or not holder or not in_use:
        return
    for version in _other_codes(candidate, UUID(holder)):
        same = version.content.get("scheme") == candidate.content.get("scheme")
        if same and version.content.get("status") == "dang-dung":
            message = (
                f"Cơ quan này đang dùng mã {version.title} cùng loại; đóng mã đó "
                "trước hoặc chọn cơ quan khác"
            )
            yield CheckResult("code-one-per-agency", "holder", Severity.ERROR, message)


def _other_codes(candidate: Candidate, holder: UUID) -> list[Version]:
    """Return the codes of a holder that stand on the day, but for the candidate."""
    query = standing_on_the_day(candidate).join(Fact, Fact.version_id == Version.id)
    held = query.where(Fact.field == "holder", Fact.target_id == holder)
    others = held.where(Entry.id != candidate.entry_id)
    return [version for _entry, version in candidate.session.execute(others)]


def _scheme(candidate: Candidate) -> identifiers.Scheme | None:
    scheme = candidate.content.get("scheme")
    return (
        identifiers.Scheme(scheme)
        if candidate.kind.name == "identifier-code" and scheme
        else None
    )


def _segment(scheme: identifiers.Scheme, value: str) -> str | None:
    try:
        return identifiers.segment(scheme, value)
    except identifiers.MalformedCodeError:
        return None  # code_syntax has said so
