"""What is brought in, before and after it was checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.register.content.hashing import Content
from app.register.content.schema import Checked


@dataclass(frozen=True)
class IntakeRows:
    """What is to be brought in: rows as (row of the file, content), from which day, by
    which decision and files.
    """

    title: str
    kind: str
    rows: Sequence[tuple[int, dict[str, Any]]]
    day: date
    decision: UUID | None = None
    annex: str | None = None
    signed: str | None = None


@dataclass(frozen=True)
class SeveralRow:
    """A row that says its own kind, entry and days; `note` says what differs of an
    entry that is there, `base` from which version it goes on.

    It may name an entry that comes in with it, and an entry may come twice: as it was
    and as it became.
    """

    kind: str
    entry_id: UUID
    content: Content
    start: date
    end: date | None = None
    new: bool = True
    note: str = ""
    base: UUID | None = None

    def kept(self) -> dict[str, Any]:
        """Return it as an intake keeps it."""
        return {
            "kind": self.kind,
            "entry": str(self.entry_id),
            "content": self.content,
            "start": self.start.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "new": self.new,
            "note": self.note,
            "base": str(self.base) if self.base else None,
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "SeveralRow":
        """Return the row that an intake keeps."""
        end, base = kept["end"], kept["base"]
        return cls(
            kept["kind"],
            UUID(kept["entry"]),
            kept["content"],
            date.fromisoformat(kept["start"]),
            date.fromisoformat(end) if end else None,
            kept["new"],
            kept["note"],
            UUID(base) if base else None,
        )


@dataclass(frozen=True)
class ReadyRow:
    """A row as it will be entered: a new entry, or what becomes of one there is."""

    entry_id: UUID
    kind: str
    checked: Checked
    start: date
    end: date | None = None
    new: bool = True


@dataclass(frozen=True)
class ReadyRows:
    """Rows as they will be entered, those above first.

    Checked when journal row `seq` was the last.
    """

    seq: int
    rows: Sequence[ReadyRow]
