"""Takes the screenshots of the README from a freshly loaded demonstration; needs
Chromium (`make screenshots`).
"""

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from app import config
from app.accounts import factors
from app.accounts import service as accounts
from app.factory import System, create_app
from app.permissions import Role
from fixtures.load import Demo, email

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "screenshots"
PAGES = {
    "home": "/",
    "search": "/tim-kiem?q=dat+dai",
    "entry": "/doc/csdl/CSDL-0062",
    "agencies": "/co-quan",
}
GUIDE = ROOT / "app" / "web" / "static" / "guide"  # shown by the help pages
PEOPLE = {  # name in the help: whose account, what they open, name here
    "phieu": ("dau-moi.", "Cơ sở dữ liệu thử nghiệm 1", "draft"),
    "tham-dinh": ("reviewer@", "Cơ sở dữ liệu thử nghiệm 3", "review"),
    "phe-duyet": ("approver@", "Cơ sở dữ liệu thử nghiệm 5", "approval"),
}
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    """Write one PNG per page and width."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is missing (Debian: chromium)")
    TARGET.mkdir(exist_ok=True)
    GUIDE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "demo.toml"
        text = (
            (ROOT / "fixtures" / "demo.toml")
            .read_text(encoding="utf-8")
            .replace("../var/demo", ".")
        )
        settings.write_text(text, encoding="utf-8")
        system = System(config.load({config.VARIABLE: str(settings)}))
        system.migrate()
        for _ in Demo(system).load():
            pass
        system.follow()
        server = create_server(create_app(system), host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        passwords = {
            email: password for _role, email, password in Demo(system).passwords()
        }
        codes = _codes(system)
        _take(chromium, f"http://127.0.0.1:{server.effective_port}", passwords, codes)
        server.close()


def _codes(system: System) -> Iterator[str]:
    """Give recovery codes of the approver: nobody here has the phone."""
    with system.database.transaction() as session:
        person = accounts.find(session, email(Role.APPROVER))
        codes = factors.renew_codes(session, person.id, system.key) if person else []
    return iter(codes)


def _take(
    chromium: str, address: str, passwords: dict[str, str], codes: Iterator[str]
) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            for name, path in PAGES.items():
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=TARGET / f"{name}-{width}.png")
            page.close()
            for guide, (who, link, name) in PEOPLE.items():
                page = browser.new_page(viewport={"width": width, "height": 900})
                _log_in(
                    page,
                    address,
                    next(
                        (known, passwords[known])
                        for known in passwords
                        if known.startswith(who)
                    ),
                )
                if page.locator("#one_time_code").count():
                    page.fill("#one_time_code", next(codes))
                    page.click("main button[type=submit]")
                page.click(f"text={link}")
                page.wait_for_load_state("networkidle")
                page.screenshot(path=TARGET / f"{name}-{width}.png")
                if width > 390:  # noqa: PLR2004 - the help shows the wide ones
                    page.screenshot(path=GUIDE / f"{guide}.png")
                page.close()
        browser.close()


def _log_in(page: Page, address: str, account: tuple[str, str]) -> None:
    page.goto(address + "/dang-nhap")
    page.fill("#email", account[0])
    page.fill("#password", account[1])
    page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
