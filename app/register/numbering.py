"""Which code comes next under a parent: the rule is the parent code's own, and no code
is ever given out twice.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.register.models import Entry
from catalog_schema import identifiers
from catalog_schema.identifiers import AgencyCode

CODE = "identifier-code"


def following(
    session: Session,
    parent: AgencyCode,
    rule: dict[str, Any],
    taken: Collection[str] = (),
) -> AgencyCode:
    """Return the next code under `parent`: after the highest that was ever entered or
    reserved, and not in `taken`.

    `rule`: `width`, to which numbers are filled with zeros, and `start`. Without a
    width the codes that are there say it. ConflictError when the code would be longer
    than QĐ 20/2020 allows.
    """
    known = _children(session, parent)
    groups = [
        code.groups[-1]
        for code in map(AgencyCode, known)
        if code.parent == parent and code.groups[-1].isdigit()
    ]
    filled = (len(group) for group in groups if group.startswith("0"))
    width = rule.get("width") or max(filled, default=1)
    start = int(rule.get("start", 1))
    number = max([start, *(int(group) + 1 for group in groups)])
    while (value := f"{parent.value}.{number:0{width}d}") in taken:
        number += 1
    if len(value) > identifiers.MAX_LENGTH:
        raise ConflictError(
            f"Mã {value} dài quá {identifiers.MAX_LENGTH} ký tự; dùng mã cấp "
            "trên ngắn hơn"
        )
    return AgencyCode(value)


def used(session: Session, value: str) -> bool:
    """Tell whether a code was ever entered, whatever has become of it."""
    return (
        session.scalar(
            select(Entry.id).where(Entry.kind == CODE, Entry.local_id == value)
        )
        is not None
    )


def _children(session: Session, parent: AgencyCode) -> list[str]:
    query = select(Entry.local_id).where(
        Entry.kind == CODE,
        Entry.local_id.startswith(parent.value + ".", autoescape=True),
    )
    return [str(value) for value in session.scalars(query)]
