"""Backs a running register up into one encrypted file, looks whether a backup is good,
restores one where nothing is.

A backup is an age file (age-encryption.org) holding a tar: `manifest.json`,
`register.db` (the whole register as one SQLite file, whatever database it came from),
`secret.key` and the attachments. The machine that makes backups knows the recipient
only; the identity that opens them is kept elsewhere.
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyrage
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock, files, journal
from app.accounts import signing_key
from app.db import Database
from app.errors import ConflictError, InvalidError, SetupError
from app.files import File
from app.journal import Cursor
from app.migrations import tables
from app.operations import copying
from app.operations.installation import Installation

FORMAT = 1
_REGISTER, _MANIFEST = "register.db", "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: when, up to which journal row, and the SHA-256 of
    everything in it.
    """

    format: int
    made_at: str
    seq: int
    leaf: str | None
    hashes: dict[str, str]


def new_identity(path: Path) -> str:
    """Write a new identity to `path`, readable by its owner alone; return the recipient
    for whoever makes backups.
    """
    identity = pyrage.x25519.Identity.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"{identity}\n")
    return str(identity.to_public())


def make(system: Installation, target: Path, recipient: str) -> Manifest:
    """Write a backup while the register runs: all that was committed before, nothing
    half; durable when it returns.

    InvalidError for a recipient that is none; ConflictError when the file is there
    already.
    """
    try:
        whom = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise InvalidError(
            "Khóa nhận sao lưu không đúng; chép lại dòng age1… mà “backup "
            "new-key” đã in"
        ) from error
    if target.exists():
        raise ConflictError(f"Đã có tệp {target}; đặt tên khác")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        manifest = _gather(system, Path(folder))
        packed = Path(folder) / "packed"
        _pack(Path(folder), manifest, packed)
        sealed = Path(folder) / "sealed"
        pyrage.encrypt_file(str(packed), str(sealed), [whom])
        _settle(sealed, target)
    return manifest


def verify(source: Path, identity: Path) -> Manifest:
    """Open a backup, look at everything in it and return what it says; SetupError names
    what is wrong.
    """
    with _opened(source, identity) as (_folder, manifest):
        return manifest


def restore(system: Installation, source: Path, identity: Path) -> Manifest:
    """Put a backup into the installation's database, which must hold nothing, and its
    attachments beside it.

    The index and representations are built anew by the follower. ConflictError when the
    database holds anything, or another key than the backup's lies there, SetupError
    when the backup is not good; nothing is changed then.
    """
    with _opened(source, identity) as (folder, manifest):
        held = Database(f"sqlite:///{folder / _REGISTER}", tables.metadata)
        system.migrate()
        with system.database.reading() as session:
            copying.require_empty(session, system.database)
        signing_key.put(
            system.settings.data_dir, (folder / signing_key.NAME).read_bytes()
        )
        for path in (folder / "files").glob("*"):
            files.put_bytes(system.settings.data_dir, path.read_bytes())
        copying.move(held, system.database)
        held.engine.dispose()
    with system.database.transaction() as session:
        session.execute(update(Cursor).values(seq=0, holder=None, until=None))
    for projection in system.projections:
        projection.clear(system.database)
    return manifest


def _gather(system: Installation, folder: Path) -> Manifest:
    snapshot = Database(f"sqlite:///{folder / _REGISTER}", tables.metadata)
    copying.move(system.database, snapshot)
    (folder / "files").mkdir()
    with snapshot.reading() as session:
        for row in session.scalars(select(File)):
            (folder / "files" / row.sha256).write_bytes(
                files.get(system.settings.data_dir, row.sha256)
            )
        seq, leaf = _head(session)
    snapshot.fold()
    (folder / signing_key.NAME).write_bytes(system.key)
    hashes = {
        str(path.relative_to(folder)): _hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return Manifest(FORMAT, clock.now().isoformat(), seq, leaf, hashes)


def _head(session: Session) -> tuple[int, str | None]:
    row = session.get(journal.JournalRow, journal.head(session))
    return (row.seq, row.leaf) if row else (0, None)


def _pack(folder: Path, manifest: Manifest, packed: Path) -> None:
    (folder / _MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="utf-8")
    with tarfile.open(packed, "w") as archive:
        for name in (_MANIFEST, *manifest.hashes):
            archive.add(folder / name, name)


def _settle(sealed: Path, target: Path) -> None:
    files.force(sealed)
    sealed.replace(target)
    files.force(target.parent)


@contextmanager
def _opened(source: Path, identity: Path) -> Iterator[tuple[Path, Manifest]]:
    try:
        key = pyrage.x25519.Identity.from_str(
            identity.read_text(encoding="ascii").strip()
        )
    except (pyrage.IdentityError, ValueError) as error:
        raise SetupError(f"{identity} không phải khóa mở sao lưu") from error
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=source.parent) as name:
        folder = Path(name)
        try:
            pyrage.decrypt_file(str(source), str(folder / "packed"), [key])
            with tarfile.open(folder / "packed") as archive:
                archive.extractall(folder, filter="data")
        except (pyrage.DecryptError, tarfile.TarError, OSError, EOFError) as error:
            raise SetupError(
                "Bản sao lưu hỏng, bị cắt, hoặc không mở được bằng khóa này"
            ) from error
        yield folder, _checked(folder)


def _checked(folder: Path) -> Manifest:
    manifest = Manifest(**json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    if manifest.format != FORMAT:
        raise SetupError(
            f"Bản sao lưu theo dạng {manifest.format}, phiên bản này đọc dạng {FORMAT}"
        )
    changed = [
        name for name, known in manifest.hashes.items() if _hash(folder / name) != known
    ]
    if changed:
        raise SetupError(f"Bản sao lưu có phần không khớp mã băm: {', '.join(changed)}")
    held = Database(f"sqlite:///{folder / _REGISTER}", tables.metadata)
    with held.reading() as session:
        good, fault = journal.verify(journal.rows(session))
        head = _head(session)
    held.engine.dispose()
    if fault or head != (manifest.seq, manifest.leaf):
        raise SetupError(f"Nhật ký trong bản sao lưu không nguyên vẹn sau dòng {good}")
    return manifest


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def suggested_name(now: datetime) -> str:
    """Return a file name that sorts by time."""
    return f"danhmuc-{now:%Y%m%dT%H%M%SZ}.age"
