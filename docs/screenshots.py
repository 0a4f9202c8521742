"""Takes the screenshots of the README from a freshly loaded demonstration; needs Chromium (`make screenshots`)."""

import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from waitress.server import create_server

from app import config
from app.factory import System, create_app
from fixtures.load import Demo

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "screenshots"
PAGES = {"home": "/", "search": "/tim-kiem?q=dat+dai", "entry": "/doc/csdl/CSDL-0062", "agencies": "/co-quan"}
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main() -> None:
    """Write one PNG per page and width."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is missing (Debian: chromium)")
    TARGET.mkdir(exist_ok=True)
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
        _take(chromium, f"http://127.0.0.1:{server.effective_port}")
        server.close()


def _take(chromium: str, address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            for name, path in PAGES.items():
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=TARGET / f"{name}-{width}.png")
        browser.close()


if __name__ == "__main__":
    main()
