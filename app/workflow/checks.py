"""Rules that span fields or entries. The profile says what one field must be; everything wider is here.

Each check reads a `Candidate` and yields what it found. An error bars submitting, a warning is shown to the reviewer.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.register import content as contents
from app.register import moving
from app.register.content import Content
from app.register.models import Entry, Fact, Period, Version
from app.workflow.models import Severity
from catalog_schema import identifiers
from catalog_schema.profile import Kind, Profile


@dataclass(frozen=True)
class Candidate:
    """Content that passed its profile, the entry and day that it is meant for, and the agency that proposes it."""

    session: Session
    profile: Profile
    kind: Kind
    entry_id: UUID
    content: Content
    effective: date
    agency_id: UUID
    ends: bool = False  # the proposal asks that the entry end


@dataclass(frozen=True)
class Found:
    """What a check says about one field."""

    rule: str
    field: str
    severity: Severity
    message: str


Check = Callable[[Candidate], Iterator[Found]]


def run(candidate: Candidate, own: Check | None = None) -> list[Found]:
    """Run every check, and the kind's `own`, which comes from a floor above; return what they found, errors first."""
    found = [finding for check in (*CHECKS, *([own] if own else [])) for finding in check(candidate)]
    return sorted(found, key=lambda f: (f.severity is not Severity.ERROR, f.field, f.message))


def code_syntax(candidate: Candidate) -> Iterator[Found]:
    """An identifier code is well formed for its scheme (QĐ 20/2020 Điều 4, 6; QCVN 102:2016)."""
    scheme = _scheme(candidate)
    if scheme is None:
        return
    try:
        identifiers.parse(scheme, candidate.content["value"])
        identifiers.segment(scheme, candidate.content["value"])
    except identifiers.MalformedCodeError as error:
        yield Found("code-syntax", "value", Severity.ERROR, str(error))


def code_unique(candidate: Candidate) -> Iterator[Found]:
    """A code is never issued twice, not even after it was closed; near-twins are pointed out."""
    scheme = _scheme(candidate)
    if scheme is None:
        return
    value = candidate.content["value"]
    for local_id, title in _alike(candidate):
        if local_id == _segment(scheme, value):
            message = f"Mã {value} đã có trong danh mục; mã không bao giờ được cấp lại, kể cả khi đã đóng"
            yield Found("code-unique", "value", Severity.ERROR, message)
        elif title != value:
            message = f"Mã gần giống mã {title} đã có (chỉ khác số 0 đứng đầu); kiểm tra lại trước khi cấp"
            yield Found("code-twin", "value", Severity.WARNING, message)


def code_kept(candidate: Candidate) -> Iterator[Found]:
    """The value of a code that was entered is its address: another value is another code."""
    scheme, entry = _scheme(candidate), candidate.session.get(Entry, candidate.entry_id)
    if scheme is None or entry is None or entry.local_id is None:
        return
    if _segment(scheme, candidate.content["value"]) != entry.local_id:
        message = f"Mã {entry.local_id} đã cấp thì không đổi giá trị; đóng mã này và đăng ký mã mới"
        yield Found("code-kept", "value", Severity.ERROR, message)


def code_parent(candidate: Candidate) -> Iterator[Found]:
    """The parent of a code is the code without its last group (QĐ 20/2020 Điều 4(3))."""
    if _scheme(candidate) is not identifiers.Scheme.QD20:
        return
    try:
        parent = identifiers.AgencyCode.parse(candidate.content["value"]).parent
    except identifiers.MalformedCodeError:
        return
    named = candidate.content.get("parent_code")
    title = _title(candidate, named) if named else None
    if parent is None and named:
        yield Found("code-parent", "parent_code", Severity.ERROR, "Mã cấp 1 không có mã cấp trên; bỏ trống trường này")
    elif parent is not None and title != parent.value:
        message = f"Mã cấp trên phải là {parent.value} (bỏ nhóm cuối của mã); chọn mã này trong danh mục"
        yield Found("code-parent", "parent_code", Severity.ERROR, message)


def code_parent_in_use(candidate: Candidate) -> Iterator[Found]:
    """A code stands below one that is in use that day; a reserved one may stand below a reserved one."""
    named = candidate.content.get("parent_code")
    if candidate.kind.name != "identifier-code" or not named or candidate.content.get("status") == "da-dong":
        return
    standing = {entry.id: version.content for entry, version in _of(candidate, {UUID(named)})}
    status = standing.get(UUID(named), {}).get("status")
    allowed = {"dang-dung", "chua-xac-dinh"} | ({"du-kien"} if candidate.content.get("status") == "du-kien" else set())
    if status not in allowed:
        message = f"Mã cấp trên không được dùng vào ngày {candidate.effective:%d/%m/%Y}; chọn mã cấp trên đang dùng"
        yield Found("code-parent-in-use", "parent_code", Severity.ERROR, message)


def code_life(candidate: Candidate) -> Iterator[Found]:
    """A code is reserved, then in use, then closed; it never goes back."""
    query = select(Version).join(Period, Period.version_id == Version.id)
    query = query.where(Version.entry_id == candidate.entry_id, Period.superseded_seq.is_(None))
    query = query.where(Period.valid_from <= candidate.effective).order_by(Period.valid_from.desc())
    stood = candidate.session.scalars(query.limit(1)).first()
    if candidate.kind.name != "identifier-code" or stood is None:
        return
    order = ("du-kien", "dang-dung", "da-dong")
    former, status = stood.content.get("status"), candidate.content.get("status")
    if former in order and status in order and order.index(former) > order.index(status):
        message = (
            "Mã đã đóng không mở lại, mã đang dùng không thành dự kiến; nếu đóng nhầm, lập việc đính chính kế thừa"
        )
        yield Found("code-life", "status", Severity.ERROR, message)


def unit_once(candidate: Candidate) -> Iterator[Found]:
    """A code of an administrative unit is one agency's of a class at a time; used again, the older one must end first.

    A warning: who comes in its place is registered before the succession that ends it.
    """
    unit = candidate.content.get("administrative_unit") or {}
    if candidate.kind.name != "agency" or not unit.get("code"):
        return
    query = _standing(candidate).join(Fact, Fact.version_id == Version.id)
    query = query.where(Fact.field == "administrative_unit.code", Fact.value == unit["code"])
    for entry, version in candidate.session.execute(query.where(Entry.id != candidate.entry_id)):
        if version.content.get("classification") == candidate.content.get("classification"):
            message = f"Mã này đang là của “{version.title}” ({entry.local_id}) vào ngày đó; kiểm tra mã và ngày"
            yield Found("unit-once", "administrative_unit.code", Severity.WARNING, message)


def below_itself(candidate: Candidate) -> Iterator[Found]:
    """An agency never stands below itself."""
    at = candidate.content.get("parent") if candidate.kind.name == "agency" else None
    seen: set[UUID] = set()
    while at and UUID(at) not in seen:
        seen.add(UUID(at))
        if UUID(at) == candidate.entry_id:
            message = "Cơ quan sẽ nằm dưới chính nó hoặc dưới đơn vị trực thuộc của nó; chọn cơ quan cấp trên khác"
            yield Found("below-itself", "parent", Severity.ERROR, message)
            return
        at = next((version.content.get("parent") for _, version in _of(candidate, {UUID(at)})), None)


def still_named(candidate: Candidate) -> Iterator[Found]:
    """An agency that others still name does not simply end: a succession says who takes its place."""
    if candidate.kind.name != "agency" or not candidate.ends:
        return
    found = moving.naming(candidate.session, candidate.profile, candidate.entry_id, candidate.effective)
    if found:
        names = ", ".join(one.local_id for one in found[:3]) + (" …" if len(found) > 3 else "")  # noqa: PLR2004
        message = f"Còn {len(found)} mục nêu cơ quan này ({names}); lập một việc kế thừa để nói ai tiếp nhận"
        yield Found("still-named", "name", Severity.ERROR, message)


def one_code_per_agency(candidate: Candidate) -> Iterator[Found]:
    """An agency has one code in use per scheme at any time."""
    holder = candidate.content.get("holder")
    if candidate.kind.name != "identifier-code" or not holder or candidate.content.get("status") != "dang-dung":
        return
    query = _standing(candidate).join(Fact, Fact.version_id == Version.id)
    query = query.where(Fact.field == "holder", Fact.target_id == UUID(holder), Entry.id != candidate.entry_id)
    for _, version in candidate.session.execute(query):
        same = version.content.get("scheme") == candidate.content.get("scheme")
        if same and version.content.get("status") == "dang-dung":
            message = f"Cơ quan này đang dùng mã {version.title} cùng loại; đóng mã đó trước hoặc chọn cơ quan khác"
            yield Found("code-one-per-agency", "holder", Severity.ERROR, message)


def references_exist(candidate: Candidate) -> Iterator[Found]:
    """Every entry named exists, is of the right kind, and is in force on the day."""
    facts = contents.facts(candidate.kind.fields, candidate.content)
    wanted = dict.fromkeys((fact.target, fact.field) for fact in facts if fact.target is not None)
    targets = {target for target, _ in wanted}
    declared = dict(candidate.kind.walk())
    entries = {e.id: e for e in candidate.session.scalars(select(Entry).where(Entry.id.in_(targets)))}
    in_force = _in_force(candidate, targets)
    for target, field in wanted:
        entry, kind = entries.get(target), declared[field].target_kind
        if entry is None or entry.kind != kind or entry.local_id is None:
            yield Found(
                "reference", field, Severity.ERROR, f"Chọn một mục có trong danh mục cho “{_label(declared[field])}”"
            )
        elif target not in in_force:
            message = f"“{entry.local_id}” không còn hoặc chưa có hiệu lực vào ngày {candidate.effective:%d/%m/%Y}"
            yield Found("reference-in-force", field, Severity.WARNING, message)


def repealed_law(candidate: Candidate) -> Iterator[Found]:
    """A legal basis that was repealed before the day is pointed out; it is shown, never dropped."""
    for name in ("legal_basis", "issued_by"):
        named = candidate.content.get(name) or []
        for target in named if isinstance(named, list) else [named]:
            law = _content(candidate, target)
            ended = law.get("in_force_to")
            if ended and date.fromisoformat(ended) <= candidate.effective:
                message = f"Văn bản {law.get('number')} hết hiệu lực từ {date.fromisoformat(ended):%d/%m/%Y}"
                yield Found("repealed-law", name, Severity.WARNING, message)


def date_order(candidate: Candidate) -> Iterator[Found]:
    """Starts come before ends, in the content and in each of its parts."""
    pairs = (
        ("start", "end"),
        ("valid_from", "valid_to"),
        ("established", "dissolved"),
        ("in_force_from", "in_force_to"),
    )
    for prefix, part in _parts(candidate.content, ""):
        for first, last in pairs:
            start, end = part.get(first), part.get(last)
            if isinstance(start, str) and isinstance(end, str) and start > end:
                message = "Ngày kết thúc phải sau ngày bắt đầu; sửa một trong hai ngày"
                yield Found("date-order", prefix + last, Severity.ERROR, message)


def owner_is_proposer(candidate: Candidate) -> Iterator[Found]:
    """Whoever proposes is the owner, or acts for it: the reviewer is told when it is another agency."""
    owner = candidate.content.get("owner")
    if owner and owner != str(candidate.agency_id):
        message = "Cơ quan chủ quản không phải cơ quan lập phiếu; kiểm tra văn bản ủy quyền hoặc kế thừa"
        yield Found("owner-is-proposer", "owner", Severity.WARNING, message)


def codes_of_a_list(candidate: Candidate) -> Iterator[Found]:
    """The codes of a list differ, and what one names as broader or as its successor is another of the same list."""
    for group in candidate.kind.fields:
        naming = [field for field in group.fields if field.also_as_sibling]
        if not naming:
            continue
        items, own = candidate.content.get(group.name, []), group.fields[0].name
        names = Counter(item.get(own) for item in items)
        for place, item in enumerate(items):
            if names[item.get(own)] > 1:
                message = f"Mã {item.get(own)} có ở nhiều dòng; mỗi mã chỉ ghi một dòng"
                yield Found("codes-of-a-list", f"{group.name}.{place}.{own}", Severity.ERROR, message)
            for field in naming:
                named = item.get(field.name)
                if named is not None and (named not in names or named == item.get(own)):
                    message = f"“{_label(field)}” phải là một mã khác trong chính bảng này; không có mã {named}"
                    yield Found("codes-of-a-list", f"{group.name}.{place}.{field.name}", Severity.ERROR, message)


def open_without_people(candidate: Candidate) -> Iterator[Found]:
    """Open data hold nothing about identified people (NĐ 47/2020 Điều 20, historical; Luật 91/2025)."""
    given = [part for _, part in _parts(candidate.content, "") if part.get("distributions")]
    if given and candidate.content.get("personal_data", "khong") != "khong":
        message = "Có tệp dữ liệu mở nhưng cơ sở dữ liệu chứa dữ liệu cá nhân; kiểm tra tệp không có dữ liệu cá nhân"
        yield Found("open-without-people", "personal_data", Severity.WARNING, message)


def near_duplicate(candidate: Candidate) -> Iterator[Found]:
    """An entry of the same kind, not ended, whose title reads the same without marks and case."""
    if candidate.kind.identifier_field is None:
        for _, title in _alike(candidate)[:1]:
            message = f"Đã có mục cùng tên: “{title}”; kiểm tra xem có trùng không"
            yield Found("near-duplicate", candidate.kind.title_field, Severity.WARNING, message)


CHECKS: tuple[Check, ...] = (
    code_syntax,
    code_unique,
    code_kept,
    code_parent,
    code_parent_in_use,
    code_life,
    unit_once,
    below_itself,
    still_named,
    one_code_per_agency,
    references_exist,
    repealed_law,
    date_order,
    owner_is_proposer,
    codes_of_a_list,
    open_without_people,
    near_duplicate,
)


def _scheme(candidate: Candidate) -> identifiers.Scheme | None:
    scheme = candidate.content.get("scheme")
    return identifiers.Scheme(scheme) if candidate.kind.name == "identifier-code" and scheme else None


def _standing(candidate: Candidate) -> Any:
    day = candidate.effective
    query = (
        select(Entry, Version).join(Version, Version.entry_id == Entry.id).join(Period, Period.version_id == Version.id)
    )
    return query.where(Period.superseded_seq.is_(None), Period.valid_from <= day, Period.valid_to > day)


def _of(candidate: Candidate, ids: set[UUID]) -> list[tuple[Entry, Version]]:
    """Return those of `ids` that stand on the day, with their versions."""
    return [
        (entry, version) for entry, version in candidate.session.execute(_standing(candidate).where(Entry.id.in_(ids)))
    ]


def _latest_of(entry_id: UUID) -> Any:
    return select(Version).where(Version.entry_id == entry_id).order_by(Version.number.desc()).limit(1)


def _segment(scheme: identifiers.Scheme, value: str) -> str | None:
    try:
        return identifiers.segment(scheme, value)
    except identifiers.MalformedCodeError:
        return None  # code_syntax has said so


def _alike(candidate: Candidate) -> list[tuple[str | None, str]]:
    """Identifiers and titles of other entries of this kind with the same match key; ended ones count for codes only."""
    key = contents.match_key(candidate.kind, contents.title(candidate.kind, candidate.content))
    same = select(Version.id).where(Version.match_key == key, Version.entry_id != candidate.entry_id)
    ids = candidate.session.scalars(same).all()  # first, and apart: as one query SQLite walks all entries of the kind
    if not ids:
        return []
    query = select(Entry.local_id, Version.title).join(Entry, Entry.id == Version.entry_id)
    query = query.join(Period, Period.version_id == Version.id)
    query = query.where(Version.id.in_(ids), Entry.kind == candidate.kind.name, Period.superseded_seq.is_(None))
    if candidate.kind.identifier_field is None:
        query = query.where(Period.valid_to > candidate.effective)
    rows = candidate.session.execute(query.distinct())
    return sorted((local_id, title) for local_id, title in rows)


def _in_force(candidate: Candidate, ids: set[UUID]) -> set[UUID]:
    day = candidate.effective
    query = select(Period.entry_id).where(Period.entry_id.in_(ids), Period.superseded_seq.is_(None))
    return set(candidate.session.scalars(query.where(Period.valid_from <= day, Period.valid_to > day)))


def _latest(candidate: Candidate, entry_id: str) -> Version | None:
    found: Version | None = candidate.session.scalars(_latest_of(UUID(entry_id))).first()
    return found


def _title(candidate: Candidate, entry_id: str) -> str | None:
    version = _latest(candidate, entry_id)
    return version.title if version else None


def _content(candidate: Candidate, entry_id: str) -> Mapping[str, Any]:
    version = _latest(candidate, entry_id)
    return version.content if version and "number" in version.content else {}


def _parts(content: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield prefix, content
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _parts(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            for position, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _parts(item, f"{prefix}{name}.{position}.")


def _label(field: Any) -> str:
    return str(field.labels["vi"])
