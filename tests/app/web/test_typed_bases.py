"""A legal basis that the register does not hold is typed, sent, and linked once by the reviewer; it is never a dead end."""

import re

import pytest
from people import Browser, act, content_of, draft, form_fields, status_of

from app.errors import ForbiddenError, InvalidError
from app.permissions import Action, Role
from app.workflow.proposals import service
from app.workflow.proposals.typed_bases import TypedBasis

TYPED = {
    "key": "1",
    "number": "12/2026/QĐ-UBND",
    "issued": "2026-03-02",
    "title": "Về quản lý đất đai",
}


@pytest.fixture
def reviewer(office):
    return Browser(office, Role.REVIEWER)


def typed_draft(office, **more):
    return draft(office, legal_basis=[], typed_bases=[{**TYPED, **more}])


def sent(office, **more):
    number = typed_draft(office, **more)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    return number


def link(reviewer, number, law, at=0):
    page = f"/phieu/{number}"
    said = {**reviewer.fields(page), f"law.{at}": law, "basis": str(at)}
    return reviewer.post(f"{page}/gan-can-cu", said, follow_redirects=True)


def test_it_may_be_sent_and_not_put_up_before_it_is_linked(office, reviewer):
    number = sent(office)
    with pytest.raises(InvalidError) as refused:
        act(office, number, Action.RECOMMEND, Role.REVIEWER)
    assert "cán bộ thẩm định gắn trước khi trình" in str(refused.value.fields)

    law = office.law("12/2026/QĐ-UBND")
    told = link(reviewer, number, "12/2026/QĐ-UBND").text
    assert "Đã gắn văn bản 12/2026/QĐ-UBND ở 1 phiếu" in told
    content = content_of(office, number)
    assert content["legal_basis"] == [str(law)]
    assert "typed_bases" not in content
    act(office, number, Action.RECOMMEND, Role.REVIEWER)
    assert status_of(office, number) == "recommended"


def test_linking_once_settles_every_open_proposal_that_typed_the_same(office, reviewer):
    first = sent(office)
    second = sent(office, number="12/2026/qđ-ubnd ", title="Khác")
    other_day = sent(office, issued="2026-03-03")
    unsent = typed_draft(office)
    gone = sent(office)
    act(office, gone, Action.WITHDRAW, Role.REGISTRAR)
    law = office.law("7/2026/QĐ-UBND")

    told = link(reviewer, first, "7/2026/QĐ-UBND").text
    assert "ở 3 phiếu" in told
    for number in (first, second, unsent):
        assert content_of(office, number)["legal_basis"] == [str(law)]
    for number in (other_day, gone):
        assert content_of(office, number)["typed_bases"] == [
            {**TYPED, "issued": "2026-03-03" if number == other_day else "2026-03-02"}
        ]


def test_what_the_register_does_not_hold_either_is_refused_and_kept(office, reviewer):
    number = sent(office)
    answer = link(reviewer, number, "99/2026/QĐ-KHONG")
    assert answer.status_code == 422
    assert "Danh mục không có văn bản “99/2026/QĐ-KHONG”" in answer.text
    assert 'value="99/2026/QĐ-KHONG"' in answer.text
    assert "/dang-ky?kind=legal-document&amp;ten=12/2026/Q" in answer.text
    assert link(reviewer, number, "x", at=9).status_code == 422


def test_only_a_reviewer_links(office):
    number = sent(office)
    law = office.law("12/2026/QĐ-UBND")
    basis = TypedBasis(TYPED["number"], TYPED["issued"], "")
    with office.desk(Role.REGISTRAR) as desk, pytest.raises(ForbiddenError):
        service.link(desk, basis, law)
    with office.desk(Role.REVIEWER) as desk, pytest.raises(InvalidError):
        service.link(desk, basis, office.department)
    assert (
        "gan-can-cu" not in Browser(office, Role.REGISTRAR).get(f"/phieu/{number}").text
    )


def test_it_is_asked_beside_the_basis_that_lacks(office):
    number = draft(office, legal_basis=[])
    registrar = Browser(office, Role.REGISTRAR)
    address = f"/phieu/{number}/phan/nhanh"
    page = registrar.get(address).text
    asked = page.partition("<span>Đã điền</span>")[0]
    assert 'name="typed_bases.0.number"' in asked
    typed = {
        **form_fields(page),
        "typed_bases.0.number": "5/2026/QĐ-UBND",
        "typed_bases.0.issued.d": "02/03/2026",
        "do": "check",
    }
    check = registrar.post(address, typed, follow_redirects=True).text
    assert "5/2026/QĐ-UBND" in check
    assert re.search(r"<button[^>]*>Gửi thẩm định", check)
