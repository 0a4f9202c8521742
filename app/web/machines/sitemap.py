"""The site map: the pages of all entries, in parts."""

from datetime import UTC, datetime
from itertools import islice
from xml.etree.ElementTree import Element

from flask import Blueprint, Response
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.errors import NotFoundError
from app.permissions import declares
from app.rdf.publishing import oai
from app.register.filters import Filter
from app.register.standing import Standing
from app.web.http import xml
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish

blueprint = Blueprint("sitemap", __name__)
MAPPED = 20_000  # pages in one part of the site map; 50,000 are allowed
_PARTS = 50_001  # no site map may have more
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@blueprint.get("/sitemap.xml")
@declares(None)
def sitemap() -> BaseResponse:
    """List the parts of the site map (sitemaps.org)."""
    with opened() as register:
        parts = -(-register.count(Filter()) // MAPPED) or 1
    base = installation().settings.base_uri
    root = xml.element("sitemapindex", xmlns=_SITEMAP)
    for number in range(1, parts + 1):
        part = xml.add(root, "sitemap")
        xml.add(part, "loc", f"{base}/sitemap-{number}.xml")
    return _mapped(root)


@blueprint.get("/sitemap-<int:part>.xml")
@declares(None)
def sitemap_part(part: int) -> BaseResponse:
    """List one part of the entries' pages with the day of their last change;
    NotFoundError beyond the last.
    """
    with opened() as register:
        since, kinds = oai.times(register), register.profile.kinds
        places = (part - 1) * MAPPED, part * MAPPED
        listed = (
            list(islice(register.standings(Filter()), *places))
            if 0 < part < _PARTS
            else []
        )
    if not listed:
        raise NotFoundError("Không có phần này của sơ đồ trang")
    base = installation().settings.base_uri
    root = xml.element("urlset", xmlns=_SITEMAP)
    for standing in listed:
        page = xml.add(root, "url")
        word = kinds[standing.kind].path_word
        xml.add(page, "loc", f"{base}/doc/{word}/{standing.local_id}")
        xml.add(page, "lastmod", _day(since.get(standing.id, 0), standing))
    return _mapped(root)


def _day(seconds: int, one: Standing) -> str:
    """Return the civil day of a last change; the day of issue where the journal tells
    of none.
    """
    return (
        clock.local(datetime.fromtimestamp(seconds, UTC)).date().isoformat()
        if seconds
        else one.issued_on.isoformat()
    )


def _mapped(root: Element) -> BaseResponse:
    content_type = "application/xml; charset=utf-8"
    return finish(Response(xml.document(root), content_type=content_type), None)
