"""Where a proposal is: five steps on its page with the days of those that are done, and in small in the inbox."""

import re
from html import unescape

from people import Browser, act, draft

from app.permissions import Action, Role


def steps(page):
    """Return (how it stands, its words) of each step of a page."""
    found = re.search('<ol class="dm-steps.*?</ol>', page, re.DOTALL)
    if found is None:
        return []
    return [
        (standing, " ".join(unescape(re.sub("<[^>]+>", " ", words)).split()))
        for standing, words in re.findall(
            '<li class="dm-([a-z]+)"[^>]*>(.*?)</li>', found[0], re.DOTALL
        )
    ]


def test_the_steps_move_with_the_proposal_and_tell_their_days(office):
    number = draft(office)
    page = Browser(office, Role.REGISTRAR).get(f"/phieu/{number}").text
    assert [standing for standing, _words in steps(page)] == [
        "now",
        "next",
        "next",
        "next",
        "next",
    ]

    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    page = Browser(office, Role.REVIEWER).get(f"/phieu/{number}").text

    assert [standing for standing, _words in steps(page)] == [
        "done",
        "done",
        "now",
        "next",
        "next",
    ]
    assert re.match(r"Lập phiếu \(đã xong\) \d\d/\d\d/\d{4}$", steps(page)[0][1])
    assert "Thẩm định ( bước hiện tại )" in steps(page)[2][1].replace(
        "(", "( "
    ).replace(")", " )")
    assert page.count('aria-current="step"') == 1


def test_what_waits_for_others_stands_apart_with_its_step(office):
    number = draft(office)
    inbox = Browser(office, Role.REGISTRAR).get("/viec-cua-toi").text
    assert "Cần xử lý (1)" in inbox
    assert "dm-mini" not in inbox

    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    inbox = Browser(office, Role.REGISTRAR).get("/viec-cua-toi").text
    theirs = Browser(office, Role.REVIEWER).get("/viec-cua-toi").text

    assert "Cần xử lý (0)" in inbox
    assert "Chờ đơn vị khác xử lý (1)" in inbox
    assert inbox.count('class="dm-ring"') == 1
    assert "Cần xử lý (1)" in theirs


def test_one_that_was_withdrawn_is_on_no_way(office):
    number = draft(office)
    act(office, number, Action.WITHDRAW, Role.REGISTRAR, reason="Lập nhầm")

    assert steps(Browser(office, Role.REGISTRAR).get(f"/phieu/{number}").text) == []
