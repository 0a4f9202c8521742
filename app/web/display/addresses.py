"""Where the page of an entry is, and where the question of a page is asked again."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from app.register.queries import EntryView
from catalog_schema.profile import Profile


def entry_address(profile: Profile, view: EntryView) -> str:
    """Return the address of an entry's page."""
    return url_for(
        "entry.document", word=profile.kinds[view.kind].path_word, name=view.local_id
    )


def asked_again(path: str, /, **changed: object) -> str:
    """Return a path with what the address of the request asks for, some parameters
    changed; None takes one off. Whatever a stranger names a parameter is only that.
    """
    arguments: MultiDict[str, str] = MultiDict(request.args)
    merged: dict[str, Any] = {**arguments.to_dict(flat=False), **changed}
    kept = {name: value for name, value in merged.items() if value is not None}
    return f"{path}?{urlencode(kept, doseq=True)}"
