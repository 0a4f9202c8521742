"""Errors in the user's words, with a stable code and without HTTP; `api/problems.py` says which status each gets."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field (dotted name, positions from 0) and how to mend it."""

    field: str
    code: str
    message: str


class DanhmucError(Exception):
    """Base of every error that a user may see. `message` is Vietnamese, `code` never changes."""

    code = "error"

    def __init__(self, message: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)


class NotFoundError(DanhmucError):
    """There is no such thing, or the reader may not know of it."""

    code = "not-found"


class InvalidError(DanhmucError):
    """The input breaks a rule; `fields` says where."""

    code = "invalid"


class MalformedError(DanhmucError):
    """The request cannot be understood: a query, date, cursor or file of the wrong form."""

    code = "malformed"


class ForbiddenError(DanhmucError):
    """The actor has no right to do this."""

    code = "forbidden"


class FourEyesError(ForbiddenError):
    """Nobody decides on what they drafted, edited or submitted."""

    code = "four-eyes"


class TransitionError(DanhmucError):
    """The action does not follow from the present status."""

    code = "wrong-status"


class ConflictError(DanhmucError):
    """Somebody else was first: a stale lock version, a stale hash, a value already taken."""

    code = "conflict"


class NotAcceptableError(DanhmucError):
    """None of the formats asked for can be given."""

    code = "not-acceptable"


class UnavailableError(DanhmucError):
    """A part that this needs is not ready: the index is missing, or another process holds the lease."""

    code = "unavailable"


class SetupError(DanhmucError):
    """The installation is not usable as configured; the message says what to do."""

    code = "setup"
