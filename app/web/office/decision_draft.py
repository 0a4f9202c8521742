"""The form of a decision: what the clerk writes, read from the page and shown on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.errors import FieldError, InvalidError
from app.web.display.entry_names import EntryNames
from app.web.http import form_fields
from app.web.http.current import installation, register_today
from app.workflow.context import Desk
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import text
from app.workflow.decisions.models import Decision, DecisionKind, Effect, Issuer
from app.workflow.decisions.service import Draft
from app.workflow.decisions.text import Wording
from app.workflow.official_words import Capacity

_Choice = TypeVar("_Choice", bound=StrEnum)
_MOST_BASES = 30
_MOST_TEXT = 20_000
_SUBJECT = "subject-"  # before the id of a basis, in the name of a field


def read(session: Session) -> Draft:
    """Return what the clerk wrote; InvalidError names a document that the register does
    not hold.
    """
    said = request.form
    effect = _choice(Effect, "effect", Effect.DAY)
    return Draft(
        title=said.get("title", ""),
        issuer=_choice(Issuer, "issuer", Issuer.COMMITTEE),
        bases=_documents(session, "bases", _MOST_BASES),
        effective_from=(
            form_fields.day("effective_from") if effect is Effect.DAY else None
        ),
        kind=_choice(DecisionKind, "kind", DecisionKind.NEW),
        effect=effect,
        target=next(iter(_documents(session, "target", 1)), None),
        target_from=form_fields.day("target_from"),
        wording=_wording(),
    )


def _choice(choices: type[_Choice], name: str, otherwise: _Choice) -> _Choice:
    value = request.form.get(name)
    return choices(value) if value in list(choices) else otherwise


def _wording() -> Wording:
    said = request.form
    subjects = {
        name.removeprefix(_SUBJECT): value.strip()[:700]
        for name, value in said.items()
        if name.startswith(_SUBJECT) and value.strip()
    }
    receivers = said.get("receivers", "")[:_MOST_TEXT].splitlines()
    return Wording(
        articles=_unless_default(said.get("articles", "")[:_MOST_TEXT]),
        receivers=[line.strip(" -;.") for line in receivers if line.strip()],
        capacity=_choice(Capacity, "capacity", Capacity.HEAD),
        own_title=said.get("own_title", "")[:200],
        signatory=said.get("signatory", "")[:200],
        unit=said.get("unit", "")[:60],
        draft_mark="draft_mark" in said,
        subjects=subjects,
        unknown_bases=said.get("unknown_bases", "").strip()[:2000],
        other_issuer=said.get("other_issuer", "").strip()[:2000],
    )


def _unless_default(articles: str) -> str:
    """Return the articles where they are not what the form offered by itself, so that
    these go on following what the decision is.
    """
    same = articles.split() == request.form.get("offered", "").split()
    return "" if same else articles


def _documents(session: Session, name: str, most: int) -> list[UUID]:
    names = EntryNames(session, installation().profile, {})
    lines = [line.strip()[:300] for line in request.form.get(name, "").splitlines()]
    found = list[UUID]()
    for line in [line for line in lines if line][:most]:
        meant = names.meant("legal-document", line)
        if len(meant) != 1:
            message = _unknown(line, len(meant))
            raise InvalidError(message, [FieldError(name, "reference", message)])
        found.append(meant[0])
    return found


def _unknown(line: str, count: int) -> str:
    several = _("Có %(n)s văn bản “%(name)s” trong danh mục; ghi mã của văn bản")
    none = _(
        "Không có văn bản “%(name)s” trong danh mục; ghi số, ký hiệu như trong danh mục"
    )
    return str(several if count else none) % {"n": count, "name": line}


@dataclass(frozen=True)
class Shown:
    """What the form shows: what is written, what the decision says by itself, and which
    bases nobody has read on their originals.
    """

    values: Mapping[str, str]
    default_articles: str
    default_receivers: str
    unread: list[tuple[str, str, str]]
    fields: tuple[str, ...]


def shown(desk: Desk, decision: Decision | None) -> Shown:
    """Return the form of a decision, or of a new one, which is signed and goes to whom
    the last one was and went; what was typed goes before what is kept.
    """
    kept = decision or _new(desk)
    wording = Wording.of(kept.wording)
    default = text.default_articles(kept)
    receivers = "\n".join(text.default_receivers())
    values = {
        "title": wording.title or kept.title,
        "kind": str(kept.kind),
        "issuer": str(kept.issuer or Issuer.COMMITTEE),
        "effect": str(kept.effect),
        "effective_from": _day(kept.effective_from),
        "target": _named(desk, kept.target_id),
        "target_from": _day(kept.target_from),
        "bases": "\n".join(_named(desk, UUID(basis)) for basis in kept.bases),
        "articles": wording.articles or default,
        "receivers": "\n".join(wording.receivers) or receivers,
        "capacity": str(wording.capacity),
        "signatory": wording.signatory,
        "unit": wording.unit,
        "draft_mark": "1" if wording.draft_mark else "",
        "unknown_bases": wording.unknown_bases,
        "other_issuer": wording.other_issuer,
    }
    if "title" in request.form:
        values |= {name: request.form.get(name, "") for name in values}
    return Shown(
        values, default, receivers, _unread(desk, decision, wording), text.FIELDS
    )


def _new(desk: Desk) -> Decision:
    last = decision_queries.last(desk.session)
    before = Wording.of(last.wording) if last else Wording()
    wording = Wording(
        receivers=before.receivers,
        capacity=before.capacity,
        own_title=before.own_title,
        signatory=before.signatory,
        unit=before.unit,
    )
    return Decision(
        kind=DecisionKind.NEW,
        effect=Effect.SIGNING,
        issuer=last.issuer if last else Issuer.COMMITTEE,
        wording=wording.stored(),
        bases=[],
        title="",
    )


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _named(desk: Desk, entry_id: UUID | None) -> str:
    views = register_today(desk.session).by_ids([entry_id] if entry_id else [])
    view = views.get(entry_id) if entry_id else None
    return f"{view.content.get('number')} ({view.local_id})" if view else ""


def _unread(
    desk: Desk, decision: Decision | None, wording: Wording
) -> list[tuple[str, str, str]]:
    """Return (field, number, what was typed) of bases that cannot be printed without
    their title from the original.
    """
    if decision is None:
        return []
    return [
        (
            f"{_SUBJECT}{law_id}",
            basis.number,
            request.form.get(f"{_SUBJECT}{law_id}")
            or wording.subjects.get(str(law_id), ""),
        )
        for law_id, _law, basis in text.bases(desk, decision)
        if not basis.words
    ]


def said(desk: Desk, decision: Decision, annex: Mapping[str, Any]) -> dict[str, Any]:
    """Return the text of the decision as it stands: frozen, or as it would be now."""
    if decision.annex and "paper" in decision.annex:
        frozen: dict[str, Any] = decision.annex["paper"]
        return frozen
    return text.compose(desk, decision, annex, clock.today())
