from datetime import UTC, date, datetime, timedelta

import pytest
from support import agency, database

from app import clock, journal
from app.clock import OPEN_START
from app.errors import MalformedError, NotFoundError
from app.permissions import Action, Audience, Role
from app.register import queries
from app.register.filters import Filter
from app.register.standing import State
from app.workflow.proposals.models import ProposalType
from catalog_schema.profile import Visibility


def amend(office, entry, content, **kw):
    return office.enter(
        "agency", content, type=ProposalType.AMEND, entry_id=entry, **kw
    )


def names(office, entry, **kw):
    view = office.get(entry, **kw)
    return view.title, view.state


def test_an_entry_is_what_it_was_on_the_day_that_is_asked_for(office):
    entry = office.enter("agency", agency("Sở A"), effective_from=date(2020, 1, 1))
    amend(office, entry, agency("Sở B"), effective_from=date(2025, 3, 1))

    assert names(office, entry, as_of=date(2019, 12, 31)) == ("Sở A", State.NOT_YET)
    assert names(office, entry, as_of=date(2025, 2, 28)) == ("Sở A", State.IN_FORCE)
    assert names(office, entry, as_of=date(2025, 3, 1)) == ("Sở B", State.IN_FORCE)


def test_a_backdated_decision_does_not_rewrite_answers_already_given(office):
    entry = office.enter("agency", agency("Sở A"), effective_from=date(2020, 1, 1))
    with office.reading() as found:
        before = found.at.known_at
    amend(office, entry, agency("Sở B"), effective_from=date(2021, 1, 1))

    assert names(office, entry, as_of=date(2022, 1, 1), known_at=before) == (
        "Sở A",
        State.IN_FORCE,
    )
    assert names(office, entry, as_of=date(2022, 1, 1)) == ("Sở B", State.IN_FORCE)


def test_a_backdated_amendment_holds_only_until_the_next_version(office):
    entry = office.enter("agency", agency("Sở A"), effective_from=date(2020, 1, 1))
    amend(office, entry, agency("Sở C"), effective_from=date(2025, 1, 1))
    amend(office, entry, agency("Sở B"), effective_from=date(2022, 1, 1))

    assert [
        names(office, entry, as_of=date(y, 6, 1))[0] for y in (2020, 2022, 2024, 2025)
    ] == [
        "Sở A",
        "Sở B",
        "Sở B",
        "Sở C",
    ]


def test_ending_keeps_everything_and_says_so(office):
    entry = office.enter("agency", agency("Sở A"), effective_from=date(2020, 1, 1))
    office.enter(
        "agency",
        agency("Sở A"),
        type=ProposalType.END,
        entry_id=entry,
        effective_from=date(2025, 3, 1),
    )

    assert names(office, entry, as_of=date(2025, 2, 28)) == ("Sở A", State.IN_FORCE)
    assert names(office, entry, as_of=date(2025, 3, 1)) == ("Sở A", State.ENDED)


def test_suspending_is_a_state_and_amending_resumes(office):
    land = office.land(effective_from=date(2026, 1, 1))
    view = office.get(land)
    content = database(str(office.department), view.content["legal_basis"][0])
    office.enter(
        "shared-database",
        content,
        type=ProposalType.SUSPEND,
        entry_id=land,
        effective_from=date(2026, 2, 1),
    )
    office.enter(
        "shared-database",
        content,
        type=ProposalType.AMEND,
        entry_id=land,
        effective_from=date(2026, 3, 1),
    )

    states = [
        office.get(land, as_of=date(2026, month, 15)).state for month in (1, 2, 3)
    ]

    assert states == [State.IN_FORCE, State.SUSPENDED, State.IN_FORCE]


def test_a_suspension_for_a_while_ends_by_itself_with_what_was_suspended_and_later_orders_outlast_it(
    office,
):
    land = office.land(effective_from=date(2026, 1, 1))
    content = database(
        str(office.department), office.get(land).content["legal_basis"][0]
    )
    days = {"effective_from": date(2027, 2, 1), "effective_to": date(2027, 3, 1)}
    office.enter(
        "shared-database", content, type=ProposalType.SUSPEND, entry_id=land, **days
    )

    def seen():
        found = [office.get(land, as_of=date(2027, month, 15)) for month in (1, 2, 3)]
        return [(view.state, view.number) for view in found]

    shared, suspended = State.IN_FORCE, State.SUSPENDED
    assert seen() == [(shared, 1), (suspended, 2), (shared, 2)]
    amended = {**content, "title": {"vi": "Tên mới"}}
    office.enter(
        "shared-database",
        amended,
        type=ProposalType.AMEND,
        entry_id=land,
        effective_from=date(2027, 2, 10),
    )
    begins = {"effective_from": date(2027, 2, 12)}
    # amending resumes, for good
    assert seen() == [
        (shared, 1),
        (shared, 3),
        (shared, 3),
    ]
    office.enter(
        "shared-database",
        content,
        type=ProposalType.SUSPEND,
        entry_id=land,
        **{**days, **begins},
    )
    # once more, and nobody knows till when
    office.enter(
        "shared-database", content, type=ProposalType.SUSPEND, entry_id=land, **begins
    )
    assert seen() == [(shared, 1), (suspended, 5), (suspended, 5)]


def test_confirming_leaves_a_trace_and_changes_no_version(office):
    entry = office.enter("agency", agency("Sở A"))
    before = office.get(entry)

    office.enter("agency", agency("Sở A"), type=ProposalType.CONFIRM, entry_id=entry)

    assert office.get(entry) == before
    with office.system.database.reading() as session:
        assert "entry.confirmed" in {row.action for row in journal.rows(session)}


def test_an_unknown_start_holds_for_every_earlier_day(office):
    entry = office.enter("agency", agency("Sở A"), effective_from=OPEN_START)

    assert names(office, entry, as_of=date(1976, 1, 1)) == ("Sở A", State.IN_FORCE)


def test_a_local_identifier_is_sequential_and_the_iri_is_kept(office):
    first, second = (
        office.get(office.enter("agency", agency(f"Sở {n}"))) for n in "XY"
    )

    assert (first.local_id, second.local_id) == ("CQ-0003", "CQ-0004")
    assert first.iri == "https://danhmuc.example/id/co-quan/CQ-0003"


def test_a_withdrawn_draft_uses_up_no_identifier(office):
    draft = office.propose("agency", agency("Sở Nháp"))
    office.act(draft, Action.WITHDRAW, Role.REGISTRAR)

    assert office.get(office.enter("agency", agency("Sở Thật"))).local_id == "CQ-0003"


def test_what_is_only_proposed_is_nowhere(office):
    draft = office.propose("agency", agency("Sở Chưa Duyệt"))
    office.act(draft, Action.SUBMIT, Role.REGISTRAR)

    with office.reading() as found:
        assert "Sở Chưa Duyệt" not in {view.title for view in found.all(Filter())}
        assert found.count(Filter()) == 2


def test_lists_page_by_key_in_vietnamese_order(office):
    for name in ("Ở", "Đ", "Ă", "A", "Á", "D", "Z"):
        office.enter("agency", agency(name))

    titles, after = [], None
    with office.reading() as found:
        while True:
            items, after = found.page(Filter(), after=after, limit=2)
            titles += [view.title for view in items]
            if after is None:
                break

    assert [t for t in titles if len(t) == 1] == ["A", "Á", "Ă", "D", "Đ", "Ở", "Z"]
    assert len(titles) == 9


def test_facts_answer_who_uses_this(office):
    land = office.land()

    with office.reading() as found:
        users = found.uses(office.department)

    named = {(use.field, view.id, use.total) for use in users for view in use.views}
    assert {("owner", land, 1), ("data_items.updater", land, 1)} <= named


def test_a_filter_on_a_field_that_the_reader_may_not_see_is_refused(office):
    office.land()

    with office.reading() as found, pytest.raises(MalformedError):
        found.count(Filter(facts={"security_level": ("3",)}))
    with office.reading(audience=Audience(Visibility.OWNER)) as found:
        assert found.count(Filter(facts={"security_level": ("3",)})) == 0


def test_the_owner_sees_its_own_entry_whole_and_others_only_their_part(office):
    land = office.land(security_level=3)

    def seen(audience):
        with office.reading(audience=audience) as found:
            return set(found.by_ids([land])[land].content)

    public = seen(Audience(Visibility.PUBLIC))
    state = seen(Audience(Visibility.STATE, office.other))
    owner = seen(Audience(Visibility.STATE, office.department))
    assert {"evidence", "security_level", "confirmed_by"}.isdisjoint(public)
    assert "evidence" in state
    assert "security_level" not in state
    assert {"evidence", "security_level", "confirmed_by"} <= owner


def test_a_moment_beyond_the_journal_is_refused(office):
    with pytest.raises(MalformedError), office.reading(known_at=10_000_000):
        pass


def test_before_the_first_row_nothing_is_known(office):
    with office.reading(known_at=0) as found:
        assert found.count(Filter()) == 0
        with pytest.raises(NotFoundError):
            found.get("agency", "CQ-0001")


def test_what_begins_on_a_day_is_announced_on_that_day_once(office):
    entry = office.enter(
        "agency", agency("Sở Mai"), effective_from=clock.today() + timedelta(days=3)
    )
    office.system.follow()
    later = datetime.now(UTC) + timedelta(days=5)

    with clock.frozen(later):
        office.system.follow()
        office.system.follow()

    with office.system.database.reading() as session:
        announced = [
            row.entry_id for row in journal.rows(session) if row.action == "entry.day"
        ]
    assert announced.count(entry) == 1


def test_few_of_a_kind_and_many_are_listed_alike(office, monkeypatch):
    day = clock.today()
    for name, start in (
        ("Sở A", day - timedelta(days=9)),
        ("Sở B", day + timedelta(days=9)),
    ):
        office.enter("agency", agency(name), effective_from=start)
    ended = office.enter(
        "agency", agency("Sở C"), effective_from=day - timedelta(days=9)
    )
    office.enter(
        "agency",
        {},
        type=ProposalType.END,
        entry_id=ended,
        effective_from=day - timedelta(days=1),
    )

    def listed():
        with office.reading() as found:
            return [
                found.count(Filter(("agency",))),
                *found.standings(Filter(("agency",))),
            ]

    few = listed()
    monkeypatch.setattr(queries, "_FEW", 0)

    assert listed() == few
    assert {one.state for one in few[1:]} == {
        State.IN_FORCE,
        State.NOT_YET,
        State.ENDED,
    }
