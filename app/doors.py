"""Doors before what is scarce on this machine: so many pass at once, some wait, and the
next is told to come back.

A place is a lock on a file, so that all processes of the machine count together, and a
process that dies gives its places back.
"""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.errors import UnavailableError

_log = structlog.get_logger()
_LOOK = 0.02  # seconds between two looks whether a place is free
BUSY = "Máy đang có nhiều việc cùng lúc; thử lại sau ít giây"


@dataclass(frozen=True)
class Door:
    """Lets `places` in at once; `waiting` more wait at it for `patience` seconds.

    Whoever waits holds a thread that serves others, so few may, and not for long.
    """

    name: str
    places: int
    waiting: int = 1
    patience: float = 1.0
    message: str = BUSY

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Hold a place for the block; UnavailableError where there is none."""
        place = self._taken("place", self.places)
        if place is None:
            place = self._awaited()
        try:
            yield
        finally:
            os.close(place)

    def _awaited(self) -> int:
        seat = self._taken("seat", self.waiting)
        if seat is None:
            raise UnavailableError(self.message)
        try:
            until = time.monotonic() + self.patience
            while time.monotonic() < until:
                time.sleep(_LOOK)
                place = self._taken("place", self.places)
                if place is not None:
                    return place
        finally:
            os.close(seat)
        raise UnavailableError(self.message)

    def _taken(self, what: str, count: int) -> int | None:
        """Take one of so many locks, as an open file; None where all are taken."""
        for number in range(count):
            file = _opened(f"{self.name}.{what}.{number}")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
            else:
                return file
        return None


def _opened(name: str) -> int:
    """Open the file of a lock; UnavailableError where none can be opened."""
    try:
        return os.open(_folder() / name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        _log.exception("the locks cannot be opened", folder=str(_folder_name()))
        raise UnavailableError(BUSY) from error


def _folder_name() -> Path:
    """Return where the locks are: systemd's folder of the service, else a temporary
    one.
    """
    given = os.environ.get("RUNTIME_DIRECTORY")
    return Path(given or tempfile.gettempdir(), f"danhmuc-doors-{os.getuid()}")


def _folder() -> Path:
    """Return that folder, made where it is missing; OSError where it is not this
    user's alone.
    """
    folder = _folder_name()
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder
