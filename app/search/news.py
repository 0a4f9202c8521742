"""What is new in a search since a day, for whoever keeps it."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl
from uuid import UUID

from sqlalchemy.orm import Session

from app.errors import IndexLostError, MalformedError
from app.permissions import PUBLIC
from app.register import codes
from app.register.filters import RECORDED
from app.register.queries import EntryView, Register
from app.register.standing import moment
from app.search import service as search
from app.search.port import SearchIndex
from catalog_schema.profile import Profile

_ID = re.compile("[0-9a-f-]{36}")


def said(asked: str) -> str:
    """Return what a search's address asks for, as people say it: its words, then its
    filters.
    """
    return ", ".join(
        value if name == "q" else f"{name}: {value}" for name, value in parse_qsl(asked)
    )


def news(
    profile: Profile,
    index: SearchIndex,
    session: Session,
    asked: str,
    days: tuple[date, date],
) -> tuple[str, list[EntryView], int]:
    """Return what a search asks for, the first of what it finds that was recorded
    within days, and how much that is.

    It finds what the public may see. UnavailableError while the index cannot be asked.
    """
    given = dict[str, list[str]]()
    for name, value in parse_qsl(asked):
        given.setdefault(name, []).append(value)
    register = Register(session, profile, moment(session), PUBLIC)
    given["owner"] = _with_heirs(register, given.get("owner", []))
    try:
        wanted = replace(search.filters(profile, given), days={RECORDED: days})
        found = search.search(
            register, index, given.get("q", [""])[0], wanted, facets=()
        )
    except MalformedError:
        return said(asked), [], 0  # the profile knows no such filter any more
    if found.by_titles:
        raise IndexLostError("Chỉ mục tìm kiếm đang được dựng lại")
    return said(asked), [] if found.meant else found.items, found.total


def _with_heirs(register: Register, owners: list[str]) -> list[str]:
    """Return agencies with those that came after the ones that have ended, so that a
    search goes on finding what it was kept for.
    """
    ids = [UUID(owner) for owner in owners if _ID.fullmatch(owner)]
    names = [view.local_id for view in register.by_ids(ids).values()]
    return owners + [
        str(heir.id)
        for agency in codes.resolve(register, names)
        for hit in agency.hits
        for heir in hit.successors
    ]
