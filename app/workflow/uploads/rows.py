"""What a row of a table says, before and after it was compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.errors import FieldError
from app.register.queries import EntryView
from app.workflow.proposals.diff import Change, Conflict


@dataclass(frozen=True)
class ReadRow:
    """What a row says: on which sheet and line, content and days; which entry and
    version of it the row names; what cannot be read (by header); what was read as
    something else than it says: (header, text, name); which columns it leaves blank.
    """

    sheet: str
    number: int
    content: dict[str, Any]
    start: date | None = None
    end: date | None = None
    identifier: str = ""
    version: str = ""
    errors: Sequence[FieldError] = ()
    read_as: Sequence[tuple[str, str, str]] = ()
    blank: Sequence[str] = ()

    @property
    def key(self) -> str:
        """What names the row within its file."""
        return f"{self.sheet}!{self.number}"


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBTED = "doubted"  # somebody has to say which entry it is, if any
    FAULTY = "faulty"


class Doubt(StrEnum):
    """Why a row is doubted."""

    ALIKE = "alike"  # an entry is called nearly so
    REPEATED = "repeated"  # an earlier row of the file says the same
    CONFLICT = "conflict"  # somebody else has changed the same since


class KnownBy(StrEnum):
    """Which key told what a row is about."""

    IDENTIFIER = "identifier"
    TITLE = "title"


class Choice(StrEnum):
    """What somebody says of a doubted row; the identifier of an entry says that it is
    that one.
    """

    NEW = "new"
    SKIP = "skip"
    FILE = "file"  # of a conflict: what the file says
    REGISTER = "register"  # of a conflict: what the register says


@dataclass(frozen=True)
class Compared:
    """A row beside the register and the agency's open proposals.

    `content` is what would be proposed, `before` what stands there now; `entry` the
    entry that it changes, `proposal` the number of an open proposal about the same.
    `lacking`: names of fields that are still asked for before sending.
    """

    row: ReadRow
    title: str
    outcome: Outcome
    content: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    entry: EntryView | None = None
    proposal: int | None = None
    changes: Sequence[Change] = ()
    conflicts: Sequence[Conflict] = ()
    errors: Sequence[FieldError] = ()
    lacking: Sequence[str] = ()
    doubt: Doubt | None = None
    alike: Sequence[EntryView] = ()
    like_row: ReadRow | None = None
    known_by: KnownBy | None = None

    @property
    def entry_id(self) -> UUID | None:
        """The entry that it changes, None for a new one."""
        return self.entry.id if self.entry else None


@dataclass(frozen=True)
class Comparison:
    """All rows of a file, compared."""

    rows: Sequence[Compared] = field(default_factory=list)

    def of(self, outcome: Outcome) -> list[Compared]:
        """Return the rows of one outcome, in the order of the file."""
        return [row for row in self.rows if row.outcome is outcome]

    @property
    def to_do(self) -> list[Compared]:
        """What becomes a proposal."""
        return [
            row for row in self.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED)
        ]
