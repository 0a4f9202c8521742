"""Who gets where, written out: every route with its right and its roles, every action with its statuses and roles."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.permissions import RIGHTS, Action, Role, right_of
from app.workflow.lifecycle import TRANSITIONS
from app.workflow.service import BARRED

_HEAD = """# Who gets where

Made by `make docs` from the routes, `app/permissions.py`, `app/workflow/lifecycle.py` and `BARRED` of
`app/workflow/service.py`; a test asks every route as every role, for proposals of one's own and of another agency in
every status, and fails where the answer is not the one below. *own*: only what is of one's own agency; everything else
is absent (404, the same as for what never was). Without a log-in a page leads to the log-in, a form and the interface
answer 401. A role without the right gets 403.
"""


def markdown(rules: Iterable[Any], views: Mapping[str, Callable[..., Any]]) -> str:
    """Return the page; `rules` are those of a URL map, `views` its view functions."""
    lines = [_HEAD, "## Routes", "", "| route | methods | right | " + " | ".join(Role) + " |"]
    lines.append("|---" * (3 + len(Role)) + "|")
    for rule in sorted(rules, key=lambda each: (each.rule, sorted(each.methods))):
        methods = ", ".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        right = right_of(views[rule.endpoint])
        cells = [_reach(right, role) for role in Role]
        lines.append(f"| `{rule.rule}` | {methods} | {right or 'everybody'} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_actions(), ""])


def _reach(right: Action | None, role: Role) -> str:
    return "yes" if right is None else str(RIGHTS[right].get(role, "–"))


def _actions() -> list[str]:
    lines = ["## Actions on a proposal", "", "| action | from → to | roles | never by whoever |", "|---|---|---|---|"]
    for action in Action:
        steps = [f"{source} → {target}" for (source, each), target in TRANSITIONS.items() if each is action]
        if steps:
            roles = ", ".join(f"{role} ({reach})" for role, reach in RIGHTS[action].items())
            barred = ", ".join(sorted(f"was its {part}" for part in BARRED.get(action, ()))) or "–"
            lines.append(f"| {action} | {'; '.join(steps)} | {roles} | {barred} |")
    return lines
