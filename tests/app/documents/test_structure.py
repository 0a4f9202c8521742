"""Data items from the structure of a database, in the words of four dialects, and from a heading alone."""

import pytest

from app.documents.tables import structure
from app.errors import InvalidError

POSTGRESQL = """SET client_encoding = 'UTF8';
CREATE TABLE IF NOT EXISTS public.cong_dan (
  id bigserial PRIMARY KEY, ho_ten varchar(200) NOT NULL, ngay_sinh date, anh bytea,
  ranh geometry(Point,4326), CONSTRAINT x CHECK (id > 0)) TABLESPACE pg_default;
COMMENT ON TABLE public.cong_dan IS 'Công dân';
COMMENT ON COLUMN public.cong_dan.ho_ten IS 'Họ và tên';
CREATE INDEX a ON cong_dan(id);"""
SQL_SERVER = """USE [db]
GO
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[HoSo]([Id] [int] IDENTITY(1,1) NOT NULL, [TenHoSo] [nvarchar](max) NULL,
  [NgayNop] [datetime2](7) NULL,
  CONSTRAINT [PK_HoSo] PRIMARY KEY CLUSTERED ([Id] ASC)) ON [PRIMARY]
GO"""
ORACLE = """CREATE TABLE HS.THUA_DAT (MA_THUA VARCHAR2(20 BYTE) NOT NULL ENABLE,
  DIEN_TICH NUMBER(12,2), GHI_CHU CLOB, CONSTRAINT PK PRIMARY KEY (MA_THUA) USING INDEX)
  PCTFREE 10 TABLESPACE "HS";
COMMENT ON COLUMN HS.THUA_DAT.MA_THUA IS 'Mã thửa';"""
MYSQL = """CREATE TABLE `ho_khau` (`id` int(11) NOT NULL AUTO_INCREMENT,
  `chu_ho` varchar(100) COMMENT 'Chủ hộ', `lap` timestamp DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='Hộ khẩu';"""


@pytest.mark.parametrize(
    ("ddl", "name", "told"),
    [
        (
            POSTGRESQL,
            "Công dân",
            [
                "id (số, khóa)",
                "Họ và tên (văn bản)",
                "ngay_sinh (ngày, giờ)",
                "anh (tệp)",
                "ranh (hình học)",
                "Có thể là dữ liệu cá nhân: Họ và tên, ngay_sinh",
            ],
        ),
        (SQL_SERVER, "HoSo", ["Id (số", "TenHoSo (văn bản)", "NgayNop (ngày, giờ)"]),
        (ORACLE, "THUA DAT", ["Mã thửa (văn bản, khóa)", "DIEN_TICH (số)"]),
        (MYSQL, "Hộ khẩu", ["id (số, khóa)", "Chủ hộ (văn bản)", "lap (ngày, giờ)"]),
    ],
    ids=["PostgreSQL", "SQL Server", "Oracle", "MySQL"],
)
def test_a_table_becomes_an_item_with_its_columns(ddl, name, told):
    heading, line = structure.pasted(ddl).splitlines()

    assert heading == "Tên hạng mục\tÝ nghĩa"
    title, meaning = line.split("\t")
    assert title == name
    assert [part for part in told if part not in meaning] == []


def test_a_heading_that_stands_alone_names_the_items_and_other_lines_stay():
    heading = "Họ tên\tNgày sinh\tĐịa chỉ\tSố hiệu"
    assert structure.pasted(heading).splitlines()[1:] == heading.split("\t")
    for text in ("Thửa đất\tÝ nghĩa", "Một\tHai\tBa\tBốn\nNăm\tSáu\tBảy\tTám", ""):
        assert structure.pasted(text) == text


@pytest.mark.parametrize(
    "ddl",
    [
        "CREATE TABLE x (",
        "create table " + "(" * 5000,
        "create table a(b int);\n" * 1001,
        "CREATE TABLE a (" + ",".join(f"c{n} int" for n in range(60_000)) + ")",
    ],
    ids=["cut", "brackets", "many", "wide"],
)
def test_what_is_no_table_or_too_much_is_refused_in_words(ddl):
    with pytest.raises(InvalidError, match=r"bảng|lệnh|Đoạn SQL|Tệp"):
        structure.pasted(ddl)
