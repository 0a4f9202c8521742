"""A list of entries as a feed for people's readers (RFC 4287)."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from flask import Response

from app import clock
from app.register.queries import EntryView, Register
from app.web.display import wording
from app.web.http import xml

_ATOM = "http://www.w3.org/2005/Atom"


def feed(
    register: Register,
    views: Sequence[EntryView],
    title: str,
    base: str,
    page: str,
    own: str,
) -> Response:
    """Return the feed; `page` is where people read the same list, `own` where the feed
    is, both as paths.
    """
    latest = (view.recorded_at for view in views)
    updated = clock.local(max(latest, default=register.changed() or clock.now()))
    root = xml.element("feed", xmlns=_ATOM, **{"xml:lang": "vi"})
    xml.add(root, "id", base + page)
    xml.add(root, "title", title)
    xml.add(root, "updated", updated.isoformat())
    author = xml.add(root, "author")
    xml.add(author, "name", title)
    xml.add(root, "link", rel="self", href=base + own)
    xml.add(root, "link", href=base + page)
    for view in views:
        root.append(_entry(register, view, base))
    content_type = "application/atom+xml; charset=utf-8"
    return Response(xml.document(root), content_type=content_type)


def _entry(register: Register, view: EntryView, base: str) -> Element:
    kind = register.profile.kinds[view.kind]
    condition, _colour = wording.condition(view)
    summary = f"{kind.labels['vi']}, phiên bản {view.number}: {condition}"
    entry = xml.element("entry")
    xml.add(entry, "id", f"{view.iri}#phien-ban-{view.number}")
    xml.add(entry, "title", view.title)
    xml.add(entry, "updated", clock.local(view.recorded_at).isoformat())
    xml.add(entry, "link", href=f"{base}/doc/{kind.path_word}/{view.local_id}")
    xml.add(entry, "summary", summary)
    return entry
