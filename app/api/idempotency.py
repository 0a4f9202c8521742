"""Requests that change something: If-Match names the state they were made from, an
Idempotency-Key repeats no act.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts.models import AnsweredRequest
from app.api.access import bearer
from app.errors import (
    InvalidError,
    MalformedError,
    PreconditionError,
    PreconditionFailedError,
)
from app.operations.installation import Installation

KEPT = timedelta(days=7)
# what compressing adds to an ETag on the way to the reader
_CODED = re.compile(r":[a-z]+\"$")
_KEY = re.compile(r"[\x21-\x7e]{1,100}")


@dataclass(frozen=True)
class StoredAnswer:
    """What a request is answered: body, status, ETag and where the thing lives."""

    body: dict[str, Any]
    status: int
    etag: str | None
    location: str

    def response(self) -> Response:
        """Return it as JSON."""
        answer = Response(
            json.dumps(self.body, ensure_ascii=False),
            self.status,
            content_type="application/json",
        )
        if self.etag is not None:
            answer.set_etag(self.etag)
        answer.headers["Location"] = self.location
        return answer


def expected(present: int) -> int:
    """Return the lock version that If-Match names; PreconditionError without one,
    …FailedError for another.
    """
    tag = request.headers.get("If-Match", "").strip()
    if not tag or tag == "*":
        raise PreconditionError(
            'Gửi kèm If-Match là ETag của phiếu đã đọc, ví dụ If-Match: "3"'
        )
    if _CODED.sub('"', tag) != f'"{present}"':
        raise PreconditionFailedError(
            "Phiếu đã thay đổi từ lần đọc; đọc lại, xem chỗ khác rồi gửi với ETag mới"
        )
    return present


def once(
    installation: Installation, work: Callable[[Session], StoredAnswer]
) -> Response:
    """Do `work` in one transaction and answer; under an Idempotency-Key that was
    answered, answer the same again.

    InvalidError when the key came with another request before. What failed is not kept:
    it changed nothing.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise MalformedError(
            "Idempotency-Key gồm 1–100 ký tự ASCII, không có khoảng trắng"
        )
    person_id, post_id = bearer().actor.person_id, bearer().actor.post_id
    with installation.database.transaction() as session:
        journal.acting(session, person_id, post_id)
        answered = session.get(AnsweredRequest, (person_id, key)) if key else None
        if answered is not None:
            return _again(answered)
        answer = work(session)
        if key:
            session.execute(
                delete(AnsweredRequest).where(AnsweredRequest.at < clock.now() - KEPT)
            )
            body = json.dumps({"body": answer.body, "location": answer.location})
            session.add(
                AnsweredRequest(
                    person_id=person_id,
                    key=key,
                    request=_digest(),
                    status=answer.status,
                    body=body,
                    etag=answer.etag,
                    at=clock.now(),
                )
            )
    return answer.response()


def _again(answered: AnsweredRequest) -> Response:
    if answered.request != _digest():
        raise InvalidError(
            "Idempotency-Key này đã dùng cho một yêu cầu khác; tạo khóa mới"
        )
    body = json.loads(answered.body)
    return StoredAnswer(
        body["body"], answered.status, answered.etag, body["location"]
    ).response()


def _digest() -> str:
    parts = (
        str(bearer().token_id),
        request.method,
        request.path,
        request.get_data(as_text=True),
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
