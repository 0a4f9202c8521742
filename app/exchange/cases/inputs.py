"""What comes along with each thing that is done to a case."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.register.content.hashing import Content


@dataclass(frozen=True)
class SentFile:
    """A file that is kept already: its hash, and what it is called."""

    sha256: str
    name: str


@dataclass(frozen=True)
class Edit:
    """The whole content anew."""

    content: Content


@dataclass(frozen=True)
class Reason:
    """Why."""

    reason: str = ""


@dataclass(frozen=True)
class Remark:
    """Something said beside the matter, with a file or without."""

    text: str = ""
    file: SentFile | None = None


@dataclass(frozen=True)
class Extension:
    """A later day, and why."""

    due_on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Grant:
    """The items that are given, and on which conditions."""

    items: Sequence[str] = ()
    text: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why nothing is given, and the law (ids of its entries) that restricts it."""

    reason: str = ""
    basis: Sequence[UUID] = ()


@dataclass(frozen=True)
class PaperGrant:
    """A letter that gives items: its number, its day, the file."""

    paper_number: str = ""
    paper_day: date | None = None
    items: Sequence[str] = ()
    text: str = ""
    file: SentFile | None = None


@dataclass(frozen=True)
class PaperRefusal:
    """A letter that refuses."""

    paper_number: str = ""
    paper_day: date | None = None
    reason: str = ""
    basis: Sequence[UUID] = ()
    file: SentFile | None = None


@dataclass(frozen=True)
class Answer:
    """What is answered, with a file or without."""

    text: str = ""
    file: SentFile | None = None


@dataclass(frozen=True)
class PaperAnswer:
    """A letter that answers."""

    paper_number: str = ""
    paper_day: date | None = None
    text: str = ""
    file: SentFile | None = None


@dataclass(frozen=True)
class Escalation:
    """Who has to answer next, and why the answer so far was not enough."""

    addressee: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a task has come: in words, and its state as a code."""

    text: str = ""
    task_state: str = ""
    file: SentFile | None = None


def kept(given: Any) -> dict[str, Any]:
    """Return what came along as a step keeps it, blanks and the content left out."""
    values = (
        asdict(given) if is_dataclass(given) and not isinstance(given, type) else {}
    )
    return {
        name: _plain(value)
        for name, value in values.items()
        if name != "content" and value not in (None, "", (), [])
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
