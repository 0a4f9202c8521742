"""What marshmallow finds in a request, said in Vietnamese: one table over its own
messages.
"""

from marshmallow import Schema, fields, validate

MESSAGES: dict[type[fields.Field], dict[str, str]] = {  # type: ignore[type-arg]
    fields.Field: {
        "required": "Thiếu thông tin này",
        "null": "Không nhận null; bỏ hẳn thông tin này nếu không có",
        "validator_failed": "Giá trị không hợp lệ",
    },
    fields.String: {"invalid": "Nhập một đoạn chữ", "invalid_utf8": "Gửi bằng UTF-8"},
    fields.UUID: {"invalid_uuid": "Nhập id dạng UUID"},
    fields.Number: {"invalid": "Nhập một số", "too_large": "Số quá lớn"},
    fields.Integer: {"invalid": "Nhập một số nguyên"},
    fields.Boolean: {"invalid": "Nhập true hoặc false"},
    fields.Date: {
        "invalid": "Ngày không hợp lệ; ghi ngày, tháng, năm, ví dụ 31/01/2026 (API: "
        "2026-01-31)"
    },
    fields.List: {"invalid": "Nhập một danh sách"},
    fields.Nested: {"type": "Nhập một đối tượng JSON"},
    fields.Dict: {"invalid": "Nhập một đối tượng JSON"},
    fields.Mapping: {"invalid": "Nhập một đối tượng JSON"},
    fields.Enum: {"unknown": "Chọn một trong: {choices}"},
}


def install() -> None:
    """Have every schema without words of its own speak Vietnamese."""
    for field, texts in MESSAGES.items():
        field.default_error_messages = {**field.default_error_messages, **texts}
    Schema._default_error_messages |= {  # noqa: SLF001 - where marshmallow keeps them for all schemas
        "type": "Nhập một đối tượng JSON",
        "unknown": "Không có thông tin này",
        "invalid": "Nhập một đối tượng JSON",
    }
    # formatted twice: the words first, the number later
    validate.Range.message_min = "Nhập số {min_op} {{min}}"
    validate.Range.message_max = "Nhập số {max_op} {{max}}"
    validate.Range.message_all = "Nhập số {min_op} {{min}} và {max_op} {{max}}"
    validate.Range.message_gte, validate.Range.message_lte = "từ", "đến"
    validate.Length.message_max = "Tối đa {max}"
    validate.OneOf.default_message = "Chọn một trong: {choices}"
