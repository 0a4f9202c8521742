"""A list of entries as a feed for people's readers (RFC 4287)."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from flask import Response

from app import clock
from app.register.queries import EntryView, Register


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
    kinds = register.profile.kinds
    told = "".join(
        f"<entry><id>{escape(view.iri)}#phien-ban-{view.number}</id><title>{escape(view.title)}</title>"
        f"<updated>{clock.local(view.recorded_at).isoformat()}</updated>"
        "<link "
        f"href={quoteattr(f'{base}/doc/{kinds[view.kind].path_word}/{view.local_id}')}/>"
        f"<summary>{escape(kinds[view.kind].labels['vi'])}, phiên bản "
        f"{view.number}</summary></entry>"
        for view in views
    )
    updated = clock.local(
        max(
            (view.recorded_at for view in views),
            default=register.changed() or clock.now(),
        )
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed '
        'xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">'
        f"<id>{escape(base + page)}</id>"
        f"<title>{escape(title)}</title><updated>{updated.isoformat()}</updated><author><name>{escape(title)}</name></author>"
        f'<link rel="self" href={quoteattr(base + own)}/><link '
        f"href={quoteattr(base + page)}/>{told}</feed>"
    )
    return Response(text, content_type="application/atom+xml; charset=utf-8")
