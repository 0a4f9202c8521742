"""One thing done to several proposals that were ticked in a list, each by itself: one
that it cannot be done to keeps no other from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from app.errors import DanhmucError
from app.register import arguments
from app.web.http import current, guard
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.models import Proposal
from app.workflow.review_help import risks


@dataclass(frozen=True)
class Ticked:
    """A row that was ticked: the proposal's number, and the lock version and content
    hash with which it was shown.
    """

    number: int
    lock_version: int
    seen_hash: str


def value(row: Proposal) -> str:
    """Return what the tick of a row sends."""
    return f"{row.number}:{row.lock_version}:{row.content_hash}"


def do(
    request_of: Callable[[Desk, Proposal, Ticked], Any],
    done_words: Callable[[int], str],
) -> None:
    """Do to each ticked proposal what `request_of` makes of it, and tell how many it
    was done to and why not to the others. Whatever it raises holds for its row alone.
    """
    done, failed = 0, list[str]()
    for ticked in _ticked():
        try:
            with current.writing() as session:
                desk = guard.desk(session)
                found = proposals.by_number(desk, ticked.number)
                asked = request_of(desk, found, ticked)
                service.act(desk, found.id, ticked.lock_version, asked)
            done += 1
        except DanhmucError as error:
            failed.append(
                _("Phiếu số %(n)s: %(why)s", n=ticked.number, why=error.message)
            )
    if done:
        flash(done_words(done))
    elif not failed:
        failed.append(_("Chọn ít nhất một phiếu"))
    for text in failed:
        flash(text)


def _ticked() -> list[Ticked]:
    found = []
    for chosen in request.form.getlist("phieu")[: risks.SMALL]:
        number, lock, seen = [*chosen.split(":"), "", ""][:3]
        found.append(
            Ticked(arguments.whole(number) or 0, arguments.whole(lock) or 0, seen)
        )
    return found
