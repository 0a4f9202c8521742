"""How the thing itself stands on a day: a law that is repealed, a code that is closed,
an agency that was dissolved. What the register says of its entry is `standing.State`.

It follows from what the entry says of the thing and the day that is asked about, never
from what is stored as computed, and never from the clock: so nothing has to change at
midnight, and the same question has the same answer for ever. What is said without a day
("no longer in force") holds from the first day of the version that says so or, where
that is not known, from the day on which it was recorded; of days before nobody knows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app import clock
from app.clock import OPEN_START
from app.register.content.hashing import Content
from app.register.standing import PRESENT, State


class Condition(StrEnum):
    """How a thing stands on a day."""

    IN_FORCE = "in-force"
    NOT_YET = "not-yet"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    ENDED = "ended"
    UNDETERMINED = "undetermined"
    START_UNKNOWN = "start-unknown"
    IN_USE = "in-use"
    RESERVED = "reserved"
    CLOSED = "closed"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class ThingState:
    """How a thing stands; `since` is the first day of that where it is known,
    `successors` what came in its place.
    """

    condition: Condition
    since: date | None = None
    successors: tuple[UUID, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the thing is no more, or no longer what it was."""
        return self.condition in OVER


STANDING = frozenset({Condition.IN_FORCE, Condition.IN_USE})
OVER = frozenset(
    {Condition.LAPSED, Condition.ENDED, Condition.CLOSED, Condition.CORRECTED}
)
_OF_STATE = {
    State.IN_FORCE: Condition.IN_FORCE,
    State.NOT_YET: Condition.NOT_YET,
    State.SUSPENDED: Condition.SUSPENDED,
    State.ENDED: Condition.ENDED,
}


@dataclass(frozen=True)
class Told:
    """What is known of a thing: the state of its entry and the days for which that
    holds, when it was recorded, what the entry says, and the day asked about.
    """

    state: State
    valid_from: date
    valid_to: date
    recorded_at: datetime
    content: Content
    day: date

    @property
    def unsaid(self) -> bool:
        """Whether the day lies before what the entry says is known to hold."""
        known = self.valid_from
        if known == OPEN_START:
            known = clock.local(self.recorded_at).date()
        return self.day < known

    def date(self, name: str, group: str = "") -> date | None:
        """Return a day that the entry says."""
        held = self.content.get(group, {}) if group else self.content
        value = held.get(name)
        return date.fromisoformat(value) if value else None

    def named(self, *names: str) -> tuple[UUID, ...]:
        """Return the entries that the first of these fields names that names any."""
        for name in names:
            value = self.content.get(name) or ()
            values = [value] if isinstance(value, str) else value
            if values:
                return tuple(UUID(target) for target in values)
        return ()


def of(kind: str, known: Told, *, corrected: bool = False) -> ThingState:
    """Return how a thing of a kind stands."""
    if corrected:
        return ThingState(Condition.CORRECTED)
    if kind in _BY_THEIR_OWN_DAYS:
        return _BY_THEIR_OWN_DAYS[kind](known)
    if known.state in PRESENT and kind in _OF_KIND:
        return _OF_KIND[kind](known)
    return _entry(known)


def _entry(known: Told) -> ThingState:
    """A thing of which nothing else is known stands as its entry does."""
    condition = _OF_STATE[known.state]
    if condition is not Condition.ENDED:
        return ThingState(condition)
    successors = known.named("successor", "successors", "replaced_by")
    return ThingState(condition, known.valid_to, successors)


def _law(known: Told) -> ThingState:
    """A law is in force from one day to before another."""
    start, end = known.date("in_force_from"), known.date("in_force_to")
    status = known.content.get("status")
    if end is not None and end <= known.day:
        return ThingState(Condition.LAPSED, end, known.named("repealed_by"))
    begun = start or known.date("issued")
    if begun is not None and known.day < begun:
        return ThingState(Condition.NOT_YET, start)
    if status == "chua-xac-dinh" or (start is None and known.unsaid):
        return ThingState(Condition.UNDETERMINED)
    if status == "het-hieu-luc" and end is None:
        repealed = known.named("repealed_by")
        condition = Condition.UNDETERMINED if known.unsaid else Condition.LAPSED
        return ThingState(condition, None, repealed)
    return ThingState(Condition.IN_FORCE, start)


def _code(known: Told) -> ThingState:
    """A code is in use from one day to before another, where these are known."""
    start = known.date("start", "validity") or known.date("issued")
    end, status = known.date("end", "validity"), known.content.get("status")
    successors = known.named("successors", "holder")
    if end is not None and end <= known.day:
        return ThingState(Condition.CLOSED, end, successors)
    if start is not None and known.day < start:
        return ThingState(Condition.RESERVED, start)
    if status == "da-dong" and end is None and not known.unsaid:
        return ThingState(Condition.CLOSED, None, successors)
    if status == "du-kien":
        return ThingState(Condition.RESERVED)
    unknown_start = start is None and known.unsaid
    closed_later = status == "da-dong" and (end is None or unknown_start)
    if status == "chua-xac-dinh" or closed_later:
        return ThingState(Condition.UNDETERMINED)
    if unknown_start:
        return ThingState(Condition.START_UNKNOWN)
    return ThingState(Condition.IN_USE, start)


def _agency(known: Told) -> ThingState:
    """An agency is there until it is dissolved."""
    dissolved = known.date("dissolved")
    if dissolved is not None and dissolved <= known.day:
        return ThingState(Condition.ENDED, dissolved, known.named("successor"))
    return _entry(known)


def _succession(known: Told) -> ThingState:
    """A succession takes effect on its day."""
    day = known.date("date")
    if day is not None and known.day < day:
        return ThingState(Condition.NOT_YET, day)
    return ThingState(Condition.IN_FORCE, day)


def _standard(known: Told) -> ThingState:
    """A standard says that it is no longer in force, and not since when; of days before
    it was recorded it only tells whether it was issued.
    """
    issued = known.date("issued")
    if issued is not None and known.day < issued:
        return ThingState(Condition.NOT_YET, issued)
    status = known.content.get("status")
    over = status == "het-hieu-luc"
    if issued is None and known.unsaid and not over:
        return ThingState(Condition.START_UNKNOWN)
    if status == "chua-xac-dinh" or (over and known.unsaid):
        return ThingState(Condition.UNDETERMINED)
    return ThingState(Condition.LAPSED) if over else _entry(known)


# what was so before the register heard of it, and is so whatever becomes of its entry
_BY_THEIR_OWN_DAYS: Mapping[str, Callable[[Told], ThingState]] = {
    "legal-document": _law,
    "succession": _succession,
}
# what lives as long as its entry, if not shorter
_OF_KIND: Mapping[str, Callable[[Told], ThingState]] = {
    "identifier-code": _code,
    "agency": _agency,
    "data-standard": _standard,
}


_NOTES = frozenset({"status_note"})
# by kind: the day on which a thing ends, and what is said of its end
_ENDS: Mapping[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "legal-document": (
        ("", "in_force_to"),
        ("in_force_to", "repealed_by", "status"),
    ),
    "identifier-code": (
        ("validity", "end"),
        ("closed_by", "closing_reason", "successors", "status"),
    ),
    "agency": (("", "dissolved"), ("dissolved", "successor")),
}


def without_its_end(kind: str, content: Content, day: date) -> Content:
    """Return what an entry said on a day that is past: without what it says of an end
    that came later, and without notes, which are of today.
    """
    if kind not in _ENDS:
        return content
    content = {name: value for name, value in content.items() if name not in _NOTES}
    (group, name), of_its_end = _ENDS[kind]
    end = (content.get(group, {}) if group else content).get(name)
    if not end or date.fromisoformat(end) <= day:
        return content
    cut = {field: value for field, value in content.items() if field not in of_its_end}
    if group:
        cut[group] = {
            field: value for field, value in content[group].items() if field != name
        }
    return cut
