"""The menu of whoever is logged in: which pages a role needs at hand."""

from flask import request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user

from app.permissions import Role
from app.web import notices

_ITEMS: tuple[tuple[str, object, frozenset[Role]], ...] = (
    ("tasks.mine", _("Việc của tôi"), frozenset(Role)),
    ("notices.listed", _("Thông báo"), frozenset(Role)),
    ("beginning.begin", _("Đăng ký"), frozenset({Role.REGISTRAR})),
    (
        "tasks.queue",
        _("Hàng đợi thẩm định"),
        frozenset({Role.REVIEWER, Role.APPROVER, Role.CLERK, Role.AUDITOR}),
    ),
    (
        "dossiers.listed",
        _("Hồ sơ"),
        frozenset({Role.REGISTRAR, Role.HEAD, Role.REVIEWER, Role.APPROVER, Role.CLERK, Role.AUDITOR}),
    ),
    (
        "campaigns.listed",
        _("Rà soát"),
        frozenset({Role.REGISTRAR, Role.HEAD, Role.REVIEWER, Role.APPROVER, Role.CLERK, Role.AUDITOR}),
    ),
    (
        "consulting.listed",
        _("Lấy ý kiến"),
        frozenset({Role.REGISTRAR, Role.HEAD, Role.REVIEWER, Role.APPROVER, Role.CLERK, Role.AUDITOR}),
    ),
    ("intake.listed", _("Cấp mã"), frozenset({Role.REVIEWER, Role.APPROVER, Role.CLERK})),
    (
        "promulgating.listed",
        _("Ban hành"),
        frozenset({Role.REVIEWER, Role.APPROVER, Role.CLERK, Role.AUDITOR}),
    ),
    ("admin.people", _("Quản trị"), frozenset({Role.ADMINISTRATOR})),
    ("admin.operations", _("Vận hành"), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
)


def own() -> list[dict[str, object]]:
    """Return the items for the person who is logged in, none for anybody else."""
    if not current_user.is_authenticated:
        return []
    actor = current_user.account.actor
    count = notices.unseen()
    return [
        {
            "text": f"{text} ({count})" if endpoint == "notices.listed" and count else text,
            "href": url_for(endpoint),
            "active": request.endpoint == endpoint,
        }
        for endpoint, text, roles in _ITEMS
        if actor is not None and actor.role in roles
    ]
