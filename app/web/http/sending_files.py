"""Files on their way out: always saved, never shown, under a name that every browser
reads right (RFC 6266).
"""

import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, send_file
from flask_babel import gettext as _

from app import files
from app.errors import NotFoundError
from app.vietnamese import unmarked
from app.web.http.current import installation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SANDBOX = "sandbox; default-src 'none'"
_LONGEST = 120  # letters of a name, its ending included
_FOREIGN = re.compile(r"[^A-Za-z0-9._ -]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """Return a file to be saved: nothing in it runs in this origin, whatever it is."""
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = disposition(name)
    answer.headers["Content-Security-Policy"] = _SANDBOX
    return answer


def from_disk(path: Path, content_type: str, digest: str, name: str) -> Response:
    """Return a file of the register's own making without reading it into memory;
    `digest` is its ETag.
    """
    answer = send_file(path, content_type, conditional=False, etag=digest)
    answer.headers["Content-Type"] = content_type
    answer.headers["Content-Disposition"] = disposition(name)
    return answer


def disposition(name: str) -> str:
    """Return the header for a file name in any letters, with a readable ASCII name for
    old programs.
    """
    whole = clean_name(name)
    ascii_name = _FOREIGN.sub("_", unmarked(whole)) or "tep"
    return (
        f'attachment; filename="{ascii_name}"; '
        f"filename*=UTF-8''{quote(whole, safe='')}"
    )


def clean_name(name: str) -> str:
    """Return a name that is only a name: no folders, no controls, no reserved words;
    its ending is kept.
    """
    text = unicodedata.normalize(
        "NFC", name.encode("utf-8", "replace").decode()
    ).replace("\\", "/")
    text = "".join(
        c for c in text.rpartition("/")[2] if unicodedata.category(c)[0] != "C"
    ).strip(" .")
    text = re.sub(r'[<>:"|?*]', "_", text)
    if _RESERVED.fullmatch(text):
        text = f"_{text}"
    stem, dot, ending = text.rpartition(".")
    if len(text) > _LONGEST:
        text = (
            stem[: _LONGEST - len(ending) - 1] + dot + ending
            if dot and len(ending) <= 10  # noqa: PLR2004
            else text[:_LONGEST]
        )
    return text or "tep"


def kept_file(session: Any, digest: str | None) -> Response:
    """Return a kept file; NotFoundError without one."""
    row = session.get(files.File, digest) if digest else None
    if row is None:
        raise NotFoundError(_("Không có tệp này"))
    return attachment(
        files.get(installation().settings.data_dir, row.sha256),
        row.name,
        "application/octet-stream",
    )
