"""What a query asks for, once it is understood: what every backend is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Match(StrEnum):
    """How a term is to be found."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"
    ANY = "any"


@dataclass(frozen=True)
class Term:
    """One thing to find; `words` are lower-case tokens with their marks, `field`
    narrows it to a field of the profile.

    `ANY` has alternatives instead: all terms of one of them are to be found.
    """

    match: Match
    words: tuple[str, ...]
    field: str | None = None
    alternatives: tuple[tuple["Term", ...], ...] = ()
    capitals: bool = False  # whether it was typed so: “CA” is no “ca”

    def flat(self) -> tuple["Term", ...]:
        """Return the terms that were typed: of alternatives the first."""
        return self.alternatives[0] if self.alternatives else (self,)


@dataclass(frozen=True)
class Query:
    """A query understood: terms that must all be found, and those that must not; facts;
    first and last days.

    `days`: a date of the content by its dotted field, `VALID_FROM` or `RECORDED` → the
    days between which it lies.
    """

    terms: tuple[Term, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: tuple[Term, ...] = ()
    days: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    # short forms of several things, with their full forms
    readings: Mapping[str, Sequence[str]] = field(default_factory=dict)
