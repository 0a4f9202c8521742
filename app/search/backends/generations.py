"""A folder of generations of an index: a file names the present one, so that another
takes its place at once.

To build anew is to write another generation and then to change that name. Whoever finds
the present one unreadable leaves a mark. A generation that another analysis or other
fields made is not read.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from app import files
from app.errors import IndexLostError, StorageFullError, UnavailableError
from app.search.digest import made_by
from app.search.port import Fields

_PRESENT, _NEXT, _BROKEN = "present", "next", "broken"


class Generations:
    """The generations in one folder, for an index of these fields."""

    def __init__(self, folder: str, fields: Fields) -> None:
        self.folder = Path(folder)
        self._made_by = made_by(fields)

    def name(self) -> str | None:
        """Return which generation is the present one, None where there is none."""
        try:
            return (self.folder / _PRESENT).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return None

    @contextmanager
    def reading(self) -> Iterator[Path]:
        """Give the folder of the present generation; whatever the block fails with is
        loss: IndexLostError.
        """
        name = self.name()
        if name is None or not name.startswith(self._made_by):
            raise IndexLostError("Chỉ mục tìm kiếm chưa có")
        try:
            yield self.folder / name
        except (UnavailableError, StorageFullError):
            raise
        except BaseException as error:
            # Rust's
            if (
                not isinstance(error, Exception)
                and type(error).__name__ != "PanicException"
            ):
                raise
            if name == self.name():  # else it was only replaced while it was read
                with suppress(OSError):
                    (self.folder / _BROKEN).touch()
            raise IndexLostError(
                f"Chỉ mục tìm kiếm không đọc được ({type(error).__name__})"
            ) from error

    def usable(self) -> bool:
        """Tell whether nobody has found the present generation unreadable, and whether
        this analysis made it.
        """
        return not (self.folder / _BROKEN).exists() and (self.name() or "").startswith(
            self._made_by
        )

    def replace(self, make: Callable[[Path], object]) -> None:
        """Have another generation made in a folder that it is given, then put it in the
        place of the present one.
        """
        name = f"{self._made_by}-{uuid4().hex}"
        fresh = self.folder / name
        try:
            with files.room():
                fresh.mkdir(parents=True, mode=0o700)
                make(fresh)
                files.force(fresh)
                (self.folder / _NEXT).write_text(name, encoding="ascii")
                files.force(self.folder / _NEXT)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        (self.folder / _NEXT).replace(self.folder / _PRESENT)
        files.force(self.folder)
        (self.folder / _BROKEN).unlink(missing_ok=True)
        for old in self.folder.iterdir():
            if old.name not in {name, _PRESENT}:
                shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(
                    missing_ok=True
                )
