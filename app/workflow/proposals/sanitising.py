"""What was typed, as a proposal may keep it: cleaned and bounded, judged by nobody
yet.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import FieldError, InvalidError
from app.register.content import hashing
from app.register.content.hashing import Content
from app.vietnamese import clean

# of one list: more than any profile asks for, so that a mistake can be kept and mended
MOST_ROWS = 500
MAX_CONTENT = 2_000_000  # bytes of RFC 8785 JSON in one proposal


@dataclass(frozen=True)
class Sanitised:
    """Content as a proposal may keep it, with its hash."""

    content: Content
    content_hash: str


def sanitise(content: object) -> Sanitised:
    """Return what was typed, as it may be kept; InvalidError when it cannot be.

    What was sanitised already is returned as it is.
    """
    if isinstance(content, Sanitised):
        return content
    return seal(cleaned(content))


def cleaned(content: object) -> Content:
    """Return what was typed without what no text may hold, its size not looked at."""
    if not isinstance(content, Mapping):
        raise InvalidError(
            "Nội dung phải là một đối tượng JSON",
            [FieldError("_schema", "type", "Nhập một đối tượng JSON")],
        )
    clean_content: Content = _cleaned(content, depth=0)
    return clean_content


def seal(content: Content) -> Sanitised:
    """Return clean content with its hash; InvalidError for what is too large."""
    try:
        encoded = hashing.encode(content)
    except (ValueError, RecursionError) as error:
        raise InvalidError(
            "Nội dung có giá trị không lưu được (số quá lớn hoặc kiểu lạ)"
        ) from error
    size = len(encoded)
    if size > MAX_CONTENT:
        raise InvalidError(f"Nội dung quá lớn: {size} byte, tối đa {MAX_CONTENT} byte")
    return Sanitised(content, hashlib.sha256(encoded).hexdigest())


def _cleaned(value: Any, depth: int) -> Any:
    if depth > 20:  # noqa: PLR2004 - the profile's deepest content has four levels
        raise InvalidError("Nội dung lồng nhau quá sâu")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {
            clean(str(key)): _cleaned(inner, depth + 1) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        if len(value) > MOST_ROWS:
            raise InvalidError(
                f"Một nhóm có {len(value)} dòng; tối đa {MOST_ROWS} dòng, hãy chia nhỏ"
            )
        return [_cleaned(inner, depth + 1) for inner in value]
    return value
