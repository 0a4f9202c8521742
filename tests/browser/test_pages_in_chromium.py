"""The public pages in a real browser: accessible, quiet, within one host, usable on a phone and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import MARKS, follow, visit

PAGES = [
    "/",
    "/tim-kiem?q=dat+dai",
    "/tim-kiem?q=khongcogi",
    "/tim-kiem?q=dadst+ddai",
    "/tim-kiem?q=khoang+san&theme=HEAL&state=in-force",
    "/co-quan",
    "/chu-quan",
    "/quyet-dinh-ban-hanh",
    "/tieu-chuan",
    "/profile",
    "/tai-ve",
    "/tra-ma",
    "/tra-ma/H10",
    "/thay-doi?tu=2025-06-30&den=2025-07-01",
    "/muc/csdl/CSDL-0062/phien-ban/2?so_voi=1",
    "/doc/ke-thua/KT-0001",
    "/doc/csdl/CSDL-0062",
    "/doc/co-quan/CQ-0027",
    "/doc/ma-dinh-danh/H19",
    "/doc/bang-ma/hinh-thuc-chia-se",
    "/?as_of=2021-12-31",
    "/nope",
]
pytestmark = MARKS


@pytest.mark.parametrize(
    "lang", ["vi", pytest.param("en", marks=pytest.mark.nightly("browser"))]
)
@pytest.mark.parametrize(
    "width", [390, pytest.param(1280, marks=pytest.mark.nightly("browser"))]
)
def test_axe_finds_nothing(browser, address, width, lang):
    axe, found = Axe(), {}
    for path in PAGES:
        joined = path + (
            ("&" if "?" in path else "?") + "lang=en" if lang == "en" else ""
        )
        page = visit(browser, address, joined, width, bypass_csp=True)
        violations = axe.run(page).response["violations"]
        if violations:
            found[path] = [
                (v["id"], [n["target"] for n in v["nodes"]][:3]) for v in violations
            ]
        page.context.close()

    assert found == {}


@pytest.mark.nightly("browser")
@pytest.mark.parametrize("path", PAGES)
def test_the_console_is_silent_and_no_other_host_is_asked(browser, address, path):
    page = visit(browser, address, path, 1280)
    said = [
        text for text in page.said if "404 (NOT FOUND)" not in text or path != "/nope"
    ]

    assert said == []
    assert [url for url in page.asked if not url.startswith(address)] == []
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_small_phone(browser, address, path):
    page = visit(browser, address, path, 320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()


def test_the_first_visit_is_light(browser, address):
    page = visit(browser, address, "/", 1280)
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').map(e => e.encodedBodySize)"
        ".concat(performance.getEntriesByType('navigation').map(e => e.encodedBodySize))"
    )

    assert len(page.asked) <= 12
    assert sum(sizes) <= 120_000


@pytest.mark.parametrize("scripts", [True, False])
def test_an_entry_is_found_and_read_with_and_without_javascript(
    browser, address, scripts
):
    page = visit(browser, address, "/", 390, java_script_enabled=scripts)

    page.fill("#q", "co so du lieu dat dai")
    follow(page, "main button[type=submit]")
    follow(page, "text=Cơ sở dữ liệu đất đai")

    assert page.url.endswith("/doc/csdl/CSDL-0062")
    assert "Thửa đất" in page.inner_text("main")
    page.context.close()


def test_by_keyboard_the_skip_link_comes_first_and_enter_searches(browser, address):
    page = visit(browser, address, "/", 1280)

    page.keyboard.press("Tab")
    assert (
        page.evaluate("document.activeElement.textContent.trim()")
        == "Chuyển đến nội dung chính"
    )
    page.focus("#q")
    page.keyboard.type("giao thong")
    with page.expect_navigation(url="**/tim-kiem?**"):
        page.keyboard.press("Enter")

    assert "kết quả" in page.inner_text("[role=status]")
    page.context.close()


def test_a_facet_narrows_and_its_chip_widens_again(browser, address):
    page = visit(browser, address, "/tim-kiem?q=co+so+du+lieu", 1280)
    before = page.inner_text("[role=status]")

    page.check("#theme-1")
    follow(page, "text=Áp dụng bộ lọc")
    narrowed = page.inner_text("[role=status]")
    follow(page, ".app-chips a")

    assert narrowed != before
    assert page.inner_text("[role=status]") == before
    page.context.close()


def test_suggestions_are_a_combobox_that_the_keyboard_works_and_enter_sends_what_was_typed(
    browser, address
):
    page = visit(browser, address, "/", 1280, bypass_csp=True)
    page.get_by_role("searchbox").focus()
    box = page.get_by_role("combobox")
    box.press_sequentially("khoang s")
    page.get_by_role("option", name="Cơ sở dữ liệu khoáng sản").first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    # it took the place of the one that had the focus
    assert box.evaluate("box => box === document.activeElement")
    assert Axe().run(page).response["violations"] == []

    # nothing is chosen: what was typed is sent, though suggestions are open
    box.press("Enter")
    page.wait_for_url("**/tim-kiem?q=khoang+s")
    page.get_by_role("searchbox").focus()
    # beside it the order of the results is chosen
    box = page.get_by_role("combobox").and_(page.locator("#q"))
    assert box.input_value() == "khoang s"
    box.press("End")
    box.press_sequentially("a")
    page.get_by_role("option", name="Cơ sở dữ liệu khoáng sản").first.wait_for()
    box.press("ArrowDown")
    page.locator(":focus").press("Enter")
    page.wait_for_url("**/doc/**")
    page.context.close()


def test_filters_are_closed_on_a_phone_and_open_on_a_desk(browser, address):
    for width, shown in ((1280, True), (390, False)):
        page = visit(browser, address, "/tim-kiem?q=dat+dai", width)
        assert page.get_by_role("button", name="Áp dụng bộ lọc").is_visible() is shown
        page.context.close()
    page = visit(browser, address, "/tim-kiem?q=dat+dai&theme=ENVI", 390)
    # what is chosen is told above the results, which the filters do not push away
    assert page.get_by_role("checkbox", checked=True).count() == 0
    assert page.get_by_label("Bộ lọc đang dùng").is_visible()
    page.get_by_text("Bộ lọc", exact=True).click()
    assert page.get_by_role("checkbox", checked=True).count() == 1
    page.context.close()
