"""Content as bytes (RFC 8785), and its hash."""

import hashlib
from typing import Any

import rfc8785

Content = dict[str, Any]


def encode(content: Content) -> bytes:
    """Return the RFC 8785 form; ValueError for numbers and values that it does not
    know.
    """
    return rfc8785.dumps(content)


def content_hash(content: Content) -> str:
    """Return SHA-256 of the RFC 8785 form, in hexadecimal: what an approval names."""
    return hashlib.sha256(encode(content)).hexdigest()
