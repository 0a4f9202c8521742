"""What somebody sends is measured while it is read, in a process that may die."""

import io
import time
import zipfile

import pytest

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
