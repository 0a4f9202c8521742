"""What a rule reads and says: the candidate, a result, and what the rules ask the
register alike.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.register.content.hashing import Content
from app.register.models import Entry, Period, Version
from app.register.standing import stands, stands_on
from app.workflow.proposals.models import Severity
from catalog_schema.profile import Kind, Profile


@dataclass(frozen=True)
class Candidate:
    """Content that passed its profile, the entry and day that it is meant for, and the
    agency that proposes it.
    """

    session: Session
    profile: Profile
    kind: Kind
    entry_id: UUID
    content: Content
    effective: date
    agency_id: UUID
    ends: bool = False  # the proposal asks that the entry end


@dataclass(frozen=True)
class CheckResult:
    """What a check says about one field."""

    rule: str
    field: str
    severity: Severity
    message: str


Check = Callable[[Candidate], Iterator[CheckResult]]


def standing_on_the_day(candidate: Candidate) -> Any:
    """Select the entries that stand on the day from which the candidate is to hold,
    with their versions.
    """
    day = candidate.effective
    query = (
        select(Entry, Version)
        .join(Version, Version.entry_id == Entry.id)
        .join(Period, Period.version_id == Version.id)
    )
    return query.where(stands_on(day))


def standing_of(candidate: Candidate, ids: set[UUID]) -> list[tuple[Entry, Version]]:
    """Return those of `ids` that stand on the day, with their versions."""
    return [
        (entry, version)
        for entry, version in candidate.session.execute(
            standing_on_the_day(candidate).where(Entry.id.in_(ids))
        )
    ]


def latest_version_query(entry_id: UUID) -> Any:
    """Select the version of an entry that was entered last."""
    return (
        select(Version)
        .where(Version.entry_id == entry_id)
        .order_by(Version.number.desc())
        .limit(1)
    )


def in_force_of(candidate: Candidate, ids: set[UUID]) -> set[UUID]:
    """Return those of `ids` that stand on the day."""
    day = candidate.effective
    query = select(Period.entry_id).where(Period.entry_id.in_(ids), stands())
    return set(
        candidate.session.scalars(
            query.where(Period.valid_from <= day, Period.valid_to > day)
        )
    )


def latest(candidate: Candidate, entry_id: str) -> Version | None:
    """Return the version of an entry that was entered last, None for none."""
    version: Version | None = candidate.session.scalars(
        latest_version_query(UUID(entry_id))
    ).first()
    return version


def title_of(candidate: Candidate, entry_id: str) -> str | None:
    """Return what an entry is called, None for one that was never entered."""
    version = latest(candidate, entry_id)
    return version.title if version else None


def law_content(candidate: Candidate, entry_id: str) -> Mapping[str, Any]:
    """Return what the register says of a legal document, nothing for what is none."""
    version = latest(candidate, entry_id)
    return version.content if version and "number" in version.content else {}


def parts(
    content: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a content and every group within it, each with the path that leads to
    it.
    """
    yield prefix, content
    for name, value in content.items():
        if isinstance(value, dict):
            yield from parts(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            for position, item in enumerate(value):
                if isinstance(item, dict):
                    yield from parts(item, f"{prefix}{name}.{position}.")


def label_of(field: Any) -> str:
    """Return what a field is called on the screens."""
    return str(field.labels["vi"])
