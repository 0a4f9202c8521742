"""Long texts on pages: paragraphs, lists, emphasis and links of Markdown, and nothing
else, whatever was typed.
"""

from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br"}
SCHEMES = {"http", "https", "mailto"}
_RULES = [
    "paragraph",
    "list",
    "text",
    "newline",
    "emphasis",
    "link",
    "autolink",
    "escape",
    "balance_pairs",
]
_markdown = MarkdownIt("zero", {"breaks": True}).enable(
    [rule for rule in _RULES if rule not in {"paragraph", "text"}]
)


def rich(text: str) -> Markup:
    """Return safe HTML of a text in the Markdown subset; a link must be whole and must
    not carry a log-in.
    """
    cleaned = nh3.clean(
        _markdown.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_kept,
    )
    return Markup(cleaned)  # noqa: S704 # nosec B704 - cleaned above


def _kept(_tag: str, name: str, value: str) -> str | None:
    if name != "href":
        return value
    parts = urlsplit(value)
    return value if parts.scheme in SCHEMES and "@" not in parts.netloc else None
