"""What is alike in everything that is measured: nothing before a day, no number without
bound, of each thing once in an act, and valid until it is corrected.
"""

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, and_, not_

from app.errors import FieldError, InvalidError
from app.register.queries import Register

# before which nothing that is recorded was measured: an earlier year is mistyped
EARLIEST = date(1990, 1, 1)
MOST = 10**15  # of anything that is counted
TWICE = "Nói hai lần về cùng một thứ; giữ một dòng"


def valid(register: Register, row: Any) -> ColumnElement[bool]:
    """Say that rows of a table of measurements (or its alias) are known at the
    register's moment and not corrected then.
    """
    known = register.at.known_at
    corrected = row.superseded_seq.is_not(None) & (row.superseded_seq <= known)
    return and_(row.recorded_seq <= known, not_(corrected))


class Keyed(Protocol):
    """A measurement of which two of one key cannot hold at once."""

    @property
    def key(self) -> Hashable:
        """What it is a measurement of."""


Measured = TypeVar("Measured", bound=Keyed)


def repeated(measured: Sequence[Measured]) -> list[int]:
    """Return the places of those whose key an earlier one has."""
    seen: set[Hashable] = set()
    places = []
    for place, one in enumerate(measured):
        if one.key in seen:
            places.append(place)
        seen.add(one.key)
    return places


def require_single(measured: Sequence[Measured]) -> None:
    """Raise InvalidError where two are of one key."""
    wrong = [FieldError(f"{place}", "repeated", TWICE) for place in repeated(measured)]
    if wrong:
        raise InvalidError(TWICE, wrong)
