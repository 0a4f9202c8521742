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


def of(kind: str, told: Told, *, corrected: bool = False) -> ThingState:
    """Return how a thing of a kind stands."""
    if corrected:
        return ThingState(Condition.CORRECTED)
    if kind in _BY_THEIR_OWN_DAYS:
        return _BY_THEIR_OWN_DAYS[kind](told)
    if told.state in PRESENT and kind in _OF_KIND:
        return _OF_KIND[kind](told)
    return _entry(told)


def _entry(told: Told) -> ThingState:
    """A thing of which nothing else is known stands as its entry does."""
    condition = _OF_STATE[told.state]
    if condition is not Condition.ENDED:
        return ThingState(condition)
    successors = told.named("successor", "successors", "replaced_by")
    return ThingState(condition, told.valid_to, successors)


def _law(told: Told) -> ThingState:
    """A law is in force from one day to before another."""
    start, end = told.date("in_force_from"), told.date("in_force_to")
    status = told.content.get("status")
    if end is not None and end <= told.day:
        return ThingState(Condition.LAPSED, end, told.named("repealed_by"))
    begun = start or told.date("issued")
    if begun is not None and told.day < begun:
        return ThingState(Condition.NOT_YET, start)
    if status == "chua-xac-dinh" or (start is None and told.unsaid):
        return ThingState(Condition.UNDETERMINED)
    if status == "het-hieu-luc" and end is None:
        repealed = told.named("repealed_by")
        condition = Condition.UNDETERMINED if told.unsaid else Condition.LAPSED
        return ThingState(condition, None, repealed)
    return ThingState(Condition.IN_FORCE, start)


def _code(told: Told) -> ThingState:
    """A code is in use from one day to before another, where these are known."""
    start = told.date("start", "validity") or told.date("issued")
    end, status = told.date("end", "validity"), told.content.get("status")
    successors = told.named("successors", "holder")
    if end is not None and end <= told.day:
        return ThingState(Condition.CLOSED, end, successors)
    if start is not None and told.day < start:
        return ThingState(Condition.RESERVED, start)
    if status == "da-dong" and end is None and not told.unsaid:
        return ThingState(Condition.CLOSED, None, successors)
    if status == "du-kien":
        return ThingState(Condition.RESERVED)
    unknown_start = start is None and told.unsaid
    closed_later = status == "da-dong" and (end is None or unknown_start)
    if status == "chua-xac-dinh" or closed_later:
        return ThingState(Condition.UNDETERMINED)
    if unknown_start:
        return ThingState(Condition.START_UNKNOWN)
    return ThingState(Condition.IN_USE, start)


def _agency(told: Told) -> ThingState:
    """An agency is there until it is dissolved."""
    dissolved = told.date("dissolved")
    if dissolved is not None and dissolved <= told.day:
        return ThingState(Condition.ENDED, dissolved, told.named("successor"))
    return _entry(told)


def _succession(told: Told) -> ThingState:
    """A succession takes effect on its day."""
    day = told.date("date")
    if day is not None and told.day < day:
        return ThingState(Condition.NOT_YET, day)
    return ThingState(Condition.IN_FORCE, day)


def _standard(told: Told) -> ThingState:
    """A standard says that it is no longer in force, and not since when; of days before
    it was recorded it only tells whether it was issued.
    """
    issued = told.date("issued")
    if issued is not None and told.day < issued:
        return ThingState(Condition.NOT_YET, issued)
    status = told.content.get("status")
    over = status == "het-hieu-luc"
    if issued is None and told.unsaid and not over:
        return ThingState(Condition.START_UNKNOWN)
    if status == "chua-xac-dinh" or (over and told.unsaid):
        return ThingState(Condition.UNDETERMINED)
    return ThingState(Condition.LAPSED) if over else _entry(told)


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
    (group, name), said = _ENDS[kind]
    end = (content.get(group, {}) if group else content).get(name)
    if not end or date.fromisoformat(end) <= day:
        return content
    told = {field: value for field, value in content.items() if field not in said}
    if group:
        told[group] = {
            field: value for field, value in content[group].items() if field != name
        }
    return told
