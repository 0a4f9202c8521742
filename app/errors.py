"""Errors in the user's words, with a stable code and without HTTP; `api/problems.py`
says which status each gets.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field (dotted name, positions from 0) and how to mend
    it.
    """

    field: str
    code: str
    message: str


class DanhmucError(Exception):
    """Base of every error that a user may see. `message` is Vietnamese, `code` never
    changes.
    """

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


class ExhaustedError(InvalidError):
    """What was sent needs more time, memory or room than it may have."""

    code = "exhausted"


class MalformedError(DanhmucError):
    """The request cannot be understood: a query, date, cursor or file of the wrong
    form.
    """

    code = "malformed"


class ForbiddenError(DanhmucError):
    """The actor has no right to do this."""

    code = "forbidden"


class SecondFactorError(ForbiddenError):
    """The action is signed, and the second factor was not given for it, or was
    wrong.
    """

    code = "second-factor"


class FourEyesError(ForbiddenError):
    """Nobody decides on what they drafted, edited or submitted."""

    code = "four-eyes"


class TransitionError(DanhmucError):
    """The action does not follow from the present status."""

    code = "wrong-status"


class ConflictError(DanhmucError):
    """Somebody else was first: a stale lock version, a stale hash, a value already
    taken.
    """

    code = "conflict"


class NotAcceptableError(DanhmucError):
    """None of the formats asked for can be given."""

    code = "not-acceptable"


class UnauthenticatedError(DanhmucError):
    """Nobody is logged in, or the name, password or key is not right."""

    code = "unauthenticated"


class ThrottledError(DanhmucError):
    """Too many tries in too short a time."""

    code = "throttled"


class StaleError(ConflictError):
    """What the request was made from has been changed by somebody else since."""

    code = "stale"


class PreconditionError(DanhmucError):
    """The request does not say from which state it was made."""

    code = "precondition-required"


class PreconditionFailedError(DanhmucError):
    """The state that the request was made from is no longer the present one."""

    code = "precondition-failed"


class TooLargeError(DanhmucError):
    """More was sent than may be sent at once."""

    code = "too-large"


class UnavailableError(DanhmucError):
    """A part that this needs is not ready: the index is missing, or another process
    holds the lease.
    """

    code = "unavailable"


class IndexLostError(UnavailableError):
    """The search index is missing or cannot be read; the follower builds it anew."""

    code = "index-lost"


class StorageFullError(DanhmucError):
    """The disk is full: nothing more can be written until there is room; reads go
    on.
    """

    code = "storage-full"

    def __init__(self) -> None:
        super().__init__(
            "Máy chủ hết chỗ lưu nên chưa ghi được; việc đọc vẫn bình thường"
        )


class SetupError(DanhmucError):
    """The installation is not usable as configured; the message says what to do."""

    code = "setup"
