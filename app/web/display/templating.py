"""Templates: where they lie, the helpers that they may call, the static files."""

from datetime import date
from importlib import resources
from urllib.parse import quote, urlencode

from flask import Flask, request
from flask_babel import gettext as _
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from app import clock, journal
from app.operations.installation import Installation
from app.web.display import (
    addresses,
    case_origins,
    decision_words,
    freshness_words,
    markdown,
    navigation,
    warehouse_words,
    wording,
)
from app.web.http import current, guard, language
from catalog_schema.profile import DATABASE

HERE = resources.files("app.web")
WORDS: dict[str, object] = {  # what every template may say
    "database_kind": DATABASE,
    "label": wording.label,
    "span": wording.span,
    "condition": wording.condition,
    "asked_again": addresses.asked_again,
    "fresh_words": freshness_words.words,
    "fresh_rests_on": freshness_words.rests_on,
    "warehouse_words": warehouse_words.words,
    "warehouse_choices": warehouse_words.choices,
    "what_became": wording.what_became,
    "standings": wording.STANDINGS,
    "intake_statuses": wording.INTAKES,
    "decision_steps": decision_words.DECISION_STEPS,
    "decision_kinds": decision_words.DECISION_KINDS,
    "decision_events": decision_words.DECISION_EVENTS,
    "rectified_fields": decision_words.RECTIFIED,
    "capacities": decision_words.CAPACITIES,
    "paper_kinds": decision_words.PAPERS,
    "paper_fields": decision_words.PAPER_FIELDS,
    "stages": wording.STAGES,
    "statuses": wording.STATUSES,
    "next_steps": wording.NEXT,
    "risk_words": wording.RISKS,
    "verdicts": wording.VERDICTS,
    "replies": wording.REPLIES,
    "question_steps": wording.QUESTION_STEPS,
    "problem": wording.problem,
    "types": wording.TYPES,
    "roles": wording.ROLES,
    "settings_named": wording.SETTINGS,
    "parts_named": wording.PARTS,
    "actions_named": wording.ACTIONS,
    "journal_named": wording.journal_named,
}


def install(flask: Flask, installation: Installation) -> None:
    """Set the loaders and the names that every template knows."""
    macros = resources.files("govuk_frontend_jinja") / "templates"
    flask.jinja_env.loader = ChoiceLoader(
        [
            FileSystemLoader(str(HERE / "templates")),
            PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(str(macros))}),
        ]
    )
    flask.jinja_env.trim_blocks = flask.jinja_env.lstrip_blocks = True
    flask.jinja_env.filters |= {
        "day": wording.day,
        "iso_day": lambda text: wording.day(date.fromisoformat(text)),
        "instant": wording.instant,
        "number": wording.number,
        "capitalize_first": wording.capitalize_first,
        "in_words": wording.label,
        "rich": markdown.rich,
    }
    profile = installation.profile

    @flask.context_processor
    def _names() -> dict[str, object]:
        today = clock.today()
        return {
            "language": language.current(),
            "province_on": installation.settings.province,
            "province_type": lambda day=today: wording.province_type(
                installation.settings.province(day)
            ),
            "decision_issuers": {
                issuer: decision_words.decision_issuer(
                    issuer, installation.settings.province(today)
                )
                for issuer in decision_words.DECISION_ISSUERS
            },
            "demonstration": installation.settings.demonstration,
            **WORDS,
            "own_navigation": navigation.own,
            "unseen_notices": navigation.unseen,
            "own_entry": guard.own,
            "kinds": profile.kinds,
            "reads_cases": case_origins.reads,
            "page_of": lambda view: addresses.entry_address(profile, view),
            "in_language": _in_language,
            "today": today,
            "checked": lambda code: wording.checked(profile, code),
            "certainty": lambda code: wording.certainty(profile, code),
            "contact": installation.settings.contact,
            "open_end": clock.OPEN_END,
            "recorded_at": _recorded_at,
            "session_limit": guard.limit,
        }


def _recorded_at(row: int) -> str:
    """Return up to when the register had recorded what a row of the journal ends."""
    with current.looking() as session:
        at = journal.recorded_at(session, row)
    return wording.instant(at) if at else str(_("khi lập danh mục"))


def _in_language(wanted: str) -> str:
    """Return the address of this page in another language; the query is data, never
    arguments of ours.
    """
    arguments = {
        name: values for name, values in request.args.lists() if name != "lang"
    }
    if wanted != "vi":
        arguments["lang"] = [wanted]
    return quote(request.path) + (
        "?" + urlencode(arguments, doseq=True) if arguments else ""
    )
