"""Where the page of an entry is."""

from flask import url_for

from app.register.queries import EntryView
from catalog_schema.profile import Profile


def entry_address(profile: Profile, view: EntryView) -> str:
    """Return the address of an entry's page."""
    return url_for(
        "entry.document", word=profile.kinds[view.kind].path_word, name=view.local_id
    )
