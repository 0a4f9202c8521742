"""What a file of 5,000 databases costs: read, beside plain calamine on the same file;
shown before anything happens, beside the trivial page; made into drafts; and what
another reader feels meanwhile.

A fresh SQLite register; everything is illustrative. Compare within one run; BENCH_ROWS
changes the number.
"""

import io
import logging
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# the register before `tests/app`, which is none
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import xlsxwriter
from people import Browser
from python_calamine import CalamineWorkbook
from run import quantiles
from support import opened_office

from app import logs
from app.documents.tables import sheets
from app.permissions import Role

ROWS = int(os.environ.get("BENCH_ROWS", "5000"))
KIND = "shared-database"
HEADING = (
    "STT",
    "Tên cơ sở dữ liệu",
    "Mục đích",
    "Nội dung dữ liệu",
    "Loại bản ghi",
    "Căn cứ pháp lý",
    "Đầu mối",
    "Tần suất cập nhật",
    "Bí mật nhà nước",
    "Phạm vi",
)


def workbook() -> bytes:
    """Return a file of so many databases, all complete enough to be sent."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_row(0, 0, HEADING)
        for n in range(1, ROWS + 1):
            name = f"Cơ sở dữ liệu số {n} của lĩnh vực {n % 37}"
            row = [str(n), name, "Quản lý", f"Nội dung {n}", "Bản ghi gốc"]
            row += [
                "1/2026/QĐ-UBND",
                "Phòng Dữ liệu",
                "Hằng tháng",
                "Không",
                "Toàn tỉnh",
            ]
            page.write_row(n, 0, row)
    return stream.getvalue()


def seconds(name: str, since: float) -> float:
    """Print how long something took; return now."""
    now = time.perf_counter()
    print(f"{name:<58} {now - since:7.2f} s")
    return now


def main() -> None:
    """Print the figures."""
    logs.configure(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        office = opened_office(Path(folder))
        office.law("1/2026/QĐ-UBND")
        registrar, reader = Browser(office, Role.REGISTRAR), Browser(office)
        data = workbook()
        print(f"{ROWS} rows, {len(data):,} bytes")
        quantiles("trivial page (/tai-ve)", lambda _n: reader.get("/tai-ve"))
        begun = time.perf_counter()
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(
            0
        ).to_python()
        begun = seconds("calamine alone", begun)
        sheets.read_book(b"a;b\n1;2\n")  # the warm process is there
        begun = time.perf_counter()
        sheets.read_book(data)
        begun = seconds("read in the sandbox, with looks and letters", begun)
        page = registrar.upload(KIND, data)
        begun = seconds("sent, kept and shown", begun)
        path = re.search(r'action="(/dang-ky/tep/[0-9]+)"', page.text)[1]
        registrar.get(path)
        seconds("shown once more", begun)
        _applied(registrar, reader, path, page)


def _applied(registrar: Browser, reader: Browser, path: str, page: object) -> None:
    """Make the rows drafts while somebody else asks for the trivial page."""
    felt: list[float] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            asked = time.perf_counter()
            reader.get("/tai-ve")
            felt.append((time.perf_counter() - asked) * 1000)
            time.sleep(0.05)

    prober = threading.Thread(target=ask)
    prober.start()
    begun = time.perf_counter()
    told = registrar.decide(path, page, "draft")
    while "data-go-on" in told.text:
        registrar.post(f"{path}/tiep")
        told = registrar.get(path)
    seconds("made into drafts", begun)
    done.set()
    prober.join()
    p95 = statistics.quantiles(felt, n=20)[18]
    middle = statistics.median(felt)
    print(f"{'trivial page meanwhile':<52} p50 {middle:>7.1f} ms  p95 {p95:>7.1f} ms")


if __name__ == "__main__":
    main()
