"""What a connection says of its two ends: each thing is whose it is said to be, each
agency a party of the agreement.
"""

from collections.abc import Iterator
from uuid import UUID

from app.register.models import Version
from app.workflow.checks.candidate import Candidate, CheckResult, standing_of
from app.workflow.proposals.models import Severity

CONNECTION = "connection"
ENDS = ("source", "target")
_OTHER = "khac"


def objects_of_their_end(candidate: Candidate) -> Iterator[CheckResult]:
    """A database or a system of an end is that agency's own."""
    if candidate.kind.name != CONNECTION:
        return
    for end in ENDS:
        for name in (f"{end}_database", f"{end}_system"):
            thing = _version(candidate, name)
            agency = candidate.content.get(end)
            if thing and agency and thing.content.get("owner") != agency:
                message = (
                    f"“{thing.title}” không do cơ quan ở đầu này làm chủ quản; kiểm "
                    "tra lại đầu kết nối"
                )
                yield CheckResult("object-of-end", name, Severity.WARNING, message)


def parties_of_the_agreement(candidate: Candidate) -> Iterator[CheckResult]:
    """The ends of a connection are parties of the agreement that it follows."""
    if candidate.kind.name != CONNECTION:
        return
    agreement = _version(candidate, "agreement")
    if agreement is None:
        return
    said = agreement.content
    parties = {said.get("owner"), *said.get("consumers", ())}
    for end in ENDS:
        agency = candidate.content.get(end)
        if agency and agency not in parties:
            message = (
                f"Cơ quan này không phải một bên của “{agreement.title}”; chọn thỏa "
                "thuận khác hoặc bổ sung bên"
            )
            yield CheckResult("party-of-agreement", end, Severity.WARNING, message)


def other_channel_told(candidate: Candidate) -> Iterator[CheckResult]:
    """Of a channel outside the closed list it is said what it is."""
    if candidate.kind.name != CONNECTION:
        return
    told = candidate.content.get("other_channel") or candidate.content.get("note")
    if _OTHER in candidate.content.get("channel", ()) and not told:
        message = "Kênh là “Khác”: chọn tệp, bản giấy hay văn bản điện tử, hoặc ghi chú"
        yield CheckResult("other-channel", "other_channel", Severity.WARNING, message)


def _version(candidate: Candidate, name: str) -> Version | None:
    named = candidate.content.get(name)
    standing = standing_of(candidate, {UUID(named)}) if named else []
    return standing[0][1] if standing else None
