"""What is exported comes back as it was; what was changed in it, and nothing else, changes."""

import html
import io
import re

import pytest
import xlsxwriter
from people import Browser
from support import database

from app.documents.tables import exported, sheets, uploaded
from app.documents.tables.lookup import Lookup
from app.documents.tables.uploaded import Plan
from app.permissions import Audience, Role
from app.register.filters import Filter
from app.register.standing import PRESENT
from app.workflow.uploads import comparing
from app.workflow.uploads.rows import Outcome
from catalog_schema.profile import Visibility

KIND = "shared-database"


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def compared(office, data, kind=KIND):
    """Return what the rows of a file would do."""
    level = Audience(Visibility.OWNER)
    with office.desk() as desk, office.reading(audience=level) as register:
        declared = desk.profile.kinds[kind]
        planned = uploaded.tables(declared, sheets.read_book(data), Plan(), {})
        assert all(table.sure for table in planned)
        rows = uploaded.read_rows(Lookup(desk.session, desk.profile), declared, planned)
        return comparing.compare(desk, register, declared, rows, {})


def written(office, kind=KIND):
    with office.reading(audience=Audience(Visibility.OWNER)) as register:
        views = register.all(Filter((kind,), PRESENT))
        return exported.table(register, register.profile.kinds[kind], views)


def workbook(table):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False}
    ) as book:
        page = book.add_worksheet("Danh mục")
        for number, line in enumerate([table.heading, *table.rows]):
            for column, text in enumerate(line):
                page.write_string(number, column, text)
    return stream.getvalue()


HARD = [
    {"title": {"vi": "=1+1", "en": "Sum"}},
    {"title": {"vi": "Tên; có dấu | lạ"}, "note": "dòng một\ndòng hai"},
    {"title": {"vi": "'@cắt"}, "keyword": ["đất đai", "nhà, đất"]},
    {"title": {"vi": "Mục có ngày của năm cũ"}, "last_updated": "2026-03-09"},
    {"title": {"vi": "Mục có số 0251"}, "tech_contact": "0251 382 2222"},
]


@pytest.fixture
def full(office):
    owner = str(office.actors[Role.REGISTRAR].agency_id)
    law = str(office.law("2/2026/QĐ-UBND"))
    office.law("2/2026/QĐ-UBND bis")
    for n in range(40):
        content = database(owner, law, title=f"Cơ sở dữ liệu thứ {n}")
        office.enter(KIND, {**content, **HARD[n % len(HARD)]} if n < 5 else content)
    return office


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_that_comes_back_changes_nothing(full, form):
    table = written(full)

    found = compared(full, getattr(table, form)())

    told = [(row.title, row.outcome, row.errors, row.changes) for row in found.rows]
    assert [one for one in told if one[1] is not Outcome.SAME] == []
    assert len(told) == 40


def test_seven_cells_that_were_changed_are_seven_changes_and_no_more(full):
    table = written(full)
    rows = [list(row) for row in table.rows]
    purpose = list(table.heading).index("Mục đích")
    scope = list(table.heading).index("Phạm vi")
    for n in range(6):
        rows[n * 5][purpose] = f"Mục đích mới {n}"
    rows[0][scope] = ""  # a cell that was emptied is a change too

    found = compared(full, workbook(exported.Exported(table.heading, rows)))

    changed = [(row, change) for row in found.rows for change in row.changes]
    assert len(changed) == 7
    assert {change.name for _row, change in changed} == {"purpose", "scope"}
    assert len(found.of(Outcome.CHANGED)) == 6


def test_the_page_gives_what_the_agency_has_and_takes_it_back(full):
    browser = Browser(full, Role.REGISTRAR)

    data = browser.get(f"/dang-ky/hien-co.xlsx?kind={KIND}").data
    shown = browser.upload(KIND, data)

    assert "0 mới · 0 thay đổi · 40 không đổi" in words(shown), words(shown)
    assert "đã nhận ra tất cả" in words(shown)
    assert browser.get(f"/dang-ky/hien-co.pdf?kind={KIND}").status_code == 404
