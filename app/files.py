"""Content-addressed attachments: a file is named by its SHA-256, so it cannot change
unseen.
"""

import errno
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import String, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Instant
from app.errors import FieldError, InvalidError, NotFoundError, StorageFullError


class File(Base):
    """What is known of an attachment; the bytes lie in
    `<data_dir>/files/<ab>/<sha256>`.
    """

    __tablename__ = "file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(Instant)


def sniff(name: str, content: bytes) -> str:
    """Return the media type that the bytes have; InvalidError unless it is one we keep
    and the name says the same.

    What may run (macros, scripts, pages) is refused, whatever it calls itself.
    """
    ending = name.rpartition(".")[2].lower()
    members = _members(content)
    match = next(
        (
            kind
            for kind in KINDS
            if content.startswith(kind.magic) and kind.holds in members
        ),
        None,
    )
    wrong = None
    if not content:
        wrong = "Tệp trống; chọn tệp khác"
    elif match is None:
        wrong = (
            f"Chỉ nhận tệp {', '.join(kind.endings[0].upper() for kind in KINDS)} "
            "không có macro và mật khẩu"
        )
    elif ending not in match.endings:
        wrong = (
            f"Tên tệp kết thúc bằng “.{ending[:20]}” nhưng nội dung là "
            f"{match.endings[0].upper()}; đổi tên cho đúng"
        )
    if wrong or match is None:
        message = wrong or ""
        raise InvalidError(message, [FieldError("file", "type", message)])
    return match.media_type


@dataclass(frozen=True)
class FileType:
    """A type of file that we keep: how it begins, and which member an archive of it
    holds ("" for no archive).
    """

    media_type: str
    endings: tuple[str, ...]
    magic: bytes
    holds: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = (
    FileType("application/pdf", ("pdf",), b"%PDF-"),
    FileType("image/png", ("png",), b"\x89PNG\r\n\x1a\n"),
    FileType("image/jpeg", ("jpg", "jpeg"), b"\xff\xd8\xff"),
    FileType(
        f"{_OFFICE}.wordprocessingml.document",
        ("docx",),
        b"PK\x03\x04",
        "word/document.xml",
    ),
    FileType(
        f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), b"PK\x03\x04", "xl/workbook.xml"
    ),
)
_MACROS = "vbaproject.bin"  # in whatever letter case
_MOST_MEMBERS = 5_000  # of an archive; Office writes some dozens


def _members(content: bytes) -> frozenset[str]:
    """Return what an archive holds; "" alone for what is none; nothing at all where it
    holds macros or far too much.
    """
    if not content.startswith(b"PK"):
        return frozenset({""})
    return frozenset() if has_macros(content) else frozenset(_names(content))


def has_macros(content: bytes) -> bool:
    """Tell whether a file of Office holds macros; False for what is no such file."""
    names = _names(content)
    return any(name.lower().endswith(_MACROS) for name in names)


def _names(content: bytes) -> list[str]:
    """Return the names in an archive; none for what is none, or holds far too much."""
    if not content.startswith(b"PK") or content.count(b"PK\x01\x02") > _MOST_MEMBERS:
        return []
    try:
        return zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def put(session: Session, data_dir: Path, name: str, content: bytes) -> File:
    """Store `content` durably and return its row; storing the same bytes again only
    mends what is lost.

    The bytes reach the disk as the last thing before the commit, so that a transaction
    that is refused leaves nothing behind. StorageFullError then.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = session.get(File, digest)
    if known is None or not _path(data_dir, digest).is_file():
        event.listen(
            session,
            "before_commit",
            lambda _session: put_bytes(data_dir, content),
            once=True,
        )
    if known is not None:
        return known
    row = File(sha256=digest, name=name[:255], size=len(content), stored_at=clock.now())
    session.add(row)
    return row


def put_bytes(data_dir: Path, content: bytes) -> None:
    """Store `content` durably under its SHA-256; StorageFullError when the disk is
    full.
    """
    path = _path(data_dir, hashlib.sha256(content).hexdigest())
    with room():
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            force(path.parent.parent)
        _write(path, content)


def get(data_dir: Path, digest: str) -> bytes:
    """Return the bytes; NotFoundError when they are missing or are no longer what the
    name says.
    """
    path = _path(data_dir, digest)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise NotFoundError(f"Tệp {digest} không còn hoặc đã hỏng")
    return content


def _path(data_dir: Path, digest: str) -> Path:
    return data_dir / "files" / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    force(path.parent)


@contextmanager
def room() -> Iterator[None]:
    """Say in our own words that the disk is full: StorageFullError."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFullError from error
        raise


def force(path: Path) -> None:
    """Have the disk hold what was written to a file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
