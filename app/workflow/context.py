"""The desk at which somebody acts: every service of the workflow takes one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.journal import Note
from app.permissions import Actor
from app.workflow.office import Office
from catalog_schema.profile import Profile


@dataclass(frozen=True)
class Desk:
    """What a service works with: the session, the profile, who acts, and how the office
    works.
    """

    session: Session
    profile: Profile
    actor: Actor
    office: Office

    def note(self, action: str, **about: Any) -> Note:
        """Return what the journal is told of something that the actor did."""
        post_id, person_id = self.actor.post_id, self.actor.person_id
        return Note(action, post_id=post_id, person_id=person_id, **about)
