"""Opens the register for one request: which day, which journal row, which filters. Shared by pages and API."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Protocol
from urllib.parse import parse_qsl
from uuid import UUID

from sqlalchemy.orm import Session

from app import journal
from app.config import Settings
from app.db import Database
from app.errors import IndexLostError, MalformedError
from app.permissions import PUBLIC, Audience
from app.rdf.stores import TripleStore
from app.register.narrowing import RECORDED, Filter
from app.register.queries import EntryView, Register
from app.register.standing import State, moment
from app.search import service as search
from app.search.port import SearchIndex
from app.search.service import FILTERED
from app.workflow.practice import Practice
from catalog_schema.profile import Profile, Type

_LONGEST_VALUE = 100  # letters
MAX_VALUES = 20  # of one filter in one request


class Installation(Protocol):
    """What the faces need of the installation; the factory supplies it."""

    @property
    def settings(self) -> Settings:
        """The settings."""
        ...

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def profile(self) -> Profile:
        """The application profile."""
        ...

    @property
    def practice(self) -> Practice:
        """How the office works."""
        ...

    @property
    def key(self) -> bytes:
        """The installation's own secret."""
        ...

    @property
    def projections(self) -> tuple[journal.Projection, ...]:
        """Everything that follows the journal."""
        ...

    @property
    def store(self) -> TripleStore:
        """The triple store."""
        ...

    @property
    def index(self) -> SearchIndex:
        """The search index."""
        ...


@contextmanager
def register(
    installation: Installation, as_of: date | None, known_at: int | None, audience: Audience = PUBLIC
) -> Iterator[Register]:
    """Open the register at a moment as an audience sees it, for the length of the block."""
    with installation.database.reading() as session:
        yield Register(session, installation.profile, moment(session, as_of, known_at), audience)


def day(text: str | None) -> date | None:
    """Read a day typed as 31/12/2026 or 2026-12-31; None for nothing, MalformedError for anything else."""
    if not text or not text.strip():
        return None
    parts = text.strip().split("/")
    iso = "-".join(part.zfill(2) for part in reversed(parts)) if len(parts) == 3 else text.strip()  # noqa: PLR2004
    try:
        return date.fromisoformat(iso)
    except ValueError as error:
        raise MalformedError(f"“{text[:40]}” không phải một ngày; nhập dạng 31/12/2026") from error


def number(text: str | None) -> int | None:
    """Read a journal row's number; None for nothing, MalformedError for anything else."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004 - beyond any journal
        raise MalformedError("known_at (và snapshot) phải là số dòng nhật ký, chỉ gồm chữ số")
    return int(text)


def whole(text: str | None) -> int | None:
    """Read a whole number of a form or address, up to nine digits; None for anything else."""
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else None


def filters(profile: Profile, given: Mapping[str, Sequence[str]], names: Sequence[str]) -> Filter:
    """Make a filter of the named parameters; MalformedError for a kind or state that there is not."""
    wanted = {name: tuple(v for v in given.get(name, ()) if v) for name in names}
    crowded = [name for name, values in wanted.items() if len(values) > MAX_VALUES]
    if crowded:
        raise MalformedError(f"Bộ lọc “{crowded[0]}” có quá {MAX_VALUES} giá trị; chọn ít hơn")
    for name, values in wanted.items():
        wanted[name] = tuple(_value(profile, name, value) for value in values)
    kinds, states = wanted.pop("kind", ()), wanted.pop("state", ())
    unknown = [kind for kind in kinds if kind not in profile.kinds]
    if unknown:
        raise MalformedError(f"Không có loại đối tượng “{unknown[0][:40]}”")
    try:
        checked = tuple(State(state) for state in states)
    except ValueError as error:
        raise MalformedError("Trạng thái không có trong danh sách: " + ", ".join(State)) from error
    return Filter(kinds, checked, {name: values for name, values in wanted.items() if values})


def _value(profile: Profile, name: str, value: str) -> str:
    """Return a value of a filter as the register writes it; MalformedError for what can be none."""
    if len(value) > _LONGEST_VALUE or not value.isprintable():
        raise MalformedError(f"Giá trị của bộ lọc “{name}” quá dài hoặc có ký tự lạ; chọn lại trong danh sách")
    declared = (field.type for kind in profile.kinds.values() for dotted, field in kind.walk() if dotted == name)
    if name not in ("kind", "state") and Type.REFERENCE in declared:
        try:
            return str(UUID(value))
        except ValueError as error:
            raise MalformedError(f"“{value}” không phải là mã của một mục trong danh mục") from error
    return value


def said(asked: str) -> str:
    """Return what a search's address asks for, as people say it: its words, then its filters."""
    return ", ".join(value if name == "q" else f"{name}: {value}" for name, value in parse_qsl(asked))


def news(
    profile: Profile, index: SearchIndex, session: Session, asked: str, days: tuple[date, date]
) -> tuple[str, list[EntryView], int]:
    """Return what a search asks for, the first of what it finds that was recorded within days, and how much that is.

    It finds what the public may see. UnavailableError while the index cannot be asked.
    """
    given = dict[str, list[str]]()
    for name, value in parse_qsl(asked):
        given.setdefault(name, []).append(value)
    register = Register(session, profile, moment(session), PUBLIC)
    try:
        wanted = replace(filters(profile, given, FILTERED), days={RECORDED: days})
        found = search.search(register, index, given.get("q", [""])[0], wanted, facets=())
    except MalformedError:
        return said(asked), [], 0  # the profile knows no such filter any more
    if found.by_titles:
        raise IndexLostError("Chỉ mục tìm kiếm đang được dựng lại")
    return said(asked), [] if found.meant else found.items, found.total
