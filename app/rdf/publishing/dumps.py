"""The whole catalogue as files: one for each moment and format, swapped in whole, kept
until newer ones push it out.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from app.config import Settings
from app.errors import UnavailableError
from app.rdf.publishing import catalogue
from app.register.queries import Register

FOLDER = "dumps"
Beat = Callable[[], object]
_BEAT = 5000  # blocks
_CHUNK = 2**24  # bytes
_TRIES = 5
# files: one state in four formats, plain and packed, with sums, takes twelve
_KEPT = 30


@dataclass(frozen=True)
class Dump:
    """A dump that lies on the disk, and the SHA-256 of its bytes in hexadecimal."""

    path: Path
    sha256: str


def dump(
    register: Register,
    settings: Settings,
    extension: str,
    *,
    everything: bool = False,
    beat: Beat = lambda: None,
) -> Dump:
    """Return the catalogue at a moment as a file, made if it is not there yet; equal
    bytes for an equal moment.

    `beat` is called every so often while it is made.
    """
    seq, _ = register.published()
    scope = "all" if everything else "own"
    drawn = catalogue.digest(register, settings)
    name = f"{register.at.as_of}-{seq}-{drawn}-{scope}.{extension}"
    path = settings.data_dir / FOLDER / name
    note = path.with_name(f"{name}.sha256")
    if path.exists() and note.exists():
        return Dump(path, note.read_text(encoding="ascii"))
    digest = hashlib.sha256()
    with swapped(path) as file:
        for place, data in enumerate(
            catalogue.stream(register, settings, extension, everything=everything)
        ):
            digest.update(data)
            file.write(data)
            if place % _BEAT == 0:
                beat()
    with swapped(note) as file:  # last, so that a note without its dump is not seen
        file.write(digest.hexdigest().encode())
    forget_old(path.parent)
    return Dump(path, digest.hexdigest())


def zipped(plain: Dump, beat: Beat = lambda: None) -> Path:
    """Return a dump compressed with gzip, the same bytes each time (no name and no time
    in it).
    """
    path = plain.path.with_name(f"{plain.path.name}.gz")
    if not path.exists():
        with (
            plain.path.open("rb") as source,
            swapped(path) as file,
            gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        ):
            while data := source.read(_CHUNK):
                packed.write(data)
                beat()
    return path


def opened(path: Path, make: Callable[[Path], None]) -> IO[bytes]:
    """Open a file that `make` writes when it is not there, though others may forget it
    at any moment.
    """
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):
            return path.open("rb")
        make(path)
    raise UnavailableError("Máy chủ đang bận làm lại tệp này; thử lại sau một phút")


@contextmanager
def swapped(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
        try:
            yield temporary
        except BaseException:
            Path(temporary.name).unlink()
            raise
    Path(temporary.name).replace(path)


def forget_old(folder: Path, most: int = _KEPT) -> None:
    """Delete all but the newest files of a folder."""
    with suppress(FileNotFoundError):  # another process forgets too
        files = sorted(
            folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True
        )
        for path in reversed(files[most:]):
            path.unlink(missing_ok=True)
