"""Who gets where, written out: every route with its right and its roles, every action
with its statuses and roles.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

from app.permissions import RIGHTS, Action, Role, right_of
from app.workflow.proposals.actions import ACTIONS, path
from app.workflow.proposals.lifecycle import Status, Step

_FORWARD = (
    Action.SUBMIT,
    Action.ENDORSE,
    Action.TAKE,
    Action.RECOMMEND,
    Action.APPROVE,
    Action.ENTER,
)
_HEAD = """# Who gets where

Made by `make docs` from the routes, `app/permissions.py` and the table of actions,
`app/workflow/proposals/actions.py`; a test asks every route as every role, for proposals of one's own and of another
agency in every status, and fails where the answer is not the one below. *own*: only what is of one's own agency;
everything else is absent (404, the same as for what never was). Without a log-in a page leads to the log-in, a form and
the interface answer 401. A role without the right gets 403.
"""  # noqa: E501 - the page has lines of its own


def markdown(rules: Iterable[Any], views: Mapping[str, Callable[..., Any]]) -> str:
    """Return the page; `rules` are those of a URL map, `views` its view functions."""
    lines = [
        _HEAD,
        "## Routes",
        "",
        "| route | methods | right | " + " | ".join(Role) + " |",
    ]
    lines.append("|---" * (3 + len(Role)) + "|")
    for rule in sorted(rules, key=lambda rule: (rule.rule, sorted(rule.methods))):
        methods = ", ".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        right = right_of(views[rule.endpoint])
        cells = [_reach(right, role) for role in Role]
        lines.append(
            f"| `{rule.rule}` | {methods} | {right or 'everybody'} | "
            f"{' | '.join(cells)} |"
        )
    return "\n".join([*lines, "", *_actions(), ""])


def _reach(right: Action | None, role: Role) -> str:
    return "yes" if right is None else str(RIGHTS[right].get(role, "–"))


def _actions() -> list[str]:
    table = path().table
    lines = [
        "## Actions on a proposal",
        "",
        "| action | from → to | roles | never by whoever |",
        "|---|---|---|---|",
    ]
    for action in Action:
        steps = [
            f"{source} → {target}"
            for (source, known), target in table.items()
            if known is action
        ]
        if steps:
            roles = ", ".join(
                f"{role} ({reach})" for role, reach in RIGHTS[action].items()
            )
            barred = (
                ", ".join(sorted(f"was its {part}" for part in ACTIONS[action].barred))
                or "–"
            )
            lines.append(f"| {action} | {'; '.join(steps)} | {roles} | {barred} |")
    return [*lines, "", *_ways()]


def _ways() -> list[str]:
    """Return the way of a proposal that meets no resistance, for every choice of
    steps.
    """
    lines = ["## The way of a proposal, by the setting `steps`", ""]
    lines += [
        (
            "Consultation is no status: it is an action while a proposal is in "
            "review, there where the step is on."
        ),
        "",
    ]
    lines += ["| " + " | ".join(Step) + " | way |", "|---" * (len(Step) + 1) + "|"]
    for bits in product((False, True), repeat=len(Step)):
        steps = frozenset(step for step, on in zip(Step, bits, strict=True) if on)
        cells = ["yes" if on else "–" for on in bits]
        lines.append(f"| {' | '.join(cells)} | {' → '.join(_way(steps))} |")
    return lines


def _way(steps: frozenset[Step]) -> list[Status]:
    way, statuses = path(steps), [Status.DRAFT]
    while statuses[-1] is not Status.ENTERED:
        forward = (action for action in _FORWARD if way.follows(statuses[-1], action))
        statuses.append(way.after(statuses[-1], next(forward)))
    return statuses
