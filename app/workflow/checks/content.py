"""Rules that span fields of one entry: days in order, the owner proposes, open data
without people.
"""

from collections.abc import Iterator

from app.register.content.facts import UNDETERMINED
from app.vietnamese import fold
from app.workflow.checks.candidate import Candidate, CheckResult, label_of, parts
from app.workflow.proposals.models import Severity


def date_order(candidate: Candidate) -> Iterator[CheckResult]:
    """Starts come before ends, in the content and in each of its parts."""
    pairs = (
        ("start", "end"),
        ("valid_from", "valid_to"),
        ("established", "dissolved"),
        ("in_force_from", "in_force_to"),
        ("term_start", "term_end"),
    )
    for prefix, part in parts(candidate.content, ""):
        for first, last in pairs:
            start, end = part.get(first), part.get(last)
            if isinstance(start, str) and isinstance(end, str) and start > end:
                message = "Ngày kết thúc phải sau ngày bắt đầu; sửa một trong hai ngày"
                yield CheckResult("date-order", prefix + last, Severity.ERROR, message)


def owner_is_proposer(candidate: Candidate) -> Iterator[CheckResult]:
    """Whoever proposes is the owner, or acts for it: the reviewer is told when it is
    another agency.
    """
    owner = candidate.content.get("owner")
    if owner and owner != str(candidate.agency_id):
        message = (
            "Cơ quan chủ quản không phải cơ quan lập phiếu; kiểm tra văn bản ủy "
            "quyền hoặc kế thừa"
        )
        yield CheckResult("owner-is-proposer", "owner", Severity.WARNING, message)


def unknown_unsettled(candidate: Candidate) -> Iterator[CheckResult]:
    """What an original record leaves undetermined names who settles it and by when
    (draft of Mẫu số 03).
    """
    members = {field.name: field for field in candidate.kind.fields}
    if "unknowns" not in members or candidate.content.get("record_kind") != "goc":
        return
    listed = candidate.content.get("unknowns", [])
    settled = {fold(str(unknown.get("what", ""))).strip() for unknown in listed}
    for name, value in candidate.content.items():
        label = label_of(members[name])
        if value == UNDETERMINED and fold(label) not in settled:
            message = (
                f"“{label}” chưa xác định: ghi ở “{label_of(members['unknowns'])}” "
                "đơn vị làm rõ và thời hạn"
            )
            yield CheckResult("unknown-unsettled", name, Severity.WARNING, message)


def open_without_people(candidate: Candidate) -> Iterator[CheckResult]:
    """Open data hold nothing about identified people (NĐ 47/2020 Điều 20, historical;
    Luật 91/2025).
    """
    opened = [
        part for _, part in parts(candidate.content, "") if part.get("distributions")
    ]
    if opened and candidate.content.get("personal_data", "khong") != "khong":
        message = (
            "Có tệp dữ liệu mở nhưng cơ sở dữ liệu chứa dữ liệu cá nhân; kiểm tra "
            "tệp không có dữ liệu cá nhân"
        )
        yield CheckResult(
            "open-without-people", "personal_data", Severity.WARNING, message
        )
