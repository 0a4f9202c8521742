"""The menu of whoever is logged in: which pages a role needs at hand, and how many
notices are new.
"""

from contextlib import suppress

from flask import request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user

from app.errors import DanhmucError
from app.notify import notices
from app.permissions import RIGHTS, Action, Role
from app.web.http import current

_AT_WORK = frozenset(Role) - {Role.ADMINISTRATOR}  # on what is registered
_ITEMS: tuple[tuple[str, object, frozenset[Role]], ...] = (
    ("inbox.mine", _("Việc của tôi"), frozenset(Role)),
    ("start.begin", _("Đăng ký"), frozenset({Role.REGISTRAR})),
    (
        "work_queue.queue",
        _("Hồ sơ chờ thẩm định"),
        frozenset(RIGHTS[Action.READ_DECISIONS]),
    ),
    (
        "dossiers.listed",
        _("Hồ sơ"),
        _AT_WORK,
    ),
    (
        "campaigns.listed",
        _("Rà soát"),
        _AT_WORK,
    ),
    (
        "exchange.exchange",
        _("Chia sẻ dữ liệu"),
        _AT_WORK,
    ),
    (
        "consultations.listed",
        _("Lấy ý kiến"),
        _AT_WORK,
    ),
    (
        "intake.listed",
        _("Mã định danh: cấp, nhập"),
        frozenset({Role.REVIEWER, Role.APPROVER, Role.CLERK}),
    ),
    (
        "decisions.listed",
        _("Ban hành"),
        frozenset(RIGHTS[Action.READ_DECISIONS]),
    ),
    ("people_and_posts.people", _("Quản trị"), frozenset({Role.ADMINISTRATOR})),
    ("journal_log.page", _("Nhật ký"), frozenset({Role.AUDITOR})),
    (
        "operations.operations",
        _("Vận hành"),
        frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    ),
)


def own() -> list[dict[str, object]]:
    """Return the items for the person who is logged in, none for anybody else."""
    if not current_user.is_authenticated:
        return []
    actor = current_user.account.actor
    return [
        {
            "text": text,
            "href": url_for(endpoint),
            "active": _is_within(url_for(endpoint)),
        }
        for endpoint, text, roles in _ITEMS
        if actor is not None and actor.role in roles
    ]


def _is_within(address: str) -> bool:
    """Tell whether the page that is shown is one of those below an address."""
    path = address.partition("?")[0]
    return request.path == path or request.path.startswith(f"{path}/")


def unseen() -> int:
    """Return how many notices the person who is logged in has not seen, 0 for anybody
    else.
    """
    if not current_user.is_authenticated or current_user.account.actor is None:
        return 0
    with suppress(DanhmucError), current.looking() as session:
        return notices.unseen(session, current_user.account.person_id)
    return 0  # the page that says why the database cannot be asked has a menu too
