"""What the department that examines is called."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Post
from app.permissions import Role
from app.web.http.current import register_today


def department(session: Session) -> str:
    """Return what the department that examines is called: the agency of its
    approvers.
    """
    posts = session.scalars(
        select(Post.agency_id).where(Post.role == Role.APPROVER).distinct()
    )
    views = sorted(
        register_today(session).by_ids(set(posts)).values(),
        key=lambda view: view.sort_key,
    )
    return views[0].title if views else "Đơn vị thẩm định"
