"""The department's queue: several received, assigned or put up at once; what is over is listed and found."""

import re
from urllib.parse import urlencode

from people import Browser, act, draft, number_of, status_of
from province import ALL

from app.permissions import Action, Role
from app.workflow.proposals.models import ProposalType

QUEUE = "/tham-dinh"


def ticks(page):
    """Return what each row's tick would send, by the proposal's number."""
    return {
        int(value.split(":")[0]): value
        for value in re.findall(r'name="phieu" type="checkbox" value="([^"]+)"', page)
    }


def several(browser, verb, *numbers, **more):
    shown = ticks(browser.get(QUEUE).text)
    said = {"viec": verb, "phieu": [shown[number] for number in numbers], **more}
    return browser.post(f"{QUEUE}/nhieu", said, follow_redirects=True).text


def sent(office, count=2, **more):
    numbers = [draft(office, **more) for _ in range(count)]
    for number in numbers:
        act(office, number, Action.SUBMIT, Role.REGISTRAR)
    return numbers


def amended(office, **changes):
    """Return the number of a proposal to amend an entry, sent and taken."""
    entry = office.land()
    content = {**office.get(entry, audience=ALL).content, **changes}
    one = office.propose(
        "shared-database", content, type=ProposalType.AMEND, entry_id=entry
    )
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    office.act(one, Action.TAKE, Role.REVIEWER)
    return number_of(office, one)


def test_several_are_received_at_once(office):
    numbers = sent(office, 3)
    reviewer = Browser(office, Role.REVIEWER)
    every = re.search(
        r'href="(/tham-dinh[^"]*chon=tat-ca[^"]*)"', reviewer.get(QUEUE).text
    )
    ticked = reviewer.get(every[1]).text
    assert len(re.findall(r'name="phieu" type="checkbox"[^>]* checked', ticked)) == 3

    told = several(reviewer, "take", *numbers[:2])
    assert "Đã tiếp nhận 2 phiếu" in told
    assert [status_of(office, number) for number in numbers] == [
        "in-review",
        "in-review",
        "submitted",
    ]


def test_one_that_cannot_be_received_keeps_no_other_from_it(office):
    first, second = sent(office)
    reviewer = Browser(office, Role.REVIEWER)
    shown = ticks(reviewer.get(QUEUE).text)
    act(office, first, Action.RECALL, Role.REGISTRAR)
    said = {"viec": "take", "phieu": [shown[first], shown[second]]}
    told = reviewer.post(f"{QUEUE}/nhieu", said, follow_redirects=True).text
    assert "Đã tiếp nhận 1 phiếu" in told
    assert f"Phiếu số {first}:" in told
    assert (status_of(office, first), status_of(office, second)) == (
        "draft",
        "in-review",
    )
    assert (
        "Chọn ít nhất một phiếu"
        in reviewer.post(f"{QUEUE}/nhieu", {"viec": "take"}, follow_redirects=True).text
    )


def test_only_what_stands_in_its_row_is_put_up_from_the_list(office):
    small = amended(office, scope={"vi": "Vùng ven biển"})
    (whole,) = sent(office, 1)
    act(office, whole, Action.TAKE, Role.REVIEWER)
    reviewer = Browser(office, Role.REVIEWER)
    page = reviewer.get(QUEUE).text
    row = next(
        part for part in page.split('<tr role="row">') if f"/phieu/{small}" in part
    )
    assert "<ins>" in row
    assert "ven biển" in row
    other = next(
        part for part in page.split('<tr role="row">') if f"/phieu/{whole}" in part
    )
    assert "<ins>" not in other

    told = several(reviewer, "recommend", small, whole)
    assert "Đã trình phê duyệt 1 phiếu" in told
    assert f"Phiếu số {whole}: chưa trình, vì danh sách" in told
    assert (status_of(office, small), status_of(office, whole)) == (
        "recommended",
        "in-review",
    )


def test_several_are_assigned_by_whoever_approves_too(office):
    numbers = sent(office)
    post = office.actors[Role.REVIEWER].post_id
    approver = Browser(office, Role.APPROVER)
    told = several(approver, "assign", *numbers, assignee=str(post))
    assert "Đã phân công 2 phiếu" in told
    mine = Browser(office, Role.REVIEWER).get(f"{QUEUE}?cua=toi").text
    assert all(f"/phieu/{number}" in mine for number in numbers)
    assert approver.post(f"{QUEUE}/nhieu", {"viec": "khac"}).status_code == 404
    clerk = Browser(office, Role.CLERK)
    assert clerk.post(f"{QUEUE}/nhieu", {"viec": "take"}).status_code == 403


def test_what_is_over_is_listed_and_found_however_it_is_written(office):
    forest, water = (
        draft(office, title={"vi": title}) for title in ("Rừng ngập mặn", "Nước mặt")
    )
    for number in (forest, water):
        act(office, number, Action.SUBMIT, Role.REGISTRAR)
        act(office, number, Action.WITHDRAW, Role.REGISTRAR)
    reviewer = Browser(office, Role.REVIEWER)
    assert f"/phieu/{forest}" not in reviewer.get(QUEUE).text

    def found(**words):
        page = reviewer.get(f"{QUEUE}?{urlencode({'cho': 'xong', **words})}").text
        return [number for number in (forest, water) if f'/phieu/{number}"' in page]

    assert found() == [forest, water]
    assert found(q="rung ngap") == [forest]
    assert found(q=water) == [water]
    assert found(q="rừng nước") == []
    assert found(status="rejected") == []
