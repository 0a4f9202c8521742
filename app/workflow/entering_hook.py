"""What a floor above adds to entering a kind: declared here, supplied by the factory,
asked by checks and effects.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.register.content.hashing import Content
from app.register.service import Order


class Consequence(Protocol):
    """What entering an entry of one kind changes besides the entry itself, all in the
    same transaction.
    """

    def begins(self, content: Content) -> date | None:
        """Return the day from which the content says that it holds, None while it does
        not say.
        """
        ...

    def check(self, candidate: Any) -> Iterator[Any]:
        """Yield what bars it, each a `CheckResult`; `candidate` is a `Candidate` (both
        of `checks.candidate`).
        """
        ...

    def carry_out(self, session: Session, order: Order) -> None:
        """Do it, on the authority of the order that entered it; ConflictError when it
        no longer can be done.
        """
        ...
