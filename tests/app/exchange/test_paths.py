"""Who has which data from where: whole, with each link missing or not serving, on any day, whoever merged."""

from datetime import date, timedelta

import pytest
import sharing
from province import Province
from support import database

from app import clock
from app.exchange import paths
from app.exchange.paths import Held, Link
from app.permissions import Audience
from app.register.queries import Register
from app.workflow.proposals.models import ProposalType
from catalog_schema.profile import Visibility

ITEM = "Thửa đất"
KINDS = {
    Link.SERVICE: "data-service",
    Link.CHANNEL: "connection",
    Link.AGREEMENT: "agreement",
    Link.PROCEDURE: "procedure",
}


@pytest.fixture
def whole(office):
    """Enter a whole path from the department's database to the other agency; return the ids of its links."""
    own, other, law = office.department, office.other, office.law()
    land = office.enter("shared-database", database(str(own), str(law)))
    service = office.enter("data-service", sharing.service("Tra cứu", own, land))
    agreed = office.enter(
        "agreement", sharing.agreement("Thỏa thuận", own, other, land, law)
    )
    line = sharing.connection(
        "Đất đai – Nông nghiệp", own, source=own, source_database=land, target=other
    )
    used = sharing.procedure(
        "Cấp giấy", own, land, partners=[str(other)], used_items=[ITEM]
    )
    return {
        Link.SOURCE: land,
        Link.SERVICE: service,
        Link.AGREEMENT: agreed,
        Link.CHANNEL: office.enter("connection", line),
        Link.PROCEDURE: office.enter("procedure", used),
        "law": law,
    }


def asked(office, item=ITEM, day=None, agency_id=None):
    with office.reading(as_of=day) as register:
        databases = paths.with_item(register, item)
        (found,) = paths.paths(register, agency_id or office.other, databases, item)
        return {link.link: link.held for link in found.links}


def test_a_whole_path_lacks_nothing_and_is_told_whatever_the_marks(office, whole):
    assert set(asked(office).values()) == {Held.LIVE}
    assert set(asked(office, "THUA DAT").values()) == {Held.LIVE}


@pytest.mark.parametrize(
    "missing", [Link.SERVICE, Link.CHANNEL, Link.AGREEMENT, Link.PROCEDURE]
)
def test_each_missing_link_is_named_alone(office, whole, missing):
    kind = KINDS[missing]
    office.enter(kind, {}, type=ProposalType.END, entry_id=whole[missing])

    held = asked(office)

    assert held[missing] is Held.MISSING
    assert {link for link, state in held.items() if not state.whole} == {missing}


def test_nobody_has_what_no_database_has(office, whole):
    with office.reading() as register:
        assert paths.with_item(register, "Nhóm máu") == []


def test_another_item_is_neither_carried_nor_agreed(office):
    own, other, law = office.department, office.other, office.law()
    land = office.enter("shared-database", database(str(own), str(law)))
    items = [{"name": "Giấy chứng nhận"}]
    agreed = sharing.agreement("Thỏa thuận", own, other, land, law, items=items)
    office.enter("agreement", agreed)
    line = sharing.connection(
        "Đất đai – Nông nghiệp",
        own,
        source=own,
        source_database=land,
        target=other,
        exchanged=["Giấy chứng nhận"],
    )
    office.enter("connection", line)

    held = asked(office)

    assert held[Link.CHANNEL] is Held.MISSING
    assert held[Link.AGREEMENT] is Held.MISSING


def test_a_term_that_ended_yesterday_has_lapsed_and_held_the_day_before(office):
    own, other, law = office.department, office.other, office.law()
    land = office.enter(
        "shared-database",
        database(str(own), str(law)),
        effective_from=date(2020, 1, 1),
    )
    yesterday = clock.today() - timedelta(days=1)
    long_ago = date(2020, 1, 1)
    agreed = sharing.agreement(
        "Thỏa thuận", own, other, land, law, term_end=yesterday.isoformat()
    )
    office.enter("agreement", agreed, effective_from=long_ago)

    assert asked(office)[Link.AGREEMENT] is Held.LAPSED
    held = asked(office, day=yesterday)
    assert held[Link.AGREEMENT] is Held.LIVE


def test_a_trial_is_not_a_live_connection(office):
    own, other, law = office.department, office.other, office.law()
    land = office.enter("shared-database", database(str(own), str(law)))
    trial = sharing.connection(
        "Thử",
        own,
        source=own,
        source_database=land,
        target=other,
        connection_state="thu-nghiem",
    )
    office.enter("connection", trial)

    assert asked(office)[Link.CHANNEL] is Held.NOT_YET


def test_whoever_uses_a_service_takes_the_data_of_the_other_end(office):
    own, other, law = office.department, office.other, office.law()
    land = office.enter("shared-database", database(str(own), str(law)))
    use = sharing.connection(
        "Gọi dịch vụ",
        own,
        relation="su-dung-dich-vu",
        source=other,
        target=own,
        target_database=land,
    )
    office.enter("connection", use)

    assert asked(office)[Link.CHANNEL] is Held.LIVE


def test_data_that_only_come_in_are_not_given_out(office):
    own, other, law = office.department, office.other, office.law()
    land = office.enter("shared-database", database(str(own), str(law)))
    incoming = sharing.connection(
        "Nhận về", own, source=other, target=own, target_database=land
    )
    office.enter("connection", incoming)

    assert asked(office)[Link.CHANNEL] is Held.MISSING


def test_an_agency_needs_nobody_for_its_own_data(office, whole):
    held = asked(office, agency_id=office.department)

    assert held[Link.CHANNEL] is Held.NOT_NEEDED
    assert held[Link.AGREEMENT] is Held.NOT_NEEDED


def test_a_path_leads_to_the_heir_of_a_merged_owner(office, whole):
    merged = Province(office)
    day = clock.today() + timedelta(days=1)
    merged.decision = str(office.law("2/2026/QĐ-UBND"))
    heir = merged.agency("Sở Khoa học mới", since=clock.today())
    merged.succeed("sap-nhap", [office.department], [heir], day=day)

    with office.reading(as_of=day) as register:
        (land,) = paths.with_item(register, ITEM)
        assert land.content["owner"] == str(heir)
        (found,) = paths.paths(register, office.other, [land], ITEM)
        moved = register.by_ids([whole[Link.CHANNEL]])[whole[Link.CHANNEL]]
        party = Register(
            register.session, register.profile, register.at, Audience(Visibility.STATE)
        ).by_ids([whole[Link.AGREEMENT]])[whole[Link.AGREEMENT]]
    assert not found.missing
    assert moved.content["source"] == moved.content["owner"] == str(heir)
    assert party.content["owner"] == str(heir)


def test_agreements_count_for_whoever_asks(office, whole):
    public = Audience(Visibility.PUBLIC)
    with office.reading(audience=public) as register:
        (found,) = paths.paths(
            register, office.other, paths.with_item(register, ITEM), ITEM
        )
    assert found.link(Link.AGREEMENT).held is Held.LIVE
