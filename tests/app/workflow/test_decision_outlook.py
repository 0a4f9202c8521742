"""The decision's page: where it stands, what comes next, and the list as it will be."""

import re
from html import unescape

import pytest
from deciding import approved, do, freeze, frozen, gather, signature, signed_document
from people import Browser, number_of
from province import ALL
from support import PATH, authority, opened_office

from app.permissions import Role
from app.workflow.decisions.models import DecisionKind
from app.workflow.proposals.models import ProposalType


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path, promulgate=("shared-database",))


@pytest.fixture
def basis(office):
    return office.law(**authority())


def words(page):
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def figures(page):
    table = page[page.index("Sau khi có hiệu lực") :].split("</table>")[0]
    return {
        cells[0]: tuple(cells[1:])
        for row in table.split("<tr>")[1:]
        if (cells := [words(cell) for cell in re.findall("<td[^>]*>(.*?)</td>", row)])
    }


def test_the_list_as_it_will_be_counts_what_comes_and_goes(office, basis):
    first = [approved(office, basis, title) for title in ("Cũ", "Còn lại")]
    made = frozen(office, basis, *(number_of(office, one) for one in first))
    do(office, made, "sign", signature())
    gone = office.entry_of(first[0])
    ends = office.propose(
        "shared-database",
        office.get(gone, audience=ALL).content,
        type=ProposalType.END,
        entry_id=gone,
    )
    for action, who in PATH:
        said = {"reason": "Đã nhập"} if action == "submit" else {}
        office.act(ends, action, who, **said)
    news = [approved(office, basis, f"Mới {n}") for n in (1, 2)]
    number = gather(
        office,
        basis,
        *(number_of(office, one) for one in (*news, ends)),
        kind=DecisionKind.AMEND,
        target=signed_document(office, made),
    )
    page = Browser(office, Role.CLERK).get(f"/quyet-dinh/{number}").text
    assert figures(page)["Cơ sở dữ liệu dùng chung"] == ("2", "3", "+1")
    assert figures(page)["Cơ quan chủ quản"] == ("1", "1", "0")
    assert "3 phiếu trong phụ lục" in words(page)


def test_the_steps_and_the_next_one_follow_the_decision(office, basis):
    one = approved(office, basis, "Mới")
    number = gather(office, basis, number_of(office, one))
    clerk = Browser(office, Role.CLERK)

    def now():
        page = clerk.get(f"/quyet-dinh/{number}").text
        step = re.search('<li class="dm-now".*?<strong>([^<]*)', page, re.DOTALL)
        card = page[page.index("Việc tiếp theo") :].split("</section>")[0]
        return step[1], re.findall(r'type="submit"[^>]*>([^<]*)<', card)

    assert now() == ("Tổng hợp phiếu", ["Chốt phụ lục"])
    freeze(office, number)
    step, buttons = now()
    assert step == "Trình ký"
    assert buttons[0] == "Ghi nhận đã trình"
    do(office, number, "send", "5/TTr-SKHCN")
    step, buttons = now()
    assert step == "Ban hành"
    assert buttons[-1] == "Ban hành, đưa tất cả vào danh mục"
