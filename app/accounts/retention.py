"""Which traces of people are forgotten, and when. What they did in the register stays:
that is the journal's.
"""

from datetime import date, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import (
    AnsweredRequest,
    ApiToken,
    FailedLogin,
    LoginSession,
    OneTimeLink,
)
from app.accounts.tries import WINDOW
from app.config import Settings


def forget_old(session: Session, settings: Settings, day: date) -> None:
    """Delete what has ended: log-ins, links and failures at once, keys and answers
    after `retention_days`.
    """
    start = clock.midnight(day)
    old = start - timedelta(days=settings.retention_days)
    for table, condition in (
        (LoginSession, LoginSession.until < start),
        (OneTimeLink, OneTimeLink.until < start),
        (FailedLogin, FailedLogin.at < start - WINDOW),
        (ApiToken, or_(ApiToken.until < old, ApiToken.revoked_at < old)),
        (AnsweredRequest, AnsweredRequest.at < old),
    ):
        session.execute(delete(table).where(condition))
