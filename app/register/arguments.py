"""What an address may ask of the register: a day, a journal row, a number, filters;
each read or refused in words.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from app.config import LARGEST_PAGE
from app.errors import MalformedError
from app.register.filters import Filter
from app.register.standing import State
from app.vietnamese import iso_day
from catalog_schema.profile import Profile, Type

_LONGEST_VALUE = 100  # letters
MAX_VALUES = 20  # of one filter in one request


def day(text: str | None) -> date | None:
    """Read a day typed as 31/12/2026, 31-12-2026, 31.12.2026 or 2026-12-31; None for
    nothing, MalformedError for anything else.
    """
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(iso_day(text))
    except ValueError as error:
        raise MalformedError(
            f"“{text[:40]}” không phải một ngày; nhập dạng 31/12/2026"
        ) from error


def is_day(text: str | None) -> bool:
    """Tell whether a typed text is a day, or nothing."""
    try:
        day(text)
    except MalformedError:
        return False
    return True


def number(text: str | None) -> int | None:
    """Read a journal row's number; None for nothing, MalformedError for anything
    else.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004 - beyond any journal
        raise MalformedError(
            "known_at (và snapshot) phải là số dòng nhật ký, chỉ gồm chữ số"
        )
    return int(text)


def whole(text: str | None) -> int | None:
    """Read a whole number of a form or address, up to nine digits; None for anything
    else.
    """
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else None


def page_size(text: str | None, otherwise: int) -> int:
    """Read how many entries a page holds, `otherwise` for nothing; MalformedError for
    none or more than a page may hold.
    """
    if not text:
        return otherwise
    size = whole(text)
    if size is None or not 1 <= size <= LARGEST_PAGE:
        raise MalformedError(f"per_page phải là số từ 1 đến {LARGEST_PAGE}")
    return size


def filters(
    profile: Profile, arguments: Mapping[str, Sequence[str]], names: Sequence[str]
) -> Filter:
    """Make a filter of the named parameters; MalformedError for a kind or state that
    there is not.
    """
    values_by_name = {
        name: tuple(filter(None, arguments.get(name, ()))) for name in names
    }
    crowded = [
        name for name, values in values_by_name.items() if len(values) > MAX_VALUES
    ]
    if crowded:
        raise MalformedError(
            f"Bộ lọc “{crowded[0]}” có quá {MAX_VALUES} giá trị; chọn ít hơn"
        )
    for name, values in values_by_name.items():
        values_by_name[name] = tuple(_value(profile, name, value) for value in values)
    kinds, states = values_by_name.pop("kind", ()), values_by_name.pop("state", ())
    unknown = [kind for kind in kinds if kind not in profile.kinds]
    if unknown:
        raise MalformedError(f"Không có loại đối tượng “{unknown[0][:40]}”")
    try:
        checked = tuple(State(state) for state in states)
    except ValueError as error:
        raise MalformedError(
            "Trạng thái không có trong danh sách: " + ", ".join(State)
        ) from error
    return Filter(
        kinds,
        checked,
        {name: values for name, values in values_by_name.items() if values},
    )


def _value(profile: Profile, name: str, value: str) -> str:
    """Return a value of a filter as the register writes it; MalformedError for what can
    be none.
    """
    if len(value) > _LONGEST_VALUE or not value.isprintable():
        raise MalformedError(
            f"Giá trị của bộ lọc “{name}” quá dài hoặc có ký tự lạ; chọn lại "
            "trong danh sách"
        )
    declared = (
        field.type
        for kind in profile.kinds.values()
        for dotted, field in kind.walk()
        if dotted == name
    )
    if name not in ("kind", "state") and Type.REFERENCE in declared:
        try:
            return str(UUID(value))
        except ValueError as error:
            raise MalformedError(
                f"“{value}” không phải là mã của một mục trong danh mục"
            ) from error
    return value
