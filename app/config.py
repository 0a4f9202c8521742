"""Which settings exist: one TOML file, named by DANHMUC_CONFIG, read once at start."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.clock import OPEN_END, OPEN_START
from app.errors import SetupError

VARIABLE = "DANHMUC_CONFIG"
_COUNTS = {
    *("review_days", "idle_minutes", "idle_minutes_administrator", "session_hours"),
    *("unused_days", "unused_days_privileged", "attachment_megabytes"),
    "retention_days",
    "feed_page_size",
}
# app/workflow/proposals/lifecycle.py says what they are
_STEPS = {
    "endorsement",
    "receiving",
    "consultation",
    "recommendation",
}
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
    """Everything that differs between installations; docs/operate.md says what each is
    for.
    """

    database_url: str
    search_url: str
    data_dir: Path
    base_uri: str
    provinces: tuple[Province, ...]
    publisher_code: str
    demonstration: bool = False
    featured_day: date | None = None
    review_days: int = 20
    working_days: Path | None = None
    promulgate: tuple[str, ...] | None = None
    steps: tuple[str, ...] = ("receiving", "consultation", "recommendation")
    deadlines: Path | None = None
    trusted_proxy: str | None = None
    contact: str | None = None
    attachment_megabytes: int = 500
    idle_minutes: int = 15
    idle_minutes_administrator: int = 5
    session_hours: int = 12
    unused_days: int = 400
    unused_days_privileged: int = 45
    retention_days: int = 365
    mail_server: str | None = None
    mail_from: str | None = None
    feed_page_size: int = 100
    store_url: str | None = None
    former_base_uris: tuple[str, ...] = ()
    harvest_sources: tuple[str, ...] = ()

    @property
    def issuer(self) -> str:
        """Return the name under which authenticators list this register."""
        return urlsplit(self.base_uri).hostname or "danhmuc"

    @property
    def bases(self) -> tuple[str, ...]:
        """Return every base address that entries may have got their IRIs below, the
        first ever first.
        """
        return (*self.former_base_uris, self.base_uri)

    def province(self, day: date) -> Province:
        """Return the province's name on a day; outside the named days, the name nearest
        to it.
        """
        ordered = sorted(self.provinces, key=lambda province: province.valid_from)
        begun = [province for province in ordered if province.valid_from <= day]
        return begun[-1] if begun else ordered[0]


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the file that DANHMUC_CONFIG names; SetupError says what is missing or
    wrong.
    """
    name = environ.get(VARIABLE)
    if not name:
        raise SetupError(
            f"Chưa có cấu hình: đặt biến {VARIABLE} là đường dẫn của tệp TOML "
            "(mẫu: docs/operate.md)"
        )
    path = Path(name)
    if not path.is_file():
        raise SetupError(f"Không tìm thấy tệp cấu hình {path}")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(
            f"Tệp cấu hình {path} không đúng dạng TOML: {error}"
        ) from error
    return parse(data, path.parent)


def parse(data: Mapping[str, Any], folder: Path) -> Settings:
    """Make settings of a TOML table; paths in it are relative to `folder`. Unknown
    names are refused.
    """
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise SetupError(f"Cấu hình có mục không dùng tới: {', '.join(unknown)}")
    optional = {
        field.name for field in fields(Settings) if field.default is not MISSING
    }
    missing = sorted(known - set(data) - optional)
    if missing:
        raise SetupError(f"Cấu hình thiếu mục: {', '.join(missing)}")
    _require_sound(data)
    places = {
        "database_url": _located(data["database_url"], folder),
        "search_url": _located(data["search_url"], folder),
        "data_dir": (folder / data["data_dir"]).resolve(),
        "provinces": tuple(Province(**row) for row in data["provinces"]),
        **{
            name: _located(data[name], folder)
            for name in ("mail_server", "store_url")
            if name in data
        },
        **{
            name: tuple(data[name])
            for name in ("promulgate", "steps", "former_base_uris", "harvest_sources")
            if name in data
        },
        **{
            name: (folder / data[name]).resolve()
            for name in ("working_days", "deadlines")
            if name in data
        },
    }
    return Settings(**{**data, **places})


def _require_sound(data: Mapping[str, Any]) -> None:
    """Raise SetupError that names the setting whose value cannot be."""
    if not data["provinces"]:
        raise SetupError("Cấu hình chưa có tên tỉnh: thêm mục [[provinces]]")
    if not _BASE.fullmatch(data["base_uri"]):
        raise SetupError(
            "base_uri phải là địa chỉ http(s) đầy đủ, không có dấu / ở cuối, "
            "không có ? và #"
        )
    if not all(_BASE.fullmatch(former) for former in data.get("former_base_uris", ())):
        raise SetupError(
            "former_base_uris là các địa chỉ http(s) đầy đủ trước đây, từ cũ "
            "nhất, dạng như base_uri"
        )
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", data.get("contact", "a@b")):
        raise SetupError("contact phải là một địa chỉ thư điện tử")
    if not re.fullmatch(
        r"smtps?://[^\s/]+/?|mbox:.+", data.get("mail_server", "smtp://a")
    ):
        raise SetupError(
            "mail_server phải có dạng smtps://máy-chủ:cổng (kèm tên và mật "
            "khẩu nếu máy chủ đòi), smtp://máy-chủ, "
            "hoặc mbox:tệp để ghi thư vào một tệp"
        )
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", data.get("mail_from", "a@b")):
        raise SetupError("mail_from phải là một địa chỉ thư điện tử")
    for name in sorted(_COUNTS & set(data)):
        if type(data[name]) is not int or data[name] < 1:
            raise SetupError(f"{name} phải là một số nguyên từ 1 trở lên")
    strange = sorted(set(data.get("steps", ())) - _STEPS)
    if strange:
        raise SetupError(
            f"steps không có bước {', '.join(strange)}; các bước: "
            f"{', '.join(sorted(_STEPS))}"
        )


def _located(url: str, folder: Path) -> str:
    """Make the relative path of a `sqlite:///x`, `whoosh:x`, `tantivy:x`, `oxigraph:x`
    or `mbox:x` address absolute.
    """
    for scheme in ("sqlite:///", "whoosh:", "tantivy:", "oxigraph:", "mbox:"):
        if (
            url.startswith(scheme)
            and not url.startswith("sqlite:////")
            and url != "sqlite://"
        ):
            return scheme + str((folder / url.removeprefix(scheme)).resolve())
    return url
