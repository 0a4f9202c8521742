"""What a consultation asks, and what an agency answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Question:
    """What other agencies are asked, by when, and which (ids of their entries)."""

    question: str
    due_on: date | None
    agencies: Sequence[UUID]


@dataclass(frozen=True)
class Position:
    """What an agency answers: a verdict, a reason, and comments as (dotted field,
    text).
    """

    verdict: str
    reason: str = ""
    comments: Sequence[tuple[str, str]] = ()
