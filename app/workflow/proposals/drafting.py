"""How a draft comes to be: what is filled in beforehand, which sections it has, what is
missing, saving one section.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import clock
from app.accounts.models import Post
from app.errors import FieldError, ForbiddenError, StaleError, TransitionError
from app.permissions import Action
from app.register.content import facts, hashing, schema
from app.register.latest_versions import latest_version
from app.register.models import Entry, Fact, Period, Version
from app.register.standing import stands, stands_on
from app.vietnamese import fold
from app.workflow.context import Desk
from app.workflow.proposals import diff, sanitising, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.actions import EDITS, request_of
from app.workflow.proposals.inputs import ProposalRequest
from app.workflow.proposals.lifecycle import AGAIN, OPEN, Status
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.preconditions import require_whole_sight
from catalog_schema.graph import KEY
from catalog_schema.profile import Field, Kind, Prefill, Profile, Stage, Type

QUICK = "nhanh"  # the section that holds what is asked before sending


@dataclass(frozen=True)
class SectionProgress:
    """A section of the form: its fields, which of them are missing or wrong, and
    whether anything is in it.
    """

    name: str
    labels: Mapping[str, str]
    fields: tuple[Field, ...]
    missing: tuple[Field, ...]
    wrong: tuple[Field, ...]
    started: bool

    @property
    def complete(self) -> bool:
        """Whether nothing that is needed before entering is missing or wrong."""
        return not (self.missing or self.wrong)


def blank(desk: Desk, kind: Kind) -> dict[str, Any]:
    """Return what a new proposal starts with: defaults, the actor's agency and post,
    the agency's earlier words.
    """
    earlier = _earlier(desk, kind)
    content: dict[str, Any] = {}
    for field in kind.fields:
        value = _prefilled(desk, field, earlier)
        if value is not None:
            content[field.name] = value
    return content


def begun(desk: Desk, request: ProposalRequest) -> Proposal | None:
    """Return the proposal that the actor's agency has of this already: an open one of
    the same entry and type, or a draft of something new by the same title. A button
    pressed twice, Back, or two windows make one.
    """
    query = select(Proposal).where(
        Proposal.agency_id == desk.actor.agency_id,
        Proposal.kind == request.kind,
        Proposal.type == request.type,
    )
    if request.type is not ProposalType.REGISTER:
        open_ = Proposal.status.in_(sorted(OPEN))
        same = query.where(Proposal.entry_id == request.entry_id, open_)
        return desk.session.scalar(same.order_by(Proposal.number).limit(1))
    query = query.where(Proposal.status == Status.DRAFT)
    kind = desk.profile.kinds[request.kind]
    title = fold(facts.title(kind, request.content))
    drafts = desk.session.scalars(query.order_by(Proposal.number))
    alike = (
        draft for draft in drafts if fold(facts.title(kind, draft.content)) == title
    )
    return next(alike, None) if title else None


def own_agency(desk: Desk) -> ProposalRequest | None:
    """Return a request to register the agency that the actor works in, None where it is
    in the register already.

    The first people of an installation hold posts in an agency that is only reserved.
    """
    own = desk.session.get_one(Entry, desk.actor.agency_id)
    if own.iri is not None:
        return None
    return ProposalRequest(
        own.kind, blank(desk, desk.profile.kinds[own.kind]), entry_id=own.id
    )


def copy(desk: Desk, kind: Kind, source: Mapping[str, Any]) -> ProposalRequest:
    """Return a request that starts as a copy of another entry's content, already cut to
    what the actor may see.

    The agency's own words stand over the copied ones; everything else that was copied
    is marked to be looked at.
    """
    own = blank(desk, kind)
    taken = {
        name: value
        for name, value in source.items()
        if name not in own and name != "illustrative"
    }
    return ProposalRequest(kind.name, {**_unkeyed(taken), **own}, copied=sorted(taken))


def amend(
    desk: Desk, entry_id: UUID, type_: ProposalType = ProposalType.AMEND
) -> ProposalRequest:
    """Return a request to change, suspend or end an entry, starting from its latest
    version.
    """
    latest = latest_version(desk.session, entry_id)
    kind = desk.session.get_one(Entry, entry_id).kind
    return ProposalRequest(kind, latest.content if latest else {}, type_, entry_id)


def again(desk: Desk, closed: Proposal) -> ProposalRequest:
    """Return a request like one that was refused or withdrawn; TransitionError while
    that one is still open.

    Something new gets an entry of its own; a change is made from the version that the
    register holds now.
    """
    if closed.status not in AGAIN:
        raise TransitionError(
            "Hồ sơ đã sang bước khác; chỉ phiếu không được phê duyệt hoặc đã "
            "rút mới sao chép được"
        )
    latest = latest_version(desk.session, closed.entry_id)
    if latest is None:
        return ProposalRequest(closed.kind, _unkeyed(closed.content))
    return ProposalRequest(closed.kind, closed.content, closed.type, closed.entry_id)


def quick_fields(kind: Kind) -> tuple[Field, ...]:
    """Return the fields that may be asked for before sending, and those that may be
    filled in instead of one of them.
    """
    mandatory = [f for f in kind.fields if Stage.SUBMIT.includes(f.mandatory_at)]
    instead = {f.mandatory_when.unless for f in mandatory if f.mandatory_when}
    return tuple(f for f in kind.fields if f in mandatory or f.name in instead)


def section_fields(kind: Kind, name: str) -> tuple[Field, ...]:
    """Return the fields of a section, of the quick one too; none for a name that is no
    section.
    """
    if name == QUICK:
        return quick_fields(kind)
    return tuple(
        field
        for field in kind.fields
        if (field.section or "general") == name and not field.deprecated
    )


def parts(
    profile: Profile, kind: Kind, content: Mapping[str, Any], stage: Stage = Stage.ENTER
) -> list[SectionProgress]:
    """Return the sections of a draft with what each lacks at `stage`."""
    errors = _errors(profile, kind, content, stage)
    lacked = {error.field.split(".")[0] for error in errors if error.code == "required"}
    wrong = {error.field.split(".")[0] for error in errors if error.code != "required"}
    rows = []
    for section in profile.sections.values():
        fields = section_fields(kind, section.name)
        if fields:
            started = any(not diff.blank(content.get(field.name)) for field in fields)
            missing = tuple(f for f in fields if f.name in lacked - wrong)
            faulty = tuple(f for f in fields if f.name in wrong)
            rows.append(
                SectionProgress(
                    section.name, section.labels, fields, missing, faulty, started
                )
            )
    return rows


def following(
    profile: Profile, kind: Kind, content: Mapping[str, Any], after: str
) -> str | None:
    """Return the name of the next section after one that lacks something before
    entering, from the first again where the later ones do not; None where none does.
    """
    sections = parts(profile, kind, content)
    names = [part.name for part in sections]
    at = names.index(after) + 1 if after in names else 0
    turned = [*sections[at:], *sections[:at]]
    return next((part.name for part in turned if not part.complete), None)


def lacking(
    profile: Profile, kind: Kind, content: Mapping[str, Any], stage: Stage
) -> set[str]:
    """Return the names of the fields that are asked for by `stage` and not filled
    rightly yet.
    """
    errors = _errors(profile, kind, content, stage)
    return {error.field.split(".")[0] for error in errors}


def _errors(
    profile: Profile, kind: Kind, content: Mapping[str, Any], stage: Stage
) -> list[FieldError]:
    """Return what is wrong and the agency's to mend: what the department settles later
    is not.
    """
    settled_later = {field.name for field in kind.fields if field.absent_at}
    errors = schema.check(kind, content, stage, profile.base).errors
    return [error for error in errors if error.field not in settled_later]


def required(
    profile: Profile, kind: Kind, content: Mapping[str, Any], stage: Stage
) -> tuple[int, int]:
    """Return how many of the fields asked for by `stage` are filled rightly, and how
    many there are.
    """
    fields = [field for field in kind.fields if field.required(stage, content)]
    lacked = lacking(profile, kind, content, stage)
    return sum(field.name not in lacked for field in fields), len(fields)


def seal(fields: Sequence[Field], content: Mapping[str, Any]) -> str:
    """Return a hash of what these fields hold: what a form that shows them was made
    from.
    """
    part = {
        field.name: content[field.name] for field in fields if field.name in content
    }
    return hashlib.sha256(hashing.encode(part)).hexdigest()


@dataclass(frozen=True)
class Save:
    """What one form saves: the fields that it shows, what was typed, the seal it was
    made from, its own name.

    `turn` counts what this form has sent, so that what comes late does not win over
    what was typed after it.
    """

    fields: Sequence[Field]
    values: Mapping[str, Any]
    seal: str
    form: str
    turn: int = 0


def save(desk: Desk, proposal: Proposal, saved: Save) -> Proposal:
    """Save one section, whether or not it is valid; a reviewer's save is a mend.

    StaleError when another form has changed the same fields since this one was made;
    saving what is there already changes nothing.
    """
    values = sanitising.cleaned(saved.values)
    form, turn = _edited(proposal.edited_in)
    if form == saved.form and saved.turn < turn:
        return proposal  # an autosave that a later save of the same form has overtaken
    names = {field.name for field in saved.fields}
    others = {
        name: value for name, value in proposal.content.items() if name not in names
    }
    content = {
        **others,
        **{name: value for name, value in values.items() if not diff.blank(value)},
    }
    if content == proposal.content and not names & set(proposal.copied or ()):
        return proposal
    if saved.seal != seal(saved.fields, proposal.content) and saved.form != form:
        raise StaleError(
            "Phần này vừa được sửa ở nơi khác; nội dung vừa nhập còn nguyên bên dưới"
        )
    written = {
        "content": sanitising.seal(content),
        "editing": f"{saved.form}:{saved.turn}",
        "reviewed": sorted(names),
    }
    request = request_of(editing(desk, proposal), written)
    return service.act(desk, proposal.id, proposal.lock_version, request)


def _edited(text: str | None) -> tuple[str, int]:
    form, _, turn = (text or "").rpartition(":")
    return form, int(turn or 0)


def editing(desk: Desk, proposal: Proposal) -> Action:
    """Return which action a save of the actor would be; TransitionError,
    ForbiddenError, FourEyesError for none.
    """
    action = EDITS.get(proposal.status, Action.EDIT)
    service.following(desk, proposal, action)
    return action


def highest_keys(desk: Desk, proposal: Proposal) -> dict[str, int]:
    """Return the highest numeric key that each repeated group has had in the register,
    as sent, or now.
    """
    contents = [proposal.content]
    base = proposals.base_version(desk.session, proposal)
    if base is not None:
        contents.append(base.content)
    last = proposals.last_sent(proposal)
    if last is not None:
        contents.append(last.content)
    highest: dict[str, int] = {}
    for content in contents:
        for name, value in content.items():
            highest[name] = max([highest.get(name, 0), *_numeric_keys(value)])
    return highest


def _numeric_keys(value: Any) -> list[int]:
    """Return the numbers among the keys of a repeated group, none for anything else."""
    rows = value if isinstance(value, list) else []
    keys = [row.get(KEY) for row in rows if isinstance(row, Mapping)]
    return [
        int(key)
        for key in keys
        if isinstance(key, str) and re.fullmatch("[0-9]{1,9}", key)
    ]


def rebase(desk: Desk, proposal: Proposal) -> tuple[Version, diff.Merged]:
    """Return the version that the register holds now, and the proposal merged with
    it.
    """
    base = proposals.base_version(desk.session, proposal)
    latest = latest_version(desk.session, proposal.entry_id)
    if base is None or latest is None:
        raise ForbiddenError(
            "Phiếu này đăng ký mục mới, không có phiên bản nào để hợp nhất"
        )
    require_whole_sight(desk, proposal.kind, proposal.entry_id, latest)
    if proposal.type not in proposals.WRITING:
        return latest, diff.Merged(latest.content, (), ())
    members = desk.profile.kinds[proposal.kind].fields
    return latest, diff.merge(members, base.content, proposal.content, latest.content)


def _earlier(desk: Desk, kind: Kind) -> Mapping[str, Any]:
    """Return the content of the agency's own entry of this kind that was recorded last,
    empty without one.
    """
    day = clock.today()
    query = (
        select(Version.content)
        .join(Fact, Fact.version_id == Version.id)
        .join(Entry, Entry.id == Version.entry_id)
    )
    query = query.join(Period, Period.version_id == Version.id)
    query = query.where(
        Fact.field == "owner",
        Fact.target_id == desk.actor.agency_id,
        Entry.kind == kind.name,
    )
    query = query.where(stands_on(day))
    content = desk.session.scalar(query.order_by(Version.recorded_at.desc()).limit(1))
    return content or {}


def _prefilled(desk: Desk, field: Field, earlier: Mapping[str, Any]) -> Any:
    match field.prefill:
        case Prefill.AGENCY:
            return str(desk.actor.agency_id)
        case Prefill.POST:
            return desk.session.get_one(Post, desk.actor.post_id).title
        case Prefill.EARLIER if field.name in earlier:
            return _standing(desk, field, earlier[field.name])
    inner = {
        part.name: _prefilled(desk, part, {}) for part in field.fields if not field.many
    }
    filled = {name: value for name, value in inner.items() if value is not None}
    return filled or field.default


def _standing(desk: Desk, field: Field, value: Any) -> Any:
    """Return what the agency said earlier, without entries that no longer stand and law
    that no longer holds.
    """
    if field.type is not Type.REFERENCE or not isinstance(value, list):
        return value
    day = clock.today()
    query = select(Version.entry_id, Version.content).join(
        Period, Period.version_id == Version.id
    )
    query = query.where(
        Version.entry_id.in_([UUID(named) for named in value]),
        stands(),
    )
    query = query.where(Period.valid_from <= day, Period.valid_to > day)
    present = {
        str(entry_id): content for entry_id, content in desk.session.execute(query)
    }
    ended = {
        entry_id
        for entry_id, content in present.items()
        if (content.get("in_force_to") or "9999") <= day.isoformat()
    }
    standing = present.keys() - ended
    return [named for named in value if named in standing] or None


def _unkeyed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unkeyed(inner) for name, inner in value.items() if name != KEY}
    return [_unkeyed(inner) for inner in value] if isinstance(value, list) else value
