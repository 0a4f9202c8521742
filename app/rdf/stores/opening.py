"""Opens the store that a URL names; a backend is loaded only when it is used."""

from collections.abc import Sequence
from pathlib import Path

from app.errors import SetupError
from app.rdf.stores.port import TripleStore


def open_store(url: str, bases: Sequence[str]) -> TripleStore:
    """Open the store of a URL; SetupError for an unknown kind. `bases`: below them lie
    the names of the graphs.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "oxigraph":
        from app.rdf.stores.embedded import EmbeddedStore  # noqa: PLC0415 - a backend is loaded only when it is used

        return EmbeddedStore(Path(rest), bases)
    if scheme in ("sparql+http", "sparql+https"):
        from app.rdf.stores.remote import RemoteStore  # noqa: PLC0415 - the same

        return RemoteStore(url.removeprefix("sparql+"), bases)
    raise SetupError(
        f"Không có kho bộ ba “{scheme}”: dùng oxigraph:/đường/dẫn hoặc "
        "sparql+https://máy-chủ/query"
    )
