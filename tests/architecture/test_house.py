"""Guards over the whole application: what the plan says and no reviewer should have to look for."""

import ast
import re
import statistics
import subprocess
from dataclasses import fields as dataclass_fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from conftest import ROOT

from app import config, errors
from app.api import problems
from app.migrations import tables

CODE = sorted(
    p
    for part in ("app", "catalog_schema")
    for p in (ROOT / part).rglob("*.py")
    if "versions" not in p.parts
)
TEMPLATES = sorted((ROOT / "app").rglob("*.html"))
SHAPES = sorted((ROOT / "catalog_schema").rglob("*.ttl"))


def relative(path):
    return str(path.relative_to(ROOT))


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_a_module_opens_with_one_sentence_and_stays_small():
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), relative(path)
        assert text.count("\n") <= 600, relative(path)
        assert not re.search(r"(utils|helpers|common|manager|handler)$", path.stem), (
            relative(path)
        )


def test_functions_are_short():
    lengths = []
    for path in CODE:
        for function in functions(path):
            length = (function.end_lineno or 0) - function.lineno + 1
            assert length <= 60, (relative(path), function.name)
            lengths.append(length)

    assert statistics.median(lengths) <= 10
    assert sorted(lengths)[int(len(lengths) * 0.9)] <= 25


def holding(pattern, paths, but=()):
    """Return the files in which a pattern stands, those that may hold it left out."""
    found = re.compile(pattern)
    texts = ((relative(path), path.read_text(encoding="utf-8")) for path in paths)
    return [name for name, text in texts if name not in but and found.search(text)]


def test_only_db_commits():
    own = (
        "app/db.py",
        "app/search/backends/whoosh.py",
        "app/search/backends/tantivy.py",
    )

    assert holding(r"commit\(", CODE, own) == []


def test_only_the_clock_knows_what_time_it_is():
    asked = r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\("

    assert holding(asked, CODE, ("app/clock.py",)) == []


def test_no_province_stands_in_the_code():
    assert holding(r"Đồng Nai|\bH19\b|Bình Phước", [*CODE, *SHAPES, *TEMPLATES]) == []


def test_no_kind_is_named_where_any_kind_is_meant():
    """Rules about databases alone name theirs by `profile.DATABASE`; an example in a help text is no rule."""
    assert (
        holding(
            "shared-database",
            [*CODE, *TEMPLATES],
            ("catalog_schema/profile.py", "app/cli/proposing.py"),
        )
        == []
    )


EDGES = {
    "app/search/backends/generations.py",  # reads what lies on the disk: broken bytes may raise anything
    "app/jobs.py",  # one task that fails keeps no other from being done, and is told in the log
}


def test_nothing_catches_every_exception_but_the_edge():
    for path in CODE:
        if relative(path) in EDGES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, relative(path)
                assert not (
                    isinstance(node.type, ast.Name) and node.type.id == "Exception"
                ), relative(path)


def test_an_import_inside_a_function_says_why():
    for path in CODE:
        if path.parent.name == "cli":
            continue  # a command loads only what it needs
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in functions(path):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    line = lines[node.lineno - 1]
                    assert re.search(r"# noqa: PLC0415 - \w+", line), (
                        f"{relative(path)}:{node.lineno}"
                    )


def test_every_route_declares_a_right_or_is_public(demo_client):
    application = demo_client.application
    for rule in application.url_map.iter_rules():
        view = application.view_functions[rule.endpoint]
        assert hasattr(view, "right"), f"{rule} declares no right"


def test_nothing_that_is_read_is_written_by_get(demo, demo_client):
    from sqlalchemy import text

    def state():
        with demo.database.reading() as session:
            names = [t.name for t in tables.metadata.sorted_tables]
            return [
                session.execute(text(f"SELECT count(*) FROM {name}")).scalar()
                for name in names
            ]

    before = state()
    for rule in demo_client.application.url_map.iter_rules():
        if not rule.arguments:
            demo_client.get(rule.rule)

    assert state() == before


def test_every_error_has_a_status_and_every_status_a_title():
    found = {
        e
        for e in vars(errors).values()
        if isinstance(e, type) and issubclass(e, errors.DanhmucError)
    }

    assert found - {errors.DanhmucError} == set(problems.STATUS)
    assert set(problems.STATUS.values()) <= set(problems.TITLES)
    assert len({e.code for e in found}) == len(found)


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")

    for field in dataclass_fields(config.Settings):
        assert f"`{field.name}`" in text, field.name
    assert config.VARIABLE in text


def test_migrations_make_exactly_the_models(office):
    with office.system.database.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection), tables.metadata
        )

    assert differences == []


def test_the_readme_names_rooms_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = re.findall(r"`((?:app|catalog_schema|fixtures|docs)/[\w./<>-]*)`", readme)

    assert len(rooms) > 12
    for room in rooms:
        assert (ROOT / re.sub(r"<[^>]*>.*", "", room)).exists(), room


def test_every_term_of_the_plan_is_in_the_glossary():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

    for word in (
        "profile",
        "entry",
        "version",
        "period",
        "proposal",
        "finding",
        "journal",
        "projection",
        "post",
    ):
        assert f"| {word} |" in text


def test_what_is_set_up_is_not_committed():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert not [
        p
        for p in tracked
        if p.startswith(("app/web/static/vendor", "node_modules", ".venv", "var/"))
    ]
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    pinned = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in pinned
    assert "://" not in pinned


def test_fixtures_name_source_and_certainty_row_by_row():
    import csv

    for path in (ROOT / "fixtures").glob("*/*.csv"):
        with path.open(encoding="utf-8") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                certainty = row.get("certainty") or row.get("Mức xác thực")
                assert certainty, f"{path.name}:{number}"
                source = row.get("source_note") or row.get("Nguồn số liệu")
                assert source, f"{path.name}:{number}"


def test_no_invented_code_of_the_province_is_unmarked():
    import csv

    for path in (ROOT / "fixtures").glob("*/*.csv"):
        with path.open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if re.fullmatch(r"H19\..+", row.get("value", "")):
                    assert row["illustrative"] == "true"


def test_the_assets_are_restyled_without_branding():
    from app.web import copy_assets

    css = (copy_assets.TARGET / "govuk-frontend.min.css").read_text(encoding="utf-8")

    assert "GDS" not in css
    assert "url(" not in css
    with pytest.raises(ValueError, match="unexpected"):
        copy_assets.restyle("body{}")


THEME = {  # foreground, background, least contrast (WCAG 1.4.3, 1.4.11)
    "white on the header": ("#ffffff", "#8c1515", 4.5),
    "link": ("#0b4a8f", "#ffffff", 4.5),
    "visited link": ("#4b2c7a", "#ffffff", 4.5),
    "button": ("#ffffff", "#0b6b3a", 4.5),
    "meta text": ("#484949", "#ffffff", 4.5),
    "focus on black": ("#0b0c0c", "#ffd54a", 4.5),
    "figure border": ("#8c1515", "#ffffff", 3.0),
    "input border": ("#0b0c0c", "#ffffff", 3.0),
}


# token of the text, token of the ground; what large text and pictures need
TOKENS = {
    "ink on paper": ("ink", "paper", 7.0),
    "second ink on paper": ("ink-2", "paper", 4.5),
    "second ink on wash": ("ink-2", "wash", 4.5),
    "link on paper": ("link", "paper", 4.5),
    "link on wash": ("link", "wash", 4.5),
    "visited link": ("link-visited", "paper", 4.5),
    "brand on paper": ("brand", "paper", 4.5),
    "paper on brand": ("paper", "brand", 4.5),
    "tint on brand": ("brand-tint", "brand", 4.5),
    "paper on go": ("paper", "go", 4.5),
    "good": ("good", "good-bg", 4.5),
    "info": ("info", "info-bg", 4.5),
    "warn": ("warn", "warn-bg", 4.5),
    "bad": ("bad", "bad-bg", 4.5),
    "quiet": ("quiet", "quiet-bg", 4.5),
    "held": ("held", "held-bg", 4.5),
    "ink on focus": ("ink", "focus", 4.5),
    "control on paper": ("control", "paper", 3.0),
    "shared in a picture": ("shared", "paper", 3.0),
    "open in a picture": ("open", "paper", 3.0),
    "private in a picture": ("private", "paper", 3.0),
}


def _luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("pair", TOKENS)
def test_the_tokens_have_contrast(pair):
    foreground, background, least = TOKENS[pair]
    css = (ROOT / "app" / "web" / "static" / "look.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--dm-([a-z0-9-]+):(#[0-9a-f]{3,6})", css))
    lights = [_luminance(tokens[name]) for name in (foreground, background)]
    light, dark = max(lights), min(lights)
    assert (light + 0.05) / (dark + 0.05) >= least


@pytest.mark.parametrize("pair", THEME)
def test_the_theme_has_contrast(pair):
    foreground, background, least = THEME[pair]
    used = (ROOT / "app" / "web" / "static" / "look.css").read_text(encoding="utf-8")

    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in channels
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(foreground), luminance(background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
    assert (
        any(
            c in used
            for c in (foreground, background)
            if c not in ("#ffffff", "#0b0c0c")
        )
        or "input" in pair
    )


def test_the_lines_of_this_check_are_found():
    assert len(CODE) > 50
    assert Path(__file__).exists()


def test_every_page_that_writes_says_whose_transaction_it_is():
    """`current.writing()` names who acts; only a log-in, which nobody has yet, does not."""
    pages = [
        path
        for path in CODE
        if relative(path).startswith("app/web/")
        and not relative(path).startswith("app/web/http/")
    ]
    opened = holding(r"database\.transaction\(", pages)

    assert opened == ["app/web/people/log_in.py"]


def test_a_table_that_is_stacked_on_a_phone_names_its_cells():
    """A row of cells below each other has no heading above them: each says what it is."""
    bare = []
    for path in sorted((ROOT / "app" / "web" / "templates").rglob("*.html")):
        tables = re.findall(
            r'<table class="[^"]*app-stacked.*?</table>', path.read_text(), re.DOTALL
        )
        cells = re.findall(r'<td class="govuk-table__cell[^>]*>', "".join(tables))
        bare += [
            (path.name, cell)
            for cell in cells
            if "data-label" not in cell and "colspan" not in cell
        ]

    assert bare == []
