from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.clock import OPEN_END
from app.register.periods import Span, close, default_end, overlay, suspend

DAY = date(2026, 1, 1)
days = st.integers(0, 40).map(lambda n: DAY + timedelta(days=n))


def span(version, a, b):
    start, end = sorted((a, b))
    return Span(UUID(int=version), start, end + timedelta(days=1))


def holds(spans, day):
    return [s.version for s in spans if s.start <= day < s.end]


@st.composite
def timelines(draw):
    spans = []
    for version, (a, b) in enumerate(
        draw(st.lists(st.tuples(days, days), max_size=6)), start=1
    ):
        gone, added = overlay(spans, span(version, a, b))
        spans = [s for s in spans if s not in gone] + added
    return spans


@given(timelines(), days, days, days)
def test_a_suspension_gives_back_its_own_version_and_is_cut_as_one_with_it(
    spans, a, b, c
):
    new = replace(span(99, a, b), suspended=True)
    until = max(new.end, default_end(spans, new.start))

    gone, added = suspend(spans, new)
    after = [s for s in spans if s not in gone] + added

    for n in range(45):
        day = DAY + timedelta(days=n)
        covered = new.start <= day < until
        assert holds(after, day) == ([new.version] if covered else holds(spans, day))
    assert [s for s in after if s.suspended] == [new]
    if new.start <= c < until:
        assert default_end(after, c) == until


@given(timelines(), days, days)
def test_after_an_overlay_every_day_has_one_version_and_outside_it_nothing_changed(
    spans, a, b
):
    new = span(99, a, b)

    gone, added = overlay(spans, new)
    after = [s for s in spans if s not in gone] + added

    for n in range(45):
        day = DAY + timedelta(days=n)
        expected = [new.version] if new.start <= day < new.end else holds(spans, day)
        assert holds(after, day) == expected
        assert len(holds(after, day)) <= 1


@given(timelines(), days)
def test_after_closing_nothing_holds_from_that_day_and_all_before_is_as_it_was(
    spans, day
):
    gone, added = close(spans, day)
    after = [s for s in spans if s not in gone] + added

    for n in range(45):
        each = DAY + timedelta(days=n)
        assert holds(after, each) == ([] if each >= day else holds(spans, each))


def test_a_backdated_version_holds_until_the_next_one_begins():
    later = Span(UUID(int=1), date(2026, 3, 1), OPEN_END)

    assert default_end([later], date(2025, 1, 1)) == date(2026, 3, 1)
    assert default_end([later], date(2026, 4, 1)) == OPEN_END
