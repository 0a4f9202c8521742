"""Backs a running register up into one encrypted file, looks whether a backup is good,
restores one where nothing is.

A backup is an age file (age-encryption.org) holding a tar: `manifest.json`,
`register.db` (the whole register as one SQLite file, whatever database it came from),
`secret.key`, the attachments, and what is kept beside them for good (`KEPT`). The
machine that makes backups knows the recipient only; the identity that opens them is
kept elsewhere.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyrage
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock, files, journal, migrations
from app.accounts import signing_key
from app.db import Database
from app.documents.tables import code_list_of_day
from app.errors import ConflictError, InvalidError, NotFoundError, SetupError
from app.files import File
from app.journal import Cursor
from app.migrations import tables
from app.operations import audits, copying
from app.operations.installation import Installation
from app.rdf.publishing import receipts

FORMAT = 1
# what cannot be made anew: receipts of harvests, code lists of past days, heads
KEPT = (receipts.FOLDER, code_list_of_day.FOLDER, audits.HEADS)
_REGISTER, _MANIFEST = "register.db", "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: when, up to which journal row, the SHA-256 of
    everything in it, and of the attachments that were lost or damaged before.
    """

    format: int
    made_at: str
    seq: int
    leaf: str | None
    hashes: dict[str, str]
    damaged: Sequence[str] = ()


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
    with _working(system) as folder:
        manifest = _gather(system, folder)
        packed = folder / "packed"
        _pack(folder, manifest, packed)
        # only what is encrypted leaves the register's own folder
        sealed = target.with_name(f".{target.name}.part")
        pyrage.encrypt_file(str(packed), str(sealed), [whom])
        _settle(sealed, target)
    return manifest


def verify(source: Path, identity: Path) -> Manifest:
    """Open a backup, look at everything in it and return what it says; SetupError names
    what is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="danhmuc-backup-") as folder:
        return _open(source, identity, Path(folder))


def restore(system: Installation, source: Path, identity: Path) -> Manifest:
    """Put a backup into the installation's database, which must hold nothing, and its
    attachments beside it.

    The index and representations are built anew by the follower. ConflictError when the
    database holds anything, or another key than the backup's lies there, SetupError
    when the backup is not good; nothing is changed then.
    """
    data_dir = system.settings.data_dir
    with _working(system) as folder:
        manifest = _open(source, identity, folder)
        held = Database(f"sqlite:///{folder / _REGISTER}", tables.metadata)
        system.migrate()
        with system.database.reading() as session:
            copying.require_empty(session, system.database)
        signing_key.put(data_dir, (folder / signing_key.NAME).read_bytes())
        for path in (folder / "files").glob("*"):
            files.put_bytes(data_dir, path.read_bytes())
        copying.move(held, system.database)
        held.engine.dispose()
        _put_back(folder, data_dir)
    with system.database.transaction() as session:
        session.execute(update(Cursor).values(seq=0, holder=None, until=None))
    for projection in system.projections:
        projection.clear(system.database)
    return manifest


@contextmanager
def _working(system: Installation) -> Iterator[Path]:
    """Give a folder for this user alone, where everything lies in clear, and take it
    away; what a run left that was killed goes first.
    """
    place = system.settings.data_dir / "backing-up"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one at a time
        for left in place.glob("run-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=place, prefix="run-") as name:
            yield Path(name)


def _put_back(folder: Path, data_dir: Path) -> None:
    """Put what was kept for good beside the database; what lies there of another
    register is set aside under the name of the instant.
    """
    for name in KEPT:
        here = data_dir / name
        if here.exists():
            here.rename(here.with_name(f"{name}.before-{clock.now():%Y%m%dT%H%M%SZ}"))
        if (folder / name).exists():
            shutil.move(folder / name, here)


def _gather(system: Installation, folder: Path) -> Manifest:
    data_dir = system.settings.data_dir
    for name in KEPT:
        if (data_dir / name).is_dir():
            shutil.copytree(data_dir / name, folder / name)
        elif (data_dir / name).exists():
            shutil.copyfile(data_dir / name, folder / name)
    snapshot = Database(f"sqlite:///{folder / _REGISTER}", tables.metadata)
    copying.move(system.database, snapshot)
    (folder / "files").mkdir()
    damaged = []
    with snapshot.reading() as session:
        for row in session.scalars(select(File)):
            try:
                content = files.get(data_dir, row.sha256)
            except NotFoundError:
                damaged.append(row.sha256)
            else:
                (folder / "files" / row.sha256).write_bytes(content)
        seq, leaf = _head(session)
    snapshot.fold()
    (folder / signing_key.NAME).write_bytes(system.key)
    hashes = {
        str(path.relative_to(folder)): _hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return Manifest(FORMAT, clock.now().isoformat(), seq, leaf, hashes, damaged)


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


def _open(source: Path, identity: Path, folder: Path) -> Manifest:
    """Unpack a backup into a folder; SetupError when it is not good."""
    try:
        key = pyrage.x25519.Identity.from_str(
            identity.read_text(encoding="ascii").strip()
        )
    except (pyrage.IdentityError, ValueError) as error:
        raise SetupError(f"{identity} không phải khóa mở sao lưu") from error
    try:
        pyrage.decrypt_file(str(source), str(folder / "packed"), [key])
        with tarfile.open(folder / "packed") as archive:
            archive.extractall(folder, filter="data")
    except (pyrage.DecryptError, tarfile.TarError, OSError, EOFError) as error:
        raise SetupError(
            "Bản sao lưu hỏng, bị cắt, hoặc không mở được bằng khóa này"
        ) from error
    return _checked(folder)


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
    migrations.upgrade(held)  # it may be of an older release
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
