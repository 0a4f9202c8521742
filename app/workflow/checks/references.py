"""Rules of what names another entry: it exists, it is in force, nothing hangs on what
ends.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.register import reassignment
from app.register.content import facts as content_facts
from app.register.models import Entry
from app.workflow.checks.candidate import (
    Candidate,
    CheckResult,
    in_force_of,
    label_of,
    law_content,
    standing_of,
)
from app.workflow.proposals.models import Severity

_SHOWN = 3  # of the entries that still name an agency


def below_itself(candidate: Candidate) -> Iterator[CheckResult]:
    """An agency never stands below itself."""
    at = candidate.content.get("parent") if candidate.kind.name == "agency" else None
    seen: set[UUID] = set()
    while at and UUID(at) not in seen:
        seen.add(UUID(at))
        if UUID(at) == candidate.entry_id:
            message = (
                "Cơ quan sẽ nằm dưới chính nó hoặc dưới đơn vị trực thuộc của nó; "
                "chọn cơ quan cấp trên khác"
            )
            yield CheckResult("below-itself", "parent", Severity.ERROR, message)
            return
        standing = standing_of(candidate, {UUID(at)})
        at = standing[0][1].content.get("parent") if standing else None


def still_named(candidate: Candidate) -> Iterator[CheckResult]:
    """An agency that others still name does not simply end: a succession says who takes
    its place.
    """
    if candidate.kind.name != "agency" or not candidate.ends:
        return
    namers = reassignment.naming(
        candidate.session, candidate.profile, candidate.entry_id, candidate.effective
    )
    if namers:
        names = ", ".join(entry.local_id for entry in namers[:_SHOWN])
        if len(namers) > _SHOWN:
            names += " …"
        message = (
            f"Còn {len(namers)} mục nêu cơ quan này ({names}); lập một việc kế thừa "
            "để nói ai tiếp nhận"
        )
        yield CheckResult("still-named", "name", Severity.ERROR, message)


def references_exist(candidate: Candidate) -> Iterator[CheckResult]:
    """Every entry named exists, is of the right kind, and is in force on the day."""
    facts = content_facts.facts(candidate.kind.fields, candidate.content)
    named = dict.fromkeys(
        (fact.target, fact.field) for fact in facts if fact.target is not None
    )
    targets = {target for target, _ in named}
    declared = dict(candidate.kind.walk())
    entries = {
        e.id: e
        for e in candidate.session.scalars(select(Entry).where(Entry.id.in_(targets)))
    }
    in_force = in_force_of(candidate, targets)
    for target, field in named:
        entry, kind = entries.get(target), declared[field].target_kind
        if entry is None or entry.kind != kind or entry.iri is None:
            yield CheckResult(
                "reference",
                field,
                Severity.ERROR,
                f"Chọn một mục có trong danh mục cho “{label_of(declared[field])}”",
            )
        elif target not in in_force:
            message = (
                f"“{entry.local_id}” không còn hoặc chưa có hiệu lực vào ngày "
                f"{candidate.effective:%d/%m/%Y}"
            )
            yield CheckResult("reference-in-force", field, Severity.WARNING, message)


def repealed_law(candidate: Candidate) -> Iterator[CheckResult]:
    """A legal basis that was repealed before the day is pointed out, of the whole or of
    a data item; it is shown, never dropped.
    """
    declared = dict(candidate.kind.walk())
    facts = content_facts.facts(candidate.kind.fields, candidate.content)
    cited = dict.fromkeys(
        (fact.field, fact.target)
        for fact in facts
        if fact.target and fact.field.rpartition(".")[2] in ("legal_basis", "issued_by")
    )
    for name, target in cited:
        law = law_content(candidate, str(target))
        ended = law.get("in_force_to")
        if ended and date.fromisoformat(ended) <= candidate.effective:
            of_item = "." in name
            where = f" ({label_of(declared[name])})" if of_item else ""
            message = (
                f"Văn bản {law.get('number')} hết hiệu lực từ "
                f"{date.fromisoformat(ended):%d/%m/%Y}{where}"
            )
            rule = "repealed-law-of-item" if of_item else "repealed-law"
            yield CheckResult(rule, name, Severity.WARNING, message)
