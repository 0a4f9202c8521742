"""Which HTTP status each error has, as one table, and how it looks as an RFC 9457
problem.
"""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import uuid4

from flask import Response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from app import errors
from app.errors import DanhmucError, FieldError

STATUS: dict[type[DanhmucError], HTTPStatus] = {
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ExhaustedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MalformedError: HTTPStatus.BAD_REQUEST,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.SecondFactorError: HTTPStatus.FORBIDDEN,
    errors.FourEyesError: HTTPStatus.FORBIDDEN,
    errors.TransitionError: HTTPStatus.CONFLICT,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.StaleError: HTTPStatus.CONFLICT,
    errors.NotAcceptableError: HTTPStatus.NOT_ACCEPTABLE,
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.ThrottledError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.PreconditionError: HTTPStatus.PRECONDITION_REQUIRED,
    errors.PreconditionFailedError: HTTPStatus.PRECONDITION_FAILED,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexLostError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.SetupError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

TITLES: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "Yêu cầu không đúng dạng",
    HTTPStatus.UNAUTHORIZED: "Cần đăng nhập",
    HTTPStatus.FORBIDDEN: "Không có quyền",
    HTTPStatus.NOT_FOUND: "Không tìm thấy",
    HTTPStatus.METHOD_NOT_ALLOWED: "Không dùng được cách gọi này",
    HTTPStatus.NOT_ACCEPTABLE: "Không có định dạng được yêu cầu",
    HTTPStatus.CONFLICT: "Đã có thay đổi khác",
    HTTPStatus.PRECONDITION_FAILED: "Đã có thay đổi khác",
    HTTPStatus.PRECONDITION_REQUIRED: "Thiếu điều kiện If-Match",
    HTTPStatus.TOO_MANY_REQUESTS: "Thử quá nhiều lần",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Dữ liệu gửi lên quá lớn",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Không nhận loại dữ liệu này",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Có chỗ phải sửa",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Hệ thống gặp lỗi",
    HTTPStatus.SERVICE_UNAVAILABLE: "Tạm thời không phục vụ được",
    HTTPStatus.INSUFFICIENT_STORAGE: "Máy chủ hết chỗ lưu",
}

HEADERS: dict[HTTPStatus, dict[str, str]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.INSUFFICIENT_STORAGE: {"Retry-After": "60"},
    HTTPStatus.NOT_ACCEPTABLE: {"Vary": "Accept"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="danhmuc"'},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "900"},
}

ADVICE: dict[HTTPStatus, str] = {
    HTTPStatus.NOT_FOUND: "Kiểm tra lại địa chỉ, hoặc tìm theo tên ở trang tra cứu.",
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "Địa chỉ này chỉ nhận biểu mẫu gửi từ trang: quay lại trang trước rồi bấm nút."
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "Gửi ít hơn một lần: chia nhỏ nội dung rồi lưu từng phần."
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "Không có gì bị mất. Thử lại sau; nếu vẫn lỗi, báo mã sự cố cho "
        "đơn vị vận hành."
    ),
}


MEDIA_TYPE = "application/problem+json"


class FieldErrorSchema(Schema):
    """What is wrong with one field, and how to mend it."""

    field = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class ErrorSchema(Schema):
    """An error answer (RFC 9457); `incident` is there where the fault is ours."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldErrorSchema))
    incident = fields.String()


@dataclass(frozen=True)
class Problem:
    """What an error answer says."""

    status: HTTPStatus
    code: str
    title: str
    detail: str
    fields: tuple[FieldError, ...] = ()
    incident: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def of_error(error: DanhmucError) -> Problem:
    """Return the problem of one of our errors."""
    status = STATUS[type(error)]
    return Problem(
        status,
        error.code,
        _title(status),
        error.message,
        error.fields,
        headers=HEADERS.get(status, {}),
    )


def of_http(error: HTTPException) -> Problem:
    """Return the problem of an error that Flask or Werkzeug raised, without its English
    text.
    """
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    faults = tuple(_schema_errors(error))
    methods = getattr(error, "valid_methods", None)
    allow = {"Allow": ", ".join(sorted(methods))} if methods else {}
    detail = ADVICE.get(status, _title(status))
    if faults:
        detail = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
    return Problem(
        status, f"http-{status.value}", _title(status), detail, faults, headers=allow
    )


# what odd input does to Python itself
EXHAUSTED: dict[type[Exception], DanhmucError] = {
    RecursionError: errors.MalformedError("Dữ liệu gửi lên lồng nhau quá sâu"),
    UnicodeError: errors.MalformedError("Có ký tự không đọc được; gửi bằng UTF-8"),
    MemoryError: errors.TooLargeError(
        "Dữ liệu gửi lên cần quá nhiều bộ nhớ; chia nhỏ rồi gửi lại"
    ),
}


def of_unknown(error: Exception) -> Problem:
    """Return the problem of what nobody foresaw: a fault of ours gets an incident
    number, nothing of its inside.
    """
    for kind, ours in EXHAUSTED.items():
        if isinstance(error, kind):
            return of_error(ours)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(
        status, "internal", _title(status), ADVICE[status], incident=uuid4().hex[:12]
    )


def wanted() -> bool:
    """Tell whether this request wants a problem rather than a page: one to the API, or
    one that takes no page.
    """
    accepted = request.accept_mimetypes
    return request.path.startswith("/api/") or (
        accepted.provided and not accepted["text/html"]
    )


def response(problem: Problem) -> Response:
    """Return the problem as `application/problem+json`, as `ErrorSchema` has it."""
    body = {
        "type": f"urn:danhmuc:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status.value,
        "detail": problem.detail,
        "instance": request.path,
        **(
            {"errors": [vars(error) for error in problem.fields]}
            if problem.fields
            else {}
        ),
        **({"incident": problem.incident} if problem.incident else {}),
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(
        text,
        problem.status.value,
        problem.headers,
        content_type=MEDIA_TYPE,
    )


def _title(status: HTTPStatus) -> str:
    return TITLES.get(status, f"Lỗi {status.value}")


def _schema_errors(error: HTTPException) -> list[FieldError]:
    """Read what flask-smorest's argument parser found, when it was that."""
    messages = (getattr(error, "data", None) or {}).get("messages", {})
    found = []
    for said in messages.values():
        by_field = said if isinstance(said, dict) else {"": said}
        for name, texts in by_field.items():
            text = "; ".join(texts) if isinstance(texts, list) else str(texts)
            found.append(FieldError(name, "invalid", text))
    return found
