"""XML that we write ourselves: trees of elements, as bytes."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def element(tag: str, text: str | None = None, /, **attributes: str) -> Element:
    """Return an element with a text and attributes, in the namespace that stands."""
    made = Element(tag, attributes)
    made.text = text
    return made


def add(parent: Element, tag: str, text: str | None = None, /, **more: str) -> Element:
    """Put an element with a text and attributes last into another."""
    child = SubElement(parent, tag, more)
    child.text = text
    return child


def document(root: Element) -> bytes:
    """Return a whole document."""
    return _HEAD + part([root])


def part(elements: Iterable[Element]) -> bytes:
    """Return elements as they stand inside a document."""
    return b"".join(tostring(inner, encoding="utf-8") for inner in elements)
