"""Debian's Chromium for tests: how it is started, served to, and asked what it saw."""

import shutil
import threading
from contextlib import contextmanager, suppress

import pytest
from conftest import REQUIRE_ALL
from people import recovery_code
from playwright.sync_api import Error
from waitress.server import create_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *(
        "--no-sandbox",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
    ),
    *("--disable-sync", "--no-first-run"),
]
MARKS = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(
        not CHROMIUM and not REQUIRE_ALL,
        reason="Chromium is not installed (Debian: chromium)",
    ),
]


@contextmanager
def served(system, wrapped=lambda application: application):
    """Serve an installation on a free port of the loopback address; yield its address. `wrapped`: what its application is put into."""
    from app.factory import create_app

    application = wrapped(create_app(system))
    server = create_server(application, host="127.0.0.1", port=0, threads=4)

    def run():
        with suppress(OSError):  # closing it takes the sockets from under its hands
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)
    system.store.close()


def listened(context):
    """Open a page that notes what the console said and which addresses were asked."""
    page = context.new_page()
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    return page


def visit(browser, address, path, width, **options):
    """Open a path in a context of its own."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = listened(context)
    page.goto(address + path, wait_until="networkidle")
    return page


def follow(page, target):
    """Press a button or a link and wait until the page that it leads to is there; a click alone only waits to leave."""
    try:
        with page.expect_navigation(wait_until="load"):
            (page.locator(target).first if isinstance(target, str) else target).click()
    except Error as error:
        error.add_note(f"{page.url} says:\n{page.inner_text('body')}")
        raise


def log_in(page, address, account, system=None):
    """Log in by the page, as a person does; with the `system` also past the second factor, where it is asked for."""
    page.goto(address + "/dang-nhap")
    page.fill("#email", account[0])
    page.fill("#password", account[1])
    follow(page, "main button[type=submit]")
    if system is not None and page.url.partition("?")[0].endswith("/dang-nhap/ma"):
        page.fill("#one_time_code", recovery_code(system, account[0]))
        follow(page, "main button[type=submit]")
    return page
