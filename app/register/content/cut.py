"""What of a content an audience may see."""

from collections.abc import Mapping
from typing import Any

from app.register.content.hashing import Content
from catalog_schema.graph import KEY
from catalog_schema.profile import Field, Type, Visibility


def cut(
    members: tuple[Field, ...], content: Mapping[str, Any], level: Visibility
) -> Content:
    """Return the part of `content` that a reader of `level` may see: the one place
    where audience is cut.
    """
    result: Content = {KEY: content[KEY]} if KEY in content else {}
    for field in members:
        value = content.get(field.name)
        if value is None or not level.sees(field.audience):
            continue
        if field.type is not Type.GROUP:
            result[field.name] = value
        elif field.many:
            result[field.name] = [cut(field.fields, item, level) for item in value]
        else:
            result[field.name] = cut(field.fields, value, level)
    return result
