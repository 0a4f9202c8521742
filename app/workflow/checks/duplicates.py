"""Rules that find the same thing registered twice."""

from collections.abc import Iterator

from sqlalchemy import select

from app.register.content import facts as content_facts
from app.register.models import Entry, Period, Version
from app.register.standing import stands
from app.workflow.checks.candidate import Candidate, CheckResult
from app.workflow.proposals.models import Severity


def near_duplicate(candidate: Candidate) -> Iterator[CheckResult]:
    """An entry of the same kind, not ended, whose title reads the same without marks
    and case.
    """
    if candidate.kind.identifier_field is None:
        for _, title in twins(candidate)[:1]:
            message = f"Đã có mục cùng tên: “{title}”; kiểm tra xem có trùng không"
            yield CheckResult(
                "near-duplicate", candidate.kind.title_field, Severity.WARNING, message
            )


def twins(candidate: Candidate) -> list[tuple[str | None, str]]:
    """Identifiers and titles of other entries of this kind with the same match key;
    ended ones count for codes only.
    """
    key = content_facts.match_key(
        candidate.kind, content_facts.title(candidate.kind, candidate.content)
    )
    same = select(Version.id).where(
        Version.match_key == key, Version.entry_id != candidate.entry_id
    )
    # first, and apart: as one query SQLite walks all entries of the kind
    ids = candidate.session.scalars(same).all()
    if not ids:
        return []
    query = select(Entry.local_id, Version.title).join(
        Entry, Entry.id == Version.entry_id
    )
    query = query.join(Period, Period.version_id == Version.id)
    query = query.where(
        Version.id.in_(ids),
        Entry.kind == candidate.kind.name,
        stands(),
    )
    if candidate.kind.identifier_field is None:
        query = query.where(Period.valid_to > candidate.effective)
    rows = candidate.session.execute(query.distinct())
    return sorted((local_id, title) for local_id, title in rows)
