"""The programming interface under /api/v1, described by OpenAPI 3.1, errors as RFC 9457
problems.

* Which HTTP status has this error? `problems`
* What may a key do here? `access`; what does the same request twice do? `idempotency`
* Entries and code lists: `entries`; codes: `codes`; what changed: `changes`; proposals:
  `proposals` with `proposal_schemas`; what one asks and another answers: `cases`; the
  catalogue for agencies with a key: `harvest`
* Which day and journal row does a request ask about? `arguments`; how is it all
  described? `openapi`
* What is said of a value that is not valid? `validation_messages`
"""

from flask import Flask

from app.api import validation_messages
from app.operations.installation import Installation

# before any schema is made: each takes the messages that are there then
validation_messages.install()

from app.api import openapi  # noqa: E402 - see above


def install(flask: Flask, installation: Installation) -> None:
    """Put the interface into the application."""
    openapi.install(flask, installation)
