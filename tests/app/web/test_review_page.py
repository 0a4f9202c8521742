"""The page of a proposal, as who decides on it reads it: changes first, one thing to do, the next proposal."""

import re
from html import unescape

import pytest
from people import Browser, act, draft, number_of
from province import ALL
from support import database

from app.permissions import Action, Role
from app.web.proposals.bar import bar
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.models import ProposalType


def words(page):
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def in_bar(page):
    """Return the words of the buttons in the bar."""
    found = re.search('<div class="dm-sticky">.*', page, re.DOTALL)
    return re.findall(r'type="submit"[^>]*>([^<]*)<', found[0]) if found else []


@pytest.mark.parametrize(
    ("actions", "remarks", "go", "instead"),
    [
        ((Action.TAKE,), 0, Action.TAKE, None),
        (
            (Action.FIND, Action.RETURN, Action.RECOMMEND),
            0,
            Action.RECOMMEND,
            Action.FIND,
        ),
        ((Action.FIND, Action.RETURN, Action.RECOMMEND), 2, Action.RETURN, Action.FIND),
        (
            (Action.FIND, Action.RETURN, Action.REJECT, Action.APPROVE),
            0,
            Action.APPROVE,
            Action.REJECT,
        ),
        ((Action.ENDORSE, Action.DECLINE), 0, Action.ENDORSE, Action.DECLINE),
        ((), 0, None, None),
    ],
)
def test_the_bar_has_what_the_state_asks_for_and_its_opposite(
    actions, remarks, go, instead
):
    found = bar(actions, remarks)
    assert (found.go, found.instead) == (go, instead)
    shown = {found.go, found.instead, *found.rest} - {None}
    assert shown == set(actions) - ({Action.RECOMMEND} if remarks else set())


def test_changes_stand_first_and_the_rest_is_folded(office):
    entry = office.land(scope={"vi": "Toàn tỉnh"})
    content = dict(office.get(entry, audience=ALL).content)
    changed = {**content, "scope": {"vi": "Vùng ven biển"}}
    one = office.propose(
        "shared-database", changed, type=ProposalType.AMEND, entry_id=entry
    )
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
    ):
        office.act(one, action, who)
    page = Browser(office, Role.REVIEWER).get(f"/phieu/{number_of(office, one)}").text

    first, folded = page.index("1 thay đổi"), page.index("nội dung không đổi")
    assert page.index("1. Phạm vi") in range(first, folded)
    compared = words(page[first:folded])
    assert re.search("Đang có hiệu lực .* Đề nghị .*ven biển", compared)
    assert "Cơ sở dữ liệu đất đai" not in compared
    assert in_bar(page) == ["Lưu ý kiến", "Trình phê duyệt"]
    content_hash = re.search(r'name="seen"\s+value="([0-9a-f]{64})"', page)[1]
    assert content_hash not in words(page)


def test_while_a_remark_is_open_the_page_asks_for_more_and_nothing_goes_up(office):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    reviewer = Browser(office, Role.REVIEWER)
    assert in_bar(reviewer.get(f"/phieu/{number}").text) == [
        "Lưu ý kiến",
        "Trình phê duyệt",
    ]
    remarks = [Remark("title", "Ghi rõ phạm vi")]
    act(office, number, Action.FIND, Role.REVIEWER, remarks=remarks)
    page = reviewer.get(f"/phieu/{number}").text
    assert in_bar(page) == ["Lưu ý kiến", "Yêu cầu bổ sung (1)"]
    assert "1 ý kiến chưa đóng" in words(page)
    assert "viec/recommend" not in page


def test_the_next_proposal_is_one_click_away(office):
    numbers = [draft(office) for _ in range(3)]
    for number in numbers:
        act(office, number, Action.SUBMIT, Role.REGISTRAR)
    reviewer = Browser(office, Role.REVIEWER)

    def following(number):
        page = reviewer.get(f"/phieu/{number}").text
        link = re.search(r'href="/phieu/(\d+)">Hồ sơ tiếp theo', page)
        place = re.search(r"(Hồ sơ \d+ trên \d+|Còn \d+ hồ sơ chờ)", page)
        return (place and place[1], link and int(link[1]))

    first, second, third = numbers
    assert following(first) == ("Hồ sơ 1 trên 3", second)
    assert following(third) == ("Hồ sơ 3 trên 3", first)
    act(office, second, Action.TAKE, Role.REVIEWER)
    act(office, second, Action.RECOMMEND, Role.REVIEWER)
    assert following(second) == ("Còn 2 hồ sơ chờ", first)
    approver = Browser(office, Role.APPROVER).get(f"/phieu/{second}").text
    assert "Hồ sơ 1 trên 1" in approver
    author = Browser(office, Role.REGISTRAR).get(f"/phieu/{first}").text
    assert "Hồ sơ 1 trên" not in author


def test_what_another_reviewer_has_is_not_next(office):
    mine, theirs, free = (draft(office) for _ in range(3))
    for number in (mine, theirs, free):
        act(office, number, Action.SUBMIT, Role.REGISTRAR)
    with office.system.database.transaction() as session:
        office.actors["other"] = office.hire(
            session, "hai@thu.example", office.department, Role.REVIEWER
        )
    act(office, mine, Action.TAKE, Role.REVIEWER)
    act(office, theirs, Action.TAKE, "other")
    page = Browser(office, Role.REVIEWER).get(f"/phieu/{mine}").text
    assert "Hồ sơ 1 trên 2" in page
    assert f'href="/phieu/{free}">Hồ sơ tiếp theo' in page


def test_a_remark_on_a_row_stays_open_where_it_was_typed(office):
    item = database(str(office.department), str(office.law()))["data_items"][0]
    number = draft(office, data_items=[item, {**item, "name": {"vi": "Hạng mục hai"}}])
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    reviewer = Browser(office, Role.REVIEWER)
    fields = reviewer.fields(f"/phieu/{number}")
    typed = {**fields, "remark.data_items.1": "Trùng hạng mục một", "lock": "999"}
    again = reviewer.post(f"/phieu/{number}/viec/recommend", typed)
    assert again.status_code in (409, 422)
    fold = re.search(
        r'<details class="app-whybox app-verdict" open>(.*?)</details>',
        again.text,
        re.DOTALL,
    )[1]
    assert 'value="Trùng hạng mục một"' in fold


def test_items_stand_side_by_side_and_what_all_say_above_them(office):
    content = database(str(office.department), str(office.law()))
    [item] = content["data_items"]
    names = ["Thửa đất", "Chủ sử dụng", "Giấy chứng nhận"]
    items = [{**item, "name": {"vi": name}} for name in names]
    items[2]["layer"] = "danh-muc"
    one = office.propose("shared-database", {**content, "data_items": items})
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    page = Browser(office, Role.REVIEWER).get(f"/phieu/{number_of(office, one)}").text

    table = re.search(r"<table[^>]*app-beside.*?</table>", page, re.DOTALL)[0]
    columns = re.findall(r"<th[^>]*>([^<]*)</th>", table)
    assert columns == ["Tên hạng mục", "Lớp dữ liệu"]
    rows = [words(row) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]]
    assert [row.split(" Dữ liệu")[0].split(" Danh")[0] for row in rows] == names
    alike = words(page[: page.index(table)]).split("Giống nhau ở cả 3 dòng: ")[1]
    assert alike.startswith("Ý nghĩa: ")
