"""Drafts: what is filled in beforehand, what is saved, who is told of whom, what merges, what is confirmed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support import agency, database

from app import clock
from app.accounts import service as accounts
from app.errors import (
    ConflictError,
    ForbiddenError,
    FourEyesError,
    InvalidError,
    NotFoundError,
    SetupError,
    StaleError,
    TransitionError,
)
from app.permissions import Action, Role
from app.register import service as register
from app.register.latest_versions import latest_version
from app.register.service import Order
from app.workflow.proposals import diff, drafting, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.drafting import QUICK, Save
from app.workflow.proposals.inputs import Answer, Remark
from app.workflow.proposals.models import Contribution, Involvement, ProposalType
from app.workflow.time import confirmations, working_days
from catalog_schema.profile import Stage

KIND = "shared-database"
CALENDAR = working_days.load(None)


def kind(office):
    return office.system.profile.kinds[KIND]


def draft(office, who=Role.REGISTRAR, **more):
    content = {**database(str(office.actors[who].agency_id), str(office.law())), **more}
    return office.propose(KIND, content, who)


def save(
    office,
    proposal_id,
    values,
    *,
    name="general",
    seal=None,
    form="f1",
    who=Role.REGISTRAR,
):
    with office.desk(who) as desk:
        proposal = proposals.get(desk, proposal_id)
        fields = drafting.section_fields(kind(office), name)
        seal = drafting.seal(fields, proposal.content) if seal is None else seal
        return drafting.save(desk, proposal, Save(fields, values, seal, form)).content


def seal_of(office, proposal_id, name="general"):
    with office.desk() as desk:
        return drafting.seal(
            drafting.section_fields(kind(office), name),
            proposals.get(desk, proposal_id).content,
        )


def review(office, proposal_id):
    office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR)
    office.act(proposal_id, Action.TAKE, Role.REVIEWER)


def test_a_new_draft_knows_its_agency_post_and_what_the_agency_said_before(office):
    office.land()

    with office.desk() as desk:
        content = drafting.blank(desk, kind(office))

    assert content["owner"] == str(office.department)
    assert content["contact_point"]["email"] == "cntt@so.example"
    assert content["legal_basis"]
    assert content["record_kind"] == "goc"
    assert content["confirmed_by"] == "registrar"


def test_an_agency_without_entries_starts_with_its_post(office):
    with office.desk("elsewhere") as desk:
        content = drafting.blank(desk, kind(office))

    assert content["contact_point"] == {"post": "registrar"}
    assert "legal_basis" not in content


def test_a_copy_keeps_our_words_and_marks_what_was_copied(office):
    entry = office.land()
    source = office.get(entry)

    with office.desk("elsewhere") as desk:
        request = drafting.copy(desk, kind(office), source.content)
        proposal = service.propose(desk, request)
        copied, content = proposal.copied, proposal.content

    assert content["owner"] == str(office.other)
    assert "title" in copied
    assert "owner" not in copied
    assert "key" not in content["data_items"][0]


def test_saving_a_section_looks_at_what_was_copied(office):
    entry = office.land()
    source = office.get(entry)
    with office.desk("elsewhere") as desk:
        proposal_id = service.propose(
            desk, drafting.copy(desk, kind(office), source.content)
        ).id

    save(office, proposal_id, {"title": {"vi": "Khác"}}, who="elsewhere")

    with office.desk("elsewhere") as desk:
        left = proposals.get(desk, proposal_id).copied
    assert "title" not in left
    assert "data_items" in left


def test_a_section_is_saved_invalid_and_leaves_the_others_alone(office):
    proposal_id = draft(office)

    content = save(
        office, proposal_id, {"title": {"vi": "x" * 400}, "category": "không có"}
    )

    assert content["title"] == {"vi": "x" * 400}
    assert content["category"] == "không có"
    assert content["frequency"] == "DAILY"
    assert "purpose" not in content


def test_a_stale_form_is_refused_and_nothing_of_the_other_is_lost(office):
    proposal_id = draft(office)
    opened = seal_of(office, proposal_id)
    save(office, proposal_id, {"title": {"vi": "Của người trước"}}, form="a")

    with pytest.raises(StaleError):
        save(
            office,
            proposal_id,
            {"title": {"vi": "Của người sau"}},
            seal=opened,
            form="b",
        )
    with office.desk() as desk:
        assert (
            proposals.get(desk, proposal_id).content["title"]["vi"] == "Của người trước"
        )


def test_a_form_is_not_stale_to_its_own_autosave_nor_to_another_section(office):
    proposal_id = draft(office)
    opened = seal_of(office, proposal_id)

    save(office, proposal_id, {"title": {"vi": "Một"}}, form="a")
    save(office, proposal_id, {"frequency": "WEEKLY"}, name="content", form="b")
    content = save(
        office,
        proposal_id,
        {"title": {"vi": "Hai"}},
        seal=seal_of(office, proposal_id),
        form="c",
    )

    assert content["title"]["vi"] == "Hai"
    proposal_id = draft(office, title={"vi": "Ba"})
    opened = seal_of(office, proposal_id)
    save(office, proposal_id, {"title": {"vi": "Bốn"}}, seal=opened, form="a")
    assert (
        save(office, proposal_id, {"title": {"vi": "Năm"}}, seal=opened, form="a")[
            "title"
        ]["vi"]
        == "Năm"
    )


def test_saving_what_is_there_changes_nothing(office):
    proposal_id = draft(office)
    with office.desk() as desk:
        proposal = proposals.get(desk, proposal_id)
        before = proposal.lock_version
        fields = drafting.section_fields(kind(office), "general")
        values = {
            f.name: proposal.content[f.name]
            for f in fields
            if f.name in proposal.content
        }

    save(office, proposal_id, values)

    with office.desk() as desk:
        assert proposals.get(desk, proposal_id).lock_version == before


def test_the_quick_section_holds_what_sending_asks_for_and_no_more(office):
    names = {field.name for field in drafting.section_fields(kind(office), QUICK)}

    assert "title" in names
    assert "data_items" not in names
    assert len(names) <= 10
    assert drafting.section_fields(kind(office), "khong-co") == ()


def test_what_is_missing_is_named_by_section(office):
    with office.desk() as desk:
        parts = drafting.parts(
            desk.profile, kind(office), {"title": {"vi": "A"}, "record_kind": "goc"}
        )
        done, asked = drafting.required(
            desk.profile, kind(office), {"title": {"vi": "A"}}, Stage.SUBMIT
        )

    general = next(part for part in parts if part.name == "general")
    assert "purpose" in {field.name for field in general.missing}
    assert not general.complete
    assert (done, asked) < (asked, asked)


def test_what_a_reviewer_mends_is_theirs_and_bars_them_from_approving_only(office):
    proposal_id = draft(office)
    review(office, proposal_id)

    save(
        office,
        proposal_id,
        {**_general(office, proposal_id), "scope": {"vi": "Cả tỉnh"}},
        who=Role.REVIEWER,
    )

    with office.desk(Role.REVIEWER) as desk:
        proposal = proposals.get(desk, proposal_id)
        actions = [one.action for one in proposal.revisions]
        part = desk.session.get(Involvement, (proposal_id, desk.actor.person_id)).part
        assert service.bars(desk, proposal, Action.APPROVE)
        assert not service.bars(desk, proposal, Action.RECOMMEND)
    assert actions == ["submit", "mend"]
    assert part == Contribution.EDITOR
    assert office.act(proposal_id, Action.RECOMMEND, Role.REVIEWER) == "recommended"


def _general(office, proposal_id):
    with office.desk(Role.REVIEWER) as desk:
        content = proposals.get(desk, proposal_id).content
    return {
        f.name: content[f.name]
        for f in drafting.section_fields(kind(office), "general")
        if f.name in content
    }


def test_an_author_who_also_reviews_may_not_mend(office):
    proposal_id = draft(office)
    office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR)
    office.act(proposal_id, Action.TAKE, Role.REVIEWER)
    author = office.actors[Role.REGISTRAR]
    office.actors["both"] = office.actors[Role.REVIEWER].__class__(
        author.person_id, author.post_id, Role.REVIEWER, author.agency_id
    )

    with pytest.raises(FourEyesError):
        office.act(proposal_id, Action.MEND, "both", content={})


def test_a_thread_is_answered_by_the_agency_and_closed_by_its_opener(office):
    proposal_id = draft(office)
    review(office, proposal_id)
    office.act(
        proposal_id,
        Action.RETURN,
        Role.REVIEWER,
        remarks=(Remark("scope", "Nêu rõ"),),
        reason="Bổ sung",
    )
    with office.desk() as desk:
        (finding,) = proposals.open_remarks(proposals.get(desk, proposal_id))
        finding_id = finding.id
    with pytest.raises(InvalidError):
        office.act(proposal_id, Action.REPLY, Role.REGISTRAR, answers=())
    office.act(
        proposal_id,
        Action.REPLY,
        Role.REGISTRAR,
        answers=(Answer(finding_id, "", mended=True),),
    )
    review(office, proposal_id)

    with office.desk(Role.REVIEWER) as desk:
        proposal = proposals.get(desk, proposal_id)
        thread = proposals.replies(desk.session, proposals.open_remarks(proposal))[
            finding_id
        ]
        answered = [(one.message, one.mended) for one in thread]
    assert answered == [("Cơ quan báo đã sửa", True)]
    with pytest.raises(ForbiddenError):
        office.act(proposal_id, Action.RESOLVE, Role.APPROVER, resolved=(finding_id,))
    with pytest.raises(InvalidError, match="chưa được đóng"):
        office.act(proposal_id, Action.RECOMMEND, Role.REVIEWER)
    office.act(proposal_id, Action.RESOLVE, Role.REVIEWER, resolved=(finding_id,))
    assert office.act(proposal_id, Action.RECOMMEND, Role.REVIEWER) == "recommended"


def test_what_was_sent_is_kept_for_each_round(office):
    proposal_id = draft(office)
    review(office, proposal_id)
    office.act(
        proposal_id,
        Action.RETURN,
        Role.REVIEWER,
        remarks=(Remark("scope", "Nêu rõ"),),
        reason="Bổ sung",
    )
    save(office, proposal_id, {"scope": {"vi": "Rõ hơn"}, "title": {"vi": "T"}})
    with office.desk() as desk:
        proposal = proposals.get(desk, proposal_id)
        sent = proposals.last_sent(proposal)
        changes = diff.changed(
            diff.compare(kind(office).fields, sent.content, proposal.content)
        )

        kept = sent.content["scope"]

    assert "scope" in {change.name for change in changes}
    assert kept == {"vi": "Toàn tỉnh"}


def test_two_proposals_on_one_entry_are_told_of_each_other(office):
    entry = office.land()
    content = office.get(entry).content
    first = office.propose(KIND, content, type=ProposalType.AMEND, entry_id=entry)
    second = office.propose(KIND, content, type=ProposalType.AMEND, entry_id=entry)

    with office.desk() as desk:
        told = proposals.others(desk, proposals.get(desk, first))
        assert [one.id for one in told] == [second]
        assert len(proposals.open_on(desk, entry)) == 2
    with office.desk("elsewhere") as desk:
        assert proposals.open_on(desk, entry) == []


def test_a_superseded_proposal_is_merged_before_it_goes_on(office):
    entry = office.land()
    with office.desk() as desk:
        latest = latest_version(desk.session, entry).content
    late = office.propose(
        KIND,
        {**latest, "scope": {"vi": "Của tôi"}},
        type=ProposalType.AMEND,
        entry_id=entry,
    )
    office.enter(
        KIND, {**latest, "frequency": "WEEKLY"}, type=ProposalType.AMEND, entry_id=entry
    )

    with pytest.raises(ConflictError, match="phiên bản mới hơn"):
        office.act(late, Action.SUBMIT, Role.REGISTRAR)
    with office.desk() as desk:
        newest, merged = drafting.rebase(desk, proposals.get(desk, late))
        assert merged.conflicts == ()
        newest_id, content = newest.id, merged.content
    office.act(late, Action.REBASE, Role.REGISTRAR, content=content, base=newest_id)
    review(office, late)
    office.act(late, Action.RECOMMEND, Role.REVIEWER)
    office.act(late, Action.APPROVE, Role.APPROVER)

    view = office.get(entry)
    assert view.content["scope"]["vi"] == "Của tôi"
    assert view.content["frequency"] == "WEEKLY"


def test_merging_with_what_is_no_longer_the_latest_is_refused(office):
    entry = office.land()
    content = office.get(entry).content
    late = office.propose(KIND, content, type=ProposalType.AMEND, entry_id=entry)

    with pytest.raises(ConflictError):
        office.act(late, Action.REBASE, Role.REGISTRAR, content=content, base=entry)
    new = draft(office, title={"vi": "Mới"})
    with office.desk() as desk, pytest.raises(ForbiddenError):
        drafting.rebase(desk, proposals.get(desk, new))


def test_one_click_confirms_and_starts_the_clock_anew(office):
    with clock.frozen(datetime(2026, 1, 10, 3, tzinfo=UTC)):
        entry = office.land()
    version = office.get(entry).version_id
    with office.reading() as register:
        assert confirmations.due(register.session, [office.get(entry)])[entry] == date(
            2026, 7, 10
        )

    with clock.frozen(datetime(2026, 8, 31, 3, tzinfo=UTC)), office.desk() as desk:
        done = service.confirm(desk, entry, version)
        assert done.status == "entered"

    with office.reading() as register:
        assert confirmations.due(register.session, [office.get(entry)])[entry] == date(
            2027, 2, 28
        )
    assert office.get(entry).number == 1


def test_only_the_owner_confirms_and_only_what_was_seen(office):
    entry = office.land()
    view = office.get(entry)

    with office.desk("elsewhere") as desk, pytest.raises(ForbiddenError):
        service.confirm(desk, entry, view.version_id)
    with office.desk() as desk, pytest.raises(ConflictError):
        service.confirm(desk, entry, entry)
    other = draft(office, title={"vi": "Mới"})
    with pytest.raises(InvalidError):
        office.act(other, Action.CONFIRM, Role.REGISTRAR)


def test_nobody_changes_an_entry_of_which_something_is_hidden_from_them(office):
    entry = office.land()

    with pytest.raises(ForbiddenError, match="cơ quan chủ quản"):
        office.propose(KIND, {}, "elsewhere", type=ProposalType.AMEND, entry_id=entry)


def test_what_was_withdrawn_can_no_longer_be_saved(office):
    proposal_id = draft(office)
    office.act(proposal_id, Action.WITHDRAW, Role.REGISTRAR)

    with pytest.raises(TransitionError):
        save(office, proposal_id, {"title": {"vi": "Muộn"}})


def test_a_list_of_proposals_holds_only_what_the_reader_may_read(office):
    mine, theirs = draft(office), office.propose("agency", agency("Phòng"), "elsewhere")

    def listed(who):
        with office.desk(who) as desk:
            rows, more = proposals.page(desk, proposals.ProposalFilter(["draft"]))
            assert more is None
            assert proposals.count(desk, proposals.ProposalFilter(["draft"])) == len(
                rows
            )
            return {row.id for row in rows}

    assert listed(Role.REGISTRAR) == {mine}
    assert listed("elsewhere") == {theirs}
    # of their own agency; what another has not sent yet is absent
    assert listed(Role.REVIEWER) == {mine}
    office.act(theirs, Action.SUBMIT, "elsewhere")
    office.act(theirs, Action.RECALL, "elsewhere")
    assert listed(Role.REVIEWER) == {mine, theirs}


@pytest.mark.parametrize(
    ("sent", "days", "until"),
    [
        (datetime(2026, 11, 25, 3, tzinfo=UTC), 1, date(2026, 11, 26)),
        # Friday → Monday
        (
            datetime(2026, 11, 27, 3, tzinfo=UTC),
            1,
            date(2026, 11, 30),
        ),
        # past midnight at +07:00
        (
            datetime(2026, 11, 25, 18, tzinfo=UTC),
            1,
            date(2026, 11, 27),
        ),
        # New Year's Day
        (
            datetime(2026, 12, 24, 3, tzinfo=UTC),
            20,
            date(2027, 1, 22),
        ),
        (datetime(2025, 1, 24, 3, tzinfo=UTC), 1, date(2025, 2, 3)),  # Tết Ất Tỵ
        # Saturday 26 April was worked
        (
            datetime(2025, 4, 25, 3, tzinfo=UTC),
            2,
            date(2025, 4, 28),
        ),
        # 30 April to 2 May
        (
            datetime(2025, 4, 29, 3, tzinfo=UTC),
            1,
            date(2025, 5, 5),
        ),
        (datetime(2025, 8, 29, 3, tzinfo=UTC), 1, date(2025, 9, 3)),
        # year end, 2 January swapped
        (
            datetime(2025, 12, 31, 3, tzinfo=UTC),
            1,
            date(2026, 1, 5),
        ),
        # with this Saturday
        (
            datetime(2026, 1, 9, 3, tzinfo=UTC),
            1,
            date(2026, 1, 10),
        ),
        (datetime(2026, 2, 13, 3, tzinfo=UTC), 1, date(2026, 2, 23)),  # Tết Bính Ngọ
        # 31 August swapped with 22 August
        (
            datetime(2026, 8, 21, 3, tzinfo=UTC),
            7,
            date(2026, 9, 3),
        ),
        (datetime(2027, 2, 3, 3, tzinfo=UTC), 1, date(2027, 2, 11)),  # Tết Đinh Mùi
    ],
)
def test_the_term_counts_working_days_from_the_day_after(sent, days, until):
    assert CALENDAR.due(sent, days) == until


def test_what_the_department_used_up_counts_and_what_the_agency_takes_does_not(office):
    """Three working days before it goes back, ten with the agency, seventeen left afterwards."""
    with clock.frozen(datetime(2026, 3, 2, 3, tzinfo=UTC)):
        land = office.propose(
            "shared-database", database(str(office.department), str(office.law()))
        )
        office.act(land, Action.SUBMIT, Role.REGISTRAR)
    with clock.frozen(datetime(2026, 3, 5, 3, tzinfo=UTC)), office.desk() as desk:
        assert desk.office.until(proposals.get(desk, land)) == date(2026, 3, 30)
    with clock.frozen(datetime(2026, 3, 5, 3, tzinfo=UTC)):
        office.act(land, Action.TAKE, Role.REVIEWER)
        office.act(
            land,
            Action.RETURN,
            Role.REVIEWER,
            reason="Bổ sung",
            remarks=(Remark("title", "Rõ hơn"),),
        )
    with office.desk() as desk:
        assert desk.office.until(proposals.get(desk, land)) is None
    with clock.frozen(datetime(2026, 3, 19, 3, tzinfo=UTC)):
        office.act(land, Action.SUBMIT, Role.REGISTRAR)
    with office.desk() as desk:
        assert desk.office.until(proposals.get(desk, land)) == date(2026, 4, 13)


def test_a_province_adds_days_of_its_own_and_is_told_which_row_is_wrong(tmp_path):
    own = tmp_path / "days.csv"
    own.write_text("day,works,reason\n2027-02-11,no,Nghỉ thêm\n", encoding="utf-8")
    assert not working_days.load(own).works(date(2027, 2, 11))
    own.write_text("day,works\n2027-02-11,maybe\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"days\.csv, dòng 2"):
        working_days.load(own)


def test_days_left_count_down_and_below_nothing():
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)

    assert CALENDAR.left(monday, friday) == 1
    assert CALENDAR.left(monday, monday) == 0
    assert CALENDAR.left(friday, monday) == -1


# What a second reading found


def test_a_backdated_proposal_opens_nothing_that_is_hidden(office):
    entry = office.land(note="Ghi chú kín")

    for type_ in (ProposalType.SUSPEND, ProposalType.END, ProposalType.AMEND):
        with pytest.raises(ForbiddenError):
            office.propose(
                KIND,
                {},
                "elsewhere",
                type=type_,
                entry_id=entry,
                effective_from=date(1900, 1, 1),
            )


def test_only_a_named_successor_changes_what_an_ended_agency_owned(office):
    third = office.enter("agency", agency("Sở Cũ", successor=[str(office.other)]))
    content = {**database(str(third), str(office.law())), "record_kind": "goc"}
    entry = office.enter(KIND, content, Role.REGISTRAR)
    with pytest.raises(ForbiddenError):
        office.propose(
            KIND, content, "elsewhere", type=ProposalType.AMEND, entry_id=entry
        )

    # as it was possible before successions
    with office.system.database.transaction() as session:
        register.end(session, third, clock.today(), Order(third, {}))

    assert office.propose(
        KIND, content, "elsewhere", type=ProposalType.AMEND, entry_id=entry
    )
    with pytest.raises(ForbiddenError):
        office.propose(KIND, content, type=ProposalType.AMEND, entry_id=entry)


def test_an_entry_that_moved_away_is_no_longer_read_through_an_old_draft(office):
    entry = office.land()
    with office.desk() as desk:
        latest = latest_version(desk.session, entry).content
    old = office.propose(KIND, latest, type=ProposalType.AMEND, entry_id=entry)
    office.enter(
        KIND,
        {**latest, "owner": str(office.other)},
        type=ProposalType.AMEND,
        entry_id=entry,
    )

    with office.desk() as desk, pytest.raises(ForbiddenError):
        drafting.rebase(desk, proposals.get(desk, old))
    with pytest.raises(ForbiddenError):
        office.act(old, Action.REBASE, Role.REGISTRAR, content=latest, base=entry)
    with pytest.raises(ForbiddenError):
        office.act(old, Action.SUBMIT, Role.REGISTRAR)


def test_who_mended_and_then_writes_for_the_agency_is_its_author(office):
    proposal_id = draft(office)
    review(office, proposal_id)
    save(
        office,
        proposal_id,
        {**_general(office, proposal_id), "scope": {"vi": "Sửa thay cơ quan"}},
        who=Role.REVIEWER,
    )
    office.act(
        proposal_id,
        Action.RETURN,
        Role.REVIEWER,
        remarks=(Remark("title", "x"),),
        reason="Bổ sung",
    )
    mender, author = office.actors[Role.REVIEWER], office.actors[Role.REGISTRAR]
    office.actors["both"] = mender.__class__(
        mender.person_id, author.post_id, Role.REGISTRAR, author.agency_id
    )

    office.act(proposal_id, Action.SUBMIT, "both")
    office.act(proposal_id, Action.TAKE, Role.REVIEWER)

    for action in (Action.RESOLVE, Action.RECOMMEND):
        with pytest.raises(FourEyesError):
            office.act(proposal_id, action, Role.REVIEWER)


def test_an_entry_that_another_agency_began_is_not_taken_over(office):
    proposal_id = draft(office)
    with office.desk() as desk:
        begun = proposals.get(desk, proposal_id).entry_id

    with pytest.raises(NotFoundError):
        office.propose(KIND, {}, "elsewhere", entry_id=begun)


def test_roles_without_the_right_to_read_list_nothing(office):
    draft(office)

    with office.desk(Role.ADMINISTRATOR) as desk:
        assert proposals.page(desk, proposals.ProposalFilter()) == ([], None)
        assert proposals.count(desk, proposals.ProposalFilter()) == 0


def test_a_late_autosave_does_not_win_over_what_was_typed_after_it(office):
    proposal_id = draft(office)
    with office.desk() as desk:
        proposal = proposals.get(desk, proposal_id)
        fields = drafting.section_fields(kind(office), "general")
        old = drafting.seal(fields, proposal.content)
        proposal = drafting.save(
            desk, proposal, Save(fields, {"title": {"vi": "Mới"}}, old, "f", 2)
        )
        proposal = drafting.save(
            desk, proposal, Save(fields, {"title": {"vi": "Cũ"}}, old, "f", 1)
        )
        assert proposal.content["title"]["vi"] == "Mới"


def test_a_superseded_proposal_to_end_an_entry_can_go_on(office):
    entry = office.land()
    with office.desk() as desk:
        latest = latest_version(desk.session, entry).content
    ending = office.propose(KIND, {}, type=ProposalType.END, entry_id=entry)
    office.enter(
        KIND, {**latest, "frequency": "WEEKLY"}, type=ProposalType.AMEND, entry_id=entry
    )

    with office.desk() as desk:
        newest, merged = drafting.rebase(desk, proposals.get(desk, ending))
        base, content = newest.id, merged.content
    office.act(ending, Action.REBASE, Role.REGISTRAR, content=content, base=base)

    assert office.act(ending, Action.SUBMIT, Role.REGISTRAR) == "submitted"


def test_a_finding_of_a_post_that_nobody_holds_is_closed_by_another(office):
    proposal_id = draft(office)
    review(office, proposal_id)
    office.act(
        proposal_id, Action.FIND, Role.REVIEWER, remarks=(Remark("scope", "Nêu rõ"),)
    )
    with office.desk(Role.APPROVER) as desk:
        finding_id = proposals.open_remarks(proposals.get(desk, proposal_id))[0].id
        gone = office.actors[Role.REVIEWER]
        accounts.relieve(desk.session, gone.post_id, gone.person_id, clock.today())

    assert (
        office.act(proposal_id, Action.RESOLVE, Role.APPROVER, resolved=(finding_id,))
        == "in-review"
    )


def test_the_longest_waiting_come_first(office):
    with clock.frozen(datetime(2026, 11, 20, 3, tzinfo=UTC)):
        early, late = draft(office), draft(office)
        office.act(late, Action.SUBMIT, Role.REGISTRAR)
    with clock.frozen(datetime(2026, 11, 23, 3, tzinfo=UTC)):
        office.act(early, Action.SUBMIT, Role.REGISTRAR)

    with office.desk(Role.REVIEWER) as desk:
        wanted = proposals.ProposalFilter(["submitted"], waiting=True)
        first, more = proposals.page(desk, wanted, 1)
        rest, end = proposals.page(desk, replace(wanted, after=more), 1)
        assert [first[0].id, rest[0].id, end] == [late, early, None]
