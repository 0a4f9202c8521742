"""What somebody sends is measured while it is read, in a process that may die."""

import io
import re
import time
import zipfile

import pytest
import xlsxwriter

from app.documents.tables import sheets
from app.errors import InvalidError

MOST = 2_900_000


@pytest.mark.parametrize(
    "data",
    [
        b"\n" * MOST,
        b"a\n" * (MOST // 2),
        b"," * MOST,
        b'"' * MOST,
        b"\r" * MOST,
        b"\x00" * MOST,
    ],
    ids=["line breaks", "lines", "columns", "quotes", "returns", "zeros"],
)
def test_line_breaks_and_their_like_are_refused_early(data):
    sheets.read(b"a;b\n1;2\n")  # the warm process is there
    begun = time.monotonic()

    with pytest.raises(InvalidError):
        sheets.read(data)

    assert time.monotonic() - begun < 5  # of a process that is killed after ten


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * (sheets.MAX_UNPACKED + 1))

    with pytest.raises(InvalidError, match="quá lớn"):
        sheets.read(stream.getvalue())


def test_a_short_file_is_read_as_ever():
    assert sheets.read("Mã;Tên\nH19.7;Sở Y tế\n\n".encode("utf-8-sig")) == [
        (1, ["Mã", "Tên"]),
        (2, ["H19.7", "Sở Y tế"]),
    ]


SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
X = '<c r="{}" t="inlineStr"><is><t>x</t></is></c>'


def repacked(parts):
    """Return a workbook in which parts of the archive are others."""
    stream, made = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "a")
    source = zipfile.ZipFile(stream)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, parts.get(name, source.read(name)))
    return made.getvalue()


def sheet(rows, after=""):
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>"


def laughs():
    entities = "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
    return f'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">{entities}]>{sheet(cell)}'


HOSTILE = {
    "a cell far away": {
        SHEET: sheet(f'<row r="1048576">{X.format("XFD1048576")}</row>')
    },
    "two corners": {
        SHEET: sheet(
            f'<row r="1">{X.format("A1")}</row>'
            f'<row r="1048576">{X.format("XFD1048576")}</row>'
        )
    },
    "a million cells": {
        SHEET: sheet(
            "".join(
                f'<row r="{n}">{"<c><v>1</v></c>" * 200}</row>' for n in range(1, 6000)
            )
        )
    },
    "one cell of megabytes": {
        SHEET: sheet(
            f'<row r="1"><c t="inlineStr"><is><t>{"A" * 9_000_000}</t></is></c></row>'
        )
    },
    "entities in entities": {SHEET: laughs()},
    "merged over and over": {
        SHEET: sheet(
            f'<row r="1">{X.format("A1")}</row>',
            "<mergeCells>"
            + "".join(f'<mergeCell ref="A{n}:A1048576"/>' for n in range(1, 3000))
            + "</mergeCells>",
        )
    },
    "styles that are no XML": {"xl/styles.xml": "<a"},
    "links that are no XML": {"xl/_rels/workbook.xml.rels": "x"},
    "numbers that are none": {
        SHEET: sheet('<row r="abc"><c r="A1" s="zz"><v>1</v></c></row>')
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_in_words_and_the_reader_lives_on(name):
    with pytest.raises(InvalidError) as refused:
        sheets.read(repacked(HOSTILE[name]))

    assert re.search("Tệp|tệp|ô dài", refused.value.message), refused.value.message
    assert sheets.read(b"a;b\n1;2\n") == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n" + b"x" * 100, "không phải bảng tính"),
        (b"MZ\0\0" + b"\0" * 100, "không phải bảng tính"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "không phải bảng tính"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 504
            + "EncryptedPackage".encode("utf-16-le")
            + b"\0" * 2000,
            "mật khẩu",
        ),
        (repacked({})[:-200], "Không đọc được"),
    ],
    ids=["pdf", "program", "web page", "encrypted", "cut"],
)
def test_what_calls_itself_a_spreadsheet_and_is_none_is_refused(data, word):
    with pytest.raises(InvalidError, match=word):
        sheets.read(data)
