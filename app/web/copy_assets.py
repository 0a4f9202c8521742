"""Copies the front-end assets from npm's folder into `static/vendor`, with our font in
place of GOV.UK's.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "node_modules"
TARGET = Path(__file__).parent / "static" / "vendor"

FONT = (
    '"Be Vietnam Pro",system-ui,-apple-system,"Segoe UI",Roboto,"Noto '
    'Sans",arial,sans-serif'
)
FILES = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "LICENSE-htmx.txt",
    "accessible-autocomplete/dist/accessible-autocomplete.min.js": "accessible-autocomplete.min.js",
    "accessible-autocomplete/dist/accessible-autocomplete.min.css": "accessible-autocomplete.min.css",
    "accessible-autocomplete/LICENSE.txt": "LICENSE-accessible-autocomplete.txt",
    "codemirror/lib/codemirror.js": "codemirror.js",
    "codemirror/lib/codemirror.css": "codemirror.css",
    "codemirror/mode/sparql/sparql.js": "codemirror-sparql.js",
    "codemirror/LICENSE": "LICENSE-codemirror.txt",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
    "swagger-ui-dist/LICENSE": "LICENSE-swagger-ui.txt",
    "swagger-ui-dist/NOTICE": "NOTICE-swagger-ui.txt",
    "@fontsource/be-vietnam-pro/LICENSE": "LICENSE-be-vietnam-pro.txt",
    **{
        f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{subset}-{weight}-normal.woff2": f"{subset}-{weight}.woff2"
        for subset in ("latin", "vietnamese")
        for weight in (400, 700)
    },
}


def restyle(css: str) -> str:
    """Return the style sheet without branded font and crest; ValueError when it is not
    as this expects it.
    """
    css, faces = re.subn(r"@font-face\{font-family:\"?GDS Transport\"?[^}]*\}", "", css)
    css, families = re.subn(r"\"?GDS Transport\"?,\s*arial,\s*sans-serif", FONT, css)
    css, crests = re.subn(r"url\([^)]*govuk-crest\.svg\)", "none", css)
    if not (faces and families and crests) or "url(" in css or "GDS" in css:
        raise ValueError(
            f"unexpected style sheet: {faces} faces, {families} families, "
            f"{crests} crests"
        )
    return css


def copy() -> None:
    """Fill the folder; FileNotFoundError when npm has not been run."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(SOURCE / source, TARGET / name)
    css = (SOURCE / "govuk-frontend/dist/govuk/govuk-frontend.min.css").read_text(
        encoding="utf-8"
    )
    (TARGET / "govuk-frontend.min.css").write_text(restyle(css), encoding="utf-8")


if __name__ == "__main__":
    try:
        copy()
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is missing: run “npm ci --ignore-scripts” first")
