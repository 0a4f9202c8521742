"""The desk at which somebody acts: every service of the workflow takes one."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

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
