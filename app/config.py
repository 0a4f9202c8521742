"""Which settings exist: one TOML file, named by DANHMUC_CONFIG, read once at start."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from app.clock import OPEN_END, OPEN_START
from app.errors import SetupError

VARIABLE = "DANHMUC_CONFIG"
_ADDRESSES = {"database_url", "search_url", "mail_server", "store_url"}
_PATHS = {"data_dir", "working_days", "deadlines"}
LARGEST_PAGE = 1_000  # entries on a page of a feed
_COUNT = validate.Range(min=1, error="phải là một số nguyên từ 1 trở lên")
_BASE = validate.Regexp(
    r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*\Z",
    error="phải là địa chỉ http(s) đầy đủ, không có dấu / ở cuối, không có ? và #",
)
_MAIL = validate.Regexp(
    r"[^@\s<>]+@[^@\s<>]+\Z", error="phải là một địa chỉ thư điện tử"
)
_RULES: Mapping[str, Callable[[Any], Any]] = {
    "feed_page_size": validate.Range(
        min=1, max=LARGEST_PAGE, error="phải là một số nguyên từ {min} đến {max}"
    ),
    "base_uri": _BASE,
    "former_base_uris": _BASE,
    "contact": _MAIL,
    "mail_from": _MAIL,
    "mail_server": validate.Regexp(
        r"(smtps?://[^\s/]+/?|mbox:.+)\Z",
        error=(
            "phải có dạng smtps://máy-chủ:cổng (kèm tên và mật khẩu nếu máy chủ đòi), "
            "smtp://máy-chủ, hoặc mbox:tệp để ghi thư vào một tệp"
        ),
    ),
    # app/workflow/proposals/lifecycle.py says what they are
    "steps": validate.OneOf(
        ("endorsement", "receiving", "consultation", "recommendation"),
        error="không có bước {input}; các bước: {choices}",
    ),
}


def _is_day(value: object) -> None:
    """Raise ValidationError for what TOML does not read as a day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValidationError("phải là một ngày, ví dụ 2021-12-31")


@dataclass(frozen=True)
class Province:
    """Name and type of the province between two days (`valid_to` exclusive)."""

    name: str
    type: str
    valid_from: date = OPEN_START
    valid_to: date = OPEN_END

    @property
    def whole(self) -> str:
        """Return type and name: “thành phố …”."""
        return f"{self.type} {self.name}"

    @property
    def committee(self) -> str:
        """Return what its People's Committee is called."""
        return f"Ủy ban nhân dân {self.whole}"


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
    request_days: int = 5
    obstacle_days: int = 7
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
    file_rows: int = 5_000
    workers: int | None = None
    store_url: str | None = None
    former_base_uris: tuple[str, ...] = ()
    harvest_sources: tuple[str, ...] = ()
    probe_hosts: tuple[str, ...] = ()

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
    """Make settings of a TOML table; paths in it are relative to `folder`.

    SetupError names the settings that are missing, unknown or cannot be.
    """
    schema = _schema()
    unknown = sorted(set(data) - set(schema.fields))
    if unknown:
        raise SetupError(f"Cấu hình có mục không dùng tới: {', '.join(unknown)}")
    required = {name for name, field in schema.fields.items() if field.required}
    missing = sorted(required - set(data))
    if missing:
        raise SetupError(f"Cấu hình thiếu mục: {', '.join(missing)}")
    try:
        values: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        wrong = error.messages_dict
        sentences = [f"{name}: {_first(wrong[name])}" for name in sorted(wrong)]
        raise SetupError("; ".join(sentences)) from error
    for name in _ADDRESSES & set(values):
        values[name] = _located(values[name], folder)
    for name in _PATHS & set(values):
        values[name] = (folder / values[name]).resolve()
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return Settings(**values)


class _ProvinceSchema(Schema):
    name = fields.String(required=True)
    type = fields.String(required=True)
    valid_from = fields.Raw(validate=_is_day)
    valid_to = fields.Raw(validate=_is_day)

    @post_load
    def _province(self, values: dict[str, Any], **_: object) -> Province:
        return Province(**values)


@cache
def _schema() -> Schema:
    """Return what checks a table: each setting by its type, some by a rule as well."""
    declared = {setting.name: _field(setting) for setting in dataclass_fields(Settings)}
    schema: Schema = Schema.from_dict(declared, name="SettingsSchema")(unknown=RAISE)
    return schema


def _field(setting: Field[Any]) -> fields.Field[Any]:
    """Return what checks a setting."""
    options: dict[str, Any] = {"required": setting.default is MISSING}
    rule = _RULES.get(setting.name)
    if setting.name == "provinces":
        least = validate.Length(min=1, error="thêm mục [[provinces]]")
        return fields.List(fields.Nested(_ProvinceSchema), validate=least, **options)
    kind = str(setting.type)
    if "tuple" in kind:
        return fields.List(fields.String(validate=rule), **options)
    if setting.type is bool:
        return fields.Boolean(truthy={True}, falsy={False}, **options)
    if setting.type in {int, int | None}:
        return fields.Integer(strict=True, validate=rule or _COUNT, **options)
    if "date" in kind:
        return fields.Raw(validate=_is_day, **options)
    return fields.String(validate=rule, **options)


def _first(found: Any) -> str:
    """Return the first message of those that marshmallow nests."""
    while isinstance(found, Mapping | list):
        found = next(iter(found.values() if isinstance(found, Mapping) else found))
    return str(found)


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
