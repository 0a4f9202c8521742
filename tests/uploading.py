"""Workbooks as an agency sends them, and what becomes of them."""

import html
import io
import re

import xlsxwriter
from sqlalchemy import select

from app.workflow.proposals.models import Proposal

KIND = "shared-database"
HEAD = [
    "STT",
    "Tên cơ sở dữ liệu",
    "Mục đích",
    "Nội dung dữ liệu",
    "Loại bản ghi",
    "Căn cứ pháp lý",
    "Đầu mối",
    "Tần suất cập nhật",
    "Bí mật nhà nước",
]
LAW = "1/2026/QĐ-UBND"


def line(name, **more):
    cells = {
        "STT": "1",
        "Tên cơ sở dữ liệu": name,
        "Mục đích": "Quản lý",
        "Nội dung dữ liệu": "Thửa đất",
        "Loại bản ghi": "Bản ghi gốc",
        "Căn cứ pháp lý": f"Quyết định số {LAW} ngày 01/01/2026",
        "Đầu mối": "Phòng Dữ liệu",
        "Tần suất cập nhật": "Hàng tháng",
        "Bí mật nhà nước": "Không",
    }
    return [{**cells, **more}[name] for name in HEAD]


def workbook(*lines, head=HEAD, hidden=(), sheet="Danh sách"):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for number, cells in enumerate([head, *lines]):
            page.write_row(number, 0, cells)
        for number in hidden:
            page.set_row(number - 1, None, None, {"hidden": True})
    return stream.getvalue()


def made(office, kind=KIND):
    with office.system.database.reading() as session:
        query = select(Proposal).where(Proposal.kind == kind).order_by(Proposal.number)
        return [(one.type, one.status, one.content) for one in session.scalars(query)]


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def address(page):
    return re.search(r'action="(/dang-ky/tep/[0-9]+)[/"]', page.text)[1]
