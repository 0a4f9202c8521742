"""Opens the index that a URL names; a backend is loaded only when it is used."""

from app.errors import SetupError
from app.search.port import Fields, SearchIndex


def open_index(url: str, fields: Fields) -> SearchIndex:
    """Open the index that `url` names, making it if it is not there; SetupError for an
    unknown kind.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "whoosh":
        from app.search.backends.whoosh import WhooshIndex  # noqa: PLC0415 - a backend is loaded only when it is used

        return WhooshIndex(rest, fields)
    if scheme == "tantivy":
        from app.search.backends.tantivy import TantivyIndex  # noqa: PLC0415 - the same

        return TantivyIndex(rest, fields)
    if scheme.startswith("postgresql"):
        from app.search.backends.postgresql import PostgresqlIndex  # noqa: PLC0415 - the same

        return PostgresqlIndex(url, fields)
    raise SetupError(
        f"Không có công cụ tìm kiếm “{scheme}”: dùng whoosh:/đường/dẫn, "
        "tantivy:/đường/dẫn, postgresql://…"
    )
