"""Which settings exist: one TOML file, named by DANHMUC_CONFIG, read once at start."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from app.clock import OPEN_END, OPEN_START
from app.errors import SetupError

VARIABLE = "DANHMUC_CONFIG"
_OPTIONAL = {"demonstration", "featured_day", "review_days", "trusted_proxy"}
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True)
class Province:
    """Name and type of the province between two days (`valid_to` exclusive)."""

    name: str
    type: str
    valid_from: date = OPEN_START
    valid_to: date = OPEN_END


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations; docs/operate.md says what each is for."""

    database_url: str
    search_url: str
    data_dir: Path
    base_uri: str
    provinces: tuple[Province, ...]
    publisher_code: str
    demonstration: bool = False
    featured_day: date | None = None
    review_days: int = 20
    trusted_proxy: str | None = None

    def province(self, day: date) -> Province:
        """Return the province's name on a day; outside the named days, the name nearest to it."""
        ordered = sorted(self.provinces, key=lambda province: province.valid_from)
        begun = [province for province in ordered if province.valid_from <= day]
        return begun[-1] if begun else ordered[0]


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the file that DANHMUC_CONFIG names; SetupError says what is missing or wrong."""
    name = environ.get(VARIABLE)
    if not name:
        raise SetupError(f"Chưa có cấu hình: đặt biến {VARIABLE} là đường dẫn của tệp TOML (mẫu: docs/operate.md)")
    path = Path(name)
    if not path.is_file():
        raise SetupError(f"Không tìm thấy tệp cấu hình {path}")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"Tệp cấu hình {path} không đúng dạng TOML: {error}") from error
    return parse(data, path.parent)


def parse(data: Mapping[str, Any], folder: Path) -> Settings:
    """Make settings of a TOML table; paths in it are relative to `folder`. Unknown names are refused."""
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise SetupError(f"Cấu hình có mục không dùng tới: {', '.join(unknown)}")
    missing = sorted(known - set(data) - _OPTIONAL)
    if missing:
        raise SetupError(f"Cấu hình thiếu mục: {', '.join(missing)}")
    if not data["provinces"]:
        raise SetupError("Cấu hình chưa có tên tỉnh: thêm mục [[provinces]]")
    if not _BASE.fullmatch(data["base_uri"]):
        raise SetupError("base_uri phải là địa chỉ http(s) đầy đủ, không có dấu / ở cuối, không có ? và #")
    return Settings(
        database_url=_located(data["database_url"], folder),
        search_url=_located(data["search_url"], folder),
        data_dir=(folder / data["data_dir"]).resolve(),
        base_uri=data["base_uri"],
        provinces=tuple(Province(**row) for row in data["provinces"]),
        publisher_code=data["publisher_code"],
        demonstration=data.get("demonstration", False),
        featured_day=data.get("featured_day"),
        review_days=data.get("review_days", Settings.review_days),
        trusted_proxy=data.get("trusted_proxy"),
    )


def _located(url: str, folder: Path) -> str:
    """Make the relative path of a `sqlite:///x` or `whoosh:x` address absolute."""
    for scheme in ("sqlite:///", "whoosh:"):
        if url.startswith(scheme) and not url.startswith("sqlite:////") and url != "sqlite://":
            return scheme + str((folder / url.removeprefix(scheme)).resolve())
    return url
