"""Compiled schemas: marshmallow from the profile, for every input; content checked and
brought into its one form.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    validate,
    validates_schema,
)

from app.errors import FieldError
from app.register.content.hashing import Content
from app.vietnamese import clean
from catalog_schema import profile as profiles
from catalog_schema.graph import KEY
from catalog_schema.profile import Field, Kind, Stage, Type

# of a repeated field whose shape names no bound; a database has a handful of data items
MAX_ITEMS = 200
_KEY_PATTERN = re.compile(r"[0-9a-z]{1,12}")


class Text(fields.String):
    """A string, cleaned (NFC, no control characters) before any other rule looks at
    it.
    """

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return clean(text)


class LangText(fields.Dict):
    """Text in two languages: `{"vi": …, "en": …}`, Vietnamese first; English may be
    absent.
    """

    def __init__(self, max_length: int | None, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(
            keys=fields.String(validate=validate.OneOf(["vi", "en"])),
            values=Text(),
            **kwargs,
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, str]:
        try:
            texts: dict[str, str] = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            raise ValidationError('Nhập văn bản dạng {"vi": "…", "en": "…"}') from error
        texts = {language: text for language, text in texts.items() if text}
        if texts and "vi" not in texts:
            raise ValidationError("Nhập nội dung tiếng Việt; tiếng Anh là tùy chọn")
        if self.max_length and any(
            len(text) > self.max_length for text in texts.values()
        ):
            raise ValidationError(f"Rút gọn còn tối đa {self.max_length} ký tự")
        return texts


class Day(fields.String):
    """A civil day as ISO text, YYYY-MM-DD."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs) or ""
        if text and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValidationError(
                "Ngày không hợp lệ; ghi ngày, tháng, năm, ví dụ 31/01/2026 (API: "
                "2026-01-31)"
            )
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError as error:
            raise ValidationError(
                "Ngày không hợp lệ; ghi ngày, tháng, năm, ví dụ 31/01/2026 (API: "
                "2026-01-31)"
            ) from error


class Reference(fields.String):
    """The id of another entry, as UUID text."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs) or ""
        try:
            return str(UUID(text)) if text else ""
        except ValueError as error:
            raise ValidationError("Chọn một mục có trong danh mục") from error


class ProfileSchema(Schema):
    """Base of every generated schema: refuses unknown fields, asks for what the stage
    makes mandatory.
    """

    class Meta:
        """Unknown fields are an error, never dropped."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012
        "unknown": "Không có trường này trong đặc tả",
        "type": "Nhập một đối tượng JSON",
    }
    profile_fields: tuple[Field, ...] = ()
    stage: Stage = Stage.ENTER

    @validates_schema(skip_on_field_errors=False)
    def _mandatory(self, data: Mapping[str, Any], **_: Any) -> None:
        missing = [
            f
            for f in self.profile_fields
            if _blank(data.get(f.name)) and f.required(self.stage, data)
        ]
        if missing:
            raise ValidationError(
                {f.name: [Missing(f"Cần nhập “{f.labels['vi']}”")] for f in missing}
            )

    @validates_schema(skip_on_field_errors=False)
    def _absent(self, data: Mapping[str, Any], **_: Any) -> None:
        settled = [
            f
            for f in self.profile_fields
            if f.absent_at and self.stage.includes(f.absent_at)
        ]
        over = [f for f in settled if not _blank(data.get(f.name))]
        if over:
            raise ValidationError({f.name: [f.messages["vi"]] for f in over})


@lru_cache(maxsize=64)
def schema_class(kind_name: str, stage: Stage, base: str) -> type[ProfileSchema]:
    """Return the marshmallow schema of a kind at a stage; content is JSON-native before
    and after loading.
    """
    profile = profiles.load(base)
    kind = profile.content_kind(kind_name)
    return _schema(profile, kind.fields, stage, _component_name(kind_name))


@lru_cache(maxsize=64)
def _schema_of(kind_name: str, stage: Stage, base: str) -> ProfileSchema:
    """Return one instance, made once: loading leaves a schema as it is."""
    return schema_class(kind_name, stage, base)()


def _component_name(kind_name: str) -> str:
    return "".join(part.capitalize() for part in kind_name.split("-")) + "Content"


def _schema(
    profile: profiles.Profile, members: tuple[Field, ...], stage: Stage, name: str
) -> type[ProfileSchema]:
    declared: dict[str, Any] = {
        f.name: _field(profile, f, stage, name) for f in members
    }
    declared |= {"profile_fields": members, "stage": stage}
    return type(name, (ProfileSchema,), declared)


def _field(
    profile: profiles.Profile, field: Field, stage: Stage, owner: str
) -> fields.Field[Any]:
    options: dict[str, Any] = {
        "metadata": {"title": field.labels["vi"], "description": field.hints["vi"]},
        "error_messages": _messages(field),
    }
    checker = _single(profile, field, stage, owner, {} if field.many else options)
    if not field.many:
        return checker
    most = field.max_items or MAX_ITEMS
    return fields.List(
        checker,
        validate=validate.Length(max=most, error=f"Tối đa {most} dòng"),
        **options,
    )


def _single(
    profile: profiles.Profile,
    field: Field,
    stage: Stage,
    owner: str,
    options: dict[str, Any],
) -> fields.Field[Any]:
    match field.type:
        case Type.GROUP:
            nested = _schema(
                profile, field.fields, stage, f"{owner}{_component_name(field.name)}"
            )
            if field.many:
                nested._declared_fields[KEY] = fields.String(  # noqa: SLF001 - as Schema.from_dict itself does
                    validate=validate.Regexp(
                        _KEY_PATTERN.pattern + r"\Z",
                        error="Mã dòng gồm 1–12 chữ số, chữ thường",
                    )
                )
            return fields.Nested(nested, **options)
        case Type.LANG_TEXT if not field.many:
            return LangText(field.max_length, **options)
        case Type.CONCEPT:
            codes = list(profile.lists.schemes[field.code_list or ""].concepts)
            error = "Chọn một giá trị trong danh sách; “{input}” không có trong đó"
            return fields.String(
                validate=validate.OneOf(["", *codes], error=error), **options
            )
        case Type.REFERENCE:
            return Reference(**options)
        case Type.DATE:
            return Day(**options)
        case Type.INTEGER:
            bounds = validate.Range(
                field.minimum, field.maximum, error="Nhập số từ {min} đến {max}"
            )
            return fields.Integer(strict=True, validate=bounds, **options)
        case Type.BOOLEAN:
            return fields.Boolean(
                truthy={True}, falsy={False}, validate=_constant(field), **options
            )
        case _:
            return Text(validate=_text_rules(field), **options)


def _messages(field: Field) -> dict[str, str]:
    texts = {
        Type.INTEGER: "Nhập một số nguyên",
        Type.BOOLEAN: "Chọn có hoặc không",
        Type.GROUP: "Nhập một đối tượng JSON",
    }
    wrong = (
        "Nhập một danh sách"
        if field.many
        else texts.get(field.type, "Nhập một đoạn chữ")
    )
    return {
        "invalid": wrong,
        "type": wrong,
        "null": f"Bỏ trống hẳn trường “{field.labels['vi']}” thay vì null",
    }


def _text_rules(field: Field) -> list[Any]:
    rules: list[Any] = []
    if field.max_length:
        rules.append(
            validate.Length(
                max=field.max_length, error="Rút gọn còn tối đa {max} ký tự"
            )
        )
    if field.pattern:
        rules.append(
            _Pattern(
                field.pattern, field.messages.get("vi", "Nhập đúng dạng như ví dụ")
            )
        )
    return rules


class _Pattern(validate.Validator):
    """The whole of a text that is not blank matches; `$` alone would let a line break
    pass.
    """

    def __init__(self, pattern: str, error: str) -> None:
        self.pattern = re.compile(pattern)
        self.message = error

    def __call__(self, value: str) -> str:
        if value and not self.pattern.fullmatch(value):
            raise ValidationError(self.message)
        return value


def _constant(field: Field) -> list[Any]:
    if field.constant is None:
        return []
    return [validate.Equal(field.constant, error=field.messages["vi"])]


class Missing(str):
    """A message which says that something has to be given."""

    __slots__ = ()


def _blank(value: Any) -> bool:
    return value is None or value in ("", [], {})


@dataclass(frozen=True)
class Checked:
    """Content as it may be stored, and what is wrong with it; with errors, `content` is
    not to be entered.
    """

    content: Content
    errors: tuple[FieldError, ...]
    kind: str = ""
    stage: Stage | None = None

    def admits(self, content: Content, kind: Kind) -> bool:
        """Tell whether it found nothing wrong with just this content, for entering."""
        asked = self.content is content and self.kind == kind.name
        return asked and self.stage is Stage.ENTER and not self.errors


def check(kind: Kind, raw: Any, stage: Stage, base: str) -> Checked:
    """Load `raw` by the rules of `stage`: cleaned, blanks dropped, simple lists sorted,
    repeated groups keyed.
    """
    try:
        loaded = _schema_of(kind.name, stage, base).load(raw)
    except ValidationError as error:
        errors = _worst(kind, list(_flatten(error.messages, "")))
        return Checked({}, errors, kind.name, stage)
    return Checked(normalise(kind.fields, loaded), (), kind.name, stage)


def _worst(kind: Kind, errors: list[FieldError]) -> tuple[FieldError, ...]:
    """Say once what is wrong with a field, in the order of the form: what was typed
    wrongly is not also missing.
    """
    order = {dotted: place for place, (dotted, _) in enumerate(kind.walk())}
    wrong = {error.field.split(".")[0] for error in errors if error.code != "required"}
    others = [
        error
        for error in errors
        if error.code != "required" or error.field not in wrong
    ]
    return tuple(
        sorted(
            others,
            key=lambda error: (
                order.get(re.sub(r"\.[0-9]+", "", error.field), 0),
                error.field,
            ),
        )
    )


def _flatten(messages: Any, prefix: str) -> Iterator[FieldError]:
    if isinstance(messages, list):
        for message in messages:
            code = "required" if isinstance(message, Missing) else "invalid"
            yield FieldError(
                prefix.removesuffix("._schema") or "_schema", code, str(message)
            )
        return
    for key, inner in messages.items():
        yield from _flatten(inner, f"{prefix}.{key}" if prefix else str(key))


def normalise(members: tuple[Field, ...], raw: Mapping[str, Any]) -> Content:
    """Return content in its one form: no blanks, simple lists sorted without repeats,
    groups with keys.
    """
    result: Content = {}
    for field in members:
        value = _normal_value(field, raw.get(field.name))
        if not _blank(value):
            result[field.name] = value
    return result


def _normal_value(field: Field, value: Any) -> Any:
    if field.type is Type.GROUP and field.many:
        return _keyed([(item, normalise(field.fields, item)) for item in value or []])
    if field.type is Type.GROUP:
        return normalise(field.fields, value or {})
    if field.many:
        return sorted({item for item in value or [] if item})
    return value


def _keyed(items: list[tuple[Mapping[str, Any], Content]]) -> list[Content]:
    """Give each item that has none a key no other item has; keys are kept for good."""
    filled = [(item.get(KEY), content) for item, content in items if content]
    keys = {key for key, _ in filled}
    free = (
        str(number)
        for number in range(1, len(filled) + len(keys) + 1)
        if str(number) not in keys
    )
    used: set[str] = set()
    result: list[Content] = []
    for content_key, content in filled:
        key = (
            next(free)
            if content_key is None or content_key in used
            else str(content_key)
        )
        used.add(key)
        result.append({KEY: key, **content})
    return result
