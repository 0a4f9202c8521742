"""The interface's own door: a key in the Authorization header, its scope, its post's
right; no cookie counts.
"""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import Flask, current_app, g, request

from app.accounts import api_keys, sessions, tries
from app.accounts.api_keys import Bearer
from app.accounts.models import ApiToken
from app.errors import (
    DanhmucError,
    ForbiddenError,
    MalformedError,
    UnauthenticatedError,
)
from app.operations.installation import Installation
from app.permissions import RIGHTS, Action, right_of

_LONGEST_KEY = 200  # letters of what may be a key; one has some sixty


def install(flask: Flask) -> None:
    """Have every request to the interface pass the door; a view without a declared
    right is closed.
    """

    @flask.before_request
    def _require() -> None:
        if not request.path.startswith("/api/") or request.method == "OPTIONS":
            return
        view = current_app.view_functions.get(request.endpoint or "")
        if view is None:
            return  # there is no such address, or it does not take this method
        right = right_of(view)
        if right is None:
            _require_readable()
            return
        caller = bearer()
        if caller.actor.role not in RIGHTS[right]:
            raise ForbiddenError("Vị trí của khóa này không có quyền thực hiện việc đó")
        require_scope(right)
        _require_readable()
        _take_code(caller)
        if caller.unseen:
            _note_use(caller)


def _note_use(caller: Bearer) -> None:
    """Write down that the key was used; where the database is busy, a later request
    does.
    """
    with (
        suppress(DanhmucError),
        _installation().database.transaction(patience=0.1) as session,
    ):
        api_keys.see(session, caller.actor.person_id)


def _installation() -> Installation:
    known: Installation = current_app.extensions["danhmuc"]
    return known


def _take_code(caller: Bearer) -> None:
    """Begin a signing session when the request carries a second factor;
    SecondFactorError when that is wrong.
    """
    code = request.headers.get("One-Time-Code", "").strip()
    if code:
        installation = _installation()
        with tries.counted(
            installation.database, caller.email, request.remote_addr or ""
        ) as session:
            sessions.sign(
                session,
                session.get_one(ApiToken, caller.token_id),
                code,
                installation.key,
            )
        g.bearer = replace(caller, actor=replace(caller.actor, signs=True))


def _require_readable() -> None:
    """Raise MalformedError for a JSON body that cannot be kept: bad syntax, too deep,
    numbers or letters beyond all.
    """
    body = request.get_data() if request.is_json else b""
    try:
        read = json.loads(body or b"null", object_pairs_hook=_unique)
        json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise MalformedError(
            "Nội dung gửi lên không phải JSON đọc được (UTF-8, không quá sâu, số "
            "không quá dài, không có tên nào hai lần)"
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; ValueError where a name comes twice, read one way here and
    another way there.
    """
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name comes twice")
    return members


def bearer() -> Bearer:
    """Return who comes with the request's key; UnauthenticatedError for none that is
    known and valid today.
    """
    if "bearer" not in g:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        held: Bearer | None = None
        if kind.lower() == "bearer" and 0 < len(text) < _LONGEST_KEY:
            with _installation().database.reading() as session:
                held = api_keys.bearer(session, text.strip())
        if held is None:
            raise UnauthenticatedError(
                "Gửi kèm khóa còn hiệu lực: Authorization: Bearer dmk_…"
            )
        g.bearer = held
    present: Bearer = g.bearer
    return present


def require_scope(action: Action) -> None:
    """Raise ForbiddenError unless the key is for this action."""
    if not bearer().covers(action):
        raise ForbiddenError(
            f"Khóa này không có phạm vi cho việc “{action}”; tạo khóa có phạm vi đó"
        )
