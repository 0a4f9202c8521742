"""Takes the screenshots of the README from a freshly loaded demonstration; needs Chromium (`make screenshots`)."""

import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from app import config
from app.factory import System, create_app
from fixtures.load import Demo

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "screenshots"
PAGES = {"home": "/", "search": "/tim-kiem?q=dat+dai", "entry": "/doc/csdl/CSDL-0062", "agencies": "/co-quan"}
GUIDE = ROOT / "app" / "web" / "static" / "guide"  # shown by the help pages
PEOPLE = {  # name in the help: whose account, what they open, name here
    "phieu": ("dau-moi.", "Cơ sở dữ liệu thử nghiệm 1", "draft"),
    "tham-dinh": ("reviewer@", "Cơ sở dữ liệu thử nghiệm 3", "review"),
    "phe-duyet": ("approver@", "Cơ sở dữ liệu thử nghiệm 5", "approval"),
}
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main() -> None:
    """Write one PNG per page and width."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is missing (Debian: chromium)")
    TARGET.mkdir(exist_ok=True)
    GUIDE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "demo.toml"
        text = (ROOT / "fixtures" / "demo.toml").read_text(encoding="utf-8").replace("../var/demo", ".")
        settings.write_text(text, encoding="utf-8")
        system = System(config.load({config.VARIABLE: str(settings)}))
        system.migrate()
        for _ in Demo(system.database, system.profile).load():
            pass
        system.follow()
        server = create_server(create_app(system), host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        passwords = {email: password for _role, email, password in Demo(system.database, system.profile).passwords()}
        _take(chromium, f"http://127.0.0.1:{server.effective_port}", passwords)
        server.close()


def _take(chromium: str, address: str, passwords: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            for name, path in PAGES.items():
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=TARGET / f"{name}-{width}.png")
            page.close()
            for guide, (who, link, name) in PEOPLE.items():
                _take_of(browser.new_page(viewport={"width": width, "height": 900}), address, (who, passwords), link)
                page = browser.contexts[-1].pages[0]
                page.screenshot(path=TARGET / f"{name}-{width}.png")
                if width > 390:  # noqa: PLR2004 - the help shows the wide ones
                    page.screenshot(path=GUIDE / f"{guide}.png")
                page.close()
        browser.close()


def _take_of(page: Page, address: str, account: tuple[str, dict[str, str]], link: str) -> None:
    """Log in and open what the link on “Việc của tôi” leads to."""
    email = next(known for known in account[1] if known.startswith(account[0]))
    page.goto(address + "/dang-nhap")
    page.fill("#email", email)
    page.fill("#password", account[1][email])
    page.click("main button[type=submit]")
    page.click(f"text={link}")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
