"""The installation's own secret, with which it signs what browsers keep; made at the
first start, never a setting.
"""

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from app.errors import ConflictError, SetupError

NAME = "secret.key"
LEAST = 32  # bytes


def put(folder: Path, key: bytes) -> None:
    """Keep a key that comes from elsewhere; ConflictError when `folder` holds another
    one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _write(folder / NAME, key)
    if signing_key(folder) != key:
        raise ConflictError(
            f"{folder / NAME} là khóa khác với khóa trong bản sao lưu: chuyển "
            "nó đi rồi làm lại"
        )


def signing_key(folder: Path) -> bytes:
    """Return the secret kept in `folder`, making it at the first call; SetupError when
    others can read it.
    """
    path = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _write(path, secrets.token_bytes(LEAST))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SetupError(
            f"Tệp khóa {path} để người khác đọc được: chạy “chmod 600 {path}”"
        )
    key = path.read_bytes()
    if len(key) < LEAST:
        raise SetupError(
            f"Tệp khóa {path} quá ngắn: xóa tệp rồi khởi động lại để tạo khóa mới"
        )
    return key


def _write(path: Path, key: bytes) -> None:
    """Write the key whole or not at all; FileExistsError where there is one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".key-") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
        os.link(stream.name, path)
