"""Content-addressed attachments: a file is named by its SHA-256, so it cannot change unseen."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Instant
from app.errors import NotFoundError


class File(Base):
    """What is known of an attachment; the bytes lie in `<data_dir>/files/<ab>/<sha256>`."""

    __tablename__ = "file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(Instant)


def put(session: Session, data_dir: Path, name: str, content: bytes) -> File:
    """Store `content` durably and return its row; storing the same bytes again changes nothing."""
    digest = hashlib.sha256(content).hexdigest()
    known = session.get(File, digest)
    if known is not None:
        return known
    put_bytes(data_dir, content)
    row = File(sha256=digest, name=name[:255], size=len(content), stored_at=clock.now())
    session.add(row)
    return row


def put_bytes(data_dir: Path, content: bytes) -> None:
    """Store `content` durably under its SHA-256."""
    path = _path(data_dir, hashlib.sha256(content).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content)


def get(data_dir: Path, digest: str) -> bytes:
    """Return the bytes; NotFoundError when they are missing or are no longer what the name says."""
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


def force(path: Path) -> None:
    """Have the disk hold what was written to a file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
