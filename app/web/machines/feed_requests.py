"""What every feed does alike: note who was given what, read which part of it is asked
for.
"""

import re
from collections.abc import Mapping

from flask import Response, request

from app.errors import MalformedError
from app.rdf.publishing import receipts
from app.web.http.current import installation


def receive(response: Response) -> Response:
    """Note who was given what (after each answer to a harvester)."""
    interface = "/" + re.split("[./-]", request.path[1:])[0]
    asked, size = request.full_path.rstrip("?"), response.content_length or 0
    given = receipts.receipt(
        request.user_agent.string, interface, asked, response.status_code, size
    )
    receipts.note(installation().settings.data_dir, given)
    return response


def require_one(given: Mapping[str, str], *names: str) -> None:
    """Refuse a request that names two things of which one would be left unheeded, by
    MalformedError.
    """
    if len(given.keys() & set(names)) > 1:
        raise MalformedError(f"Chỉ nêu một trong: {', '.join(names)}")


def everything(given: Mapping[str, str]) -> bool:
    """Tell whether reference entries are asked for too; MalformedError for an unknown
    word.
    """
    if given.get("records", "own") not in {"own", "all"}:
        raise MalformedError(
            "records chỉ nhận own (bản ghi gốc) hoặc all (cả bản ghi tham chiếu)"
        )
    return given.get("records") == "all"
