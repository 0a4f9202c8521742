"""Rows of a table beside the register and the agency's own open proposals: what is new,
what changes, what is there already, what somebody has to look at.

The same thing is known by its identifier, else by owner and title without marks and
case.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select

from app.errors import FieldError
from app.register.content import facts, schema
from app.register.filters import Filter, is_elsewhere
from app.register.models import Version
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT
from app.vietnamese import fold
from app.workflow.context import Desk
from app.workflow.proposals import diff, drafting, preconditions
from app.workflow.proposals.lifecycle import OPEN, Status
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.typed_bases import LINKED, TYPED
from app.workflow.uploads.rows import (
    Choice,
    Compared,
    Comparison,
    Doubt,
    KnownBy,
    Outcome,
    ReadRow,
)
from catalog_schema.profile import Field, Kind, Prefill, Stage, Type

# words of names that tell nothing
_COMMON = frozenset(
    fold(
        "cơ sở dữ liệu csdl hệ thống thông tin quản lý của về và tỉnh thành phố các"
        " dùng chung danh mục phần mềm"
    ).split()
)
_BASES = frozenset({LINKED, TYPED})
_ALIKE = 0.75  # of the telling words of two names, where they are alike
_MOST_ALIKE = 3
_MORE = 2  # words that a name may have beside another's
_LEAST_WORDS = 2

Identity = tuple[str, str]  # the owner's id, the key of the title


def compare(
    desk: Desk,
    register: Register,
    kind: Kind,
    rows: Iterable[ReadRow],
    choices: Mapping[str, str],
) -> Comparison:
    """Return what becomes of every row; `choices` is what somebody said of doubted
    ones, by the key of the row.
    """
    comparer = _Comparer(desk, register, kind, choices)
    return Comparison([comparer.compared(row) for row in rows])


@dataclass
class _Comparer:
    desk: Desk
    register: Register
    kind: Kind
    choices: Mapping[str, str]
    seen: dict[Identity, ReadRow] = field(default_factory=dict)
    # by owner and telling words
    nearly: dict[tuple[str, str], ReadRow] = field(default_factory=dict)
    met: Counter[Identity] = field(default_factory=Counter)

    def compared(self, row: ReadRow) -> Compared:
        """Return what becomes of a row."""
        title = facts.title(self.kind, row.content)
        content = _overlaid(self.kind.fields, self._blank, _known(row.content))
        plain = Compared(row, title, Outcome.FAULTY, content)
        entry = self._by_identifier.get(row.identifier) if row.identifier else None
        errors = list(row.errors)
        if row.identifier and entry is None:
            errors.append(
                FieldError("entry.identifier", "cell", _no_such(row.identifier))
            )
        if not title and entry is None:
            errors.append(FieldError(self.kind.title_field, "required", "Ô tên trống"))
        if errors:
            # all at once, so that nobody mends the same row twice
            cells = {error.field.partition(".")[0] for error in errors}
            errors += [
                error
                for error in self._problems(content)
                if error.code != "required"
                and error.field.partition(".")[0] not in cells
            ]
            return replace(plain, errors=errors)
        return self._checked(self._identified(plain, entry))

    def _identified(self, plain: Compared, entry: EntryView | None) -> Compared:
        """Return the row with what it is about: by identifier, by what was said of it,
        by owner and title.
        """
        row = plain.row
        same_as = identity(self.kind, plain.content)
        choice = self.choices.get(row.key, "")
        if choice == Choice.SKIP:
            return replace(plain, outcome=Outcome.SAME)
        earlier = self._earlier(plain, same_as)
        if entry is not None:
            return self._change(plain, entry, KnownBy.IDENTIFIER)
        if earlier is not row and choice != Choice.NEW:
            return replace(
                plain,
                outcome=Outcome.DOUBTED,
                doubt=Doubt.REPEATED,
                like_row=earlier,
            )
        if choice in self._by_identifier:
            return self._change(plain, self._by_identifier[choice], KnownBy.IDENTIFIER)
        if same_as in self._by_identity and choice != Choice.NEW:
            return self._change(plain, self._by_identity[same_as], KnownBy.TITLE)
        # what is there more than once belongs to as many rows, in their order
        drafts = self._proposed.get(same_as, ())
        place = self.met[same_as]
        self.met[same_as] += 1
        if place < len(drafts):
            return self._again(plain, drafts[place])
        alike = [] if choice == Choice.NEW else self._alike(plain)
        if alike:
            return replace(
                plain, outcome=Outcome.DOUBTED, doubt=Doubt.ALIKE, alike=alike
            )
        return replace(plain, outcome=Outcome.NEW)

    def _earlier(self, plain: Compared, same_as: Identity) -> ReadRow:
        """Return the first row of the file of that name and owner, or of a name that
        only says in other words that it is a database; the row itself for none.
        """
        words = _telling(plain.title)
        nearly = same_as[0], " ".join(sorted(words))
        row = self.seen.setdefault(same_as, plain.row)
        if len(words) < _LEAST_WORDS:
            return row
        first = self.nearly.setdefault(nearly, plain.row)
        return row if row is not plain.row else first

    def _change(self, plain: Compared, entry: EntryView, known_by: KnownBy) -> Compared:
        """Return the row as a change of an entry in force."""
        row, fields = plain.row, self.kind.fields
        base = self._base(entry, row.version)
        ours = _overlaid(fields, base, _known(row.content))
        if row.version:
            ours = _cleared(ours, row.blank)
        merged = diff.merge(fields, base, ours, entry.content)
        choice = self.choices.get(row.key, "")
        known = replace(plain, entry=entry, known_by=known_by, before=entry.content)
        if merged.conflicts and choice not in (Choice.FILE, Choice.REGISTER):
            return replace(
                known,
                outcome=Outcome.DOUBTED,
                doubt=Doubt.CONFLICT,
                conflicts=merged.conflicts,
            )
        theirs = [
            conflict.name for conflict in merged.conflicts if choice == Choice.REGISTER
        ]
        content = diff.choose(fields, merged, theirs)
        changes = diff.changed(diff.compare(fields, entry.content, content))
        if not changes:
            return replace(known, outcome=Outcome.SAME, content=entry.content)
        if not preconditions.may_propose_on(self.desk, entry.kind, entry.id):
            return replace(known, outcome=Outcome.FAULTY, errors=[_foreign()])
        open_ = self._amended.get(entry.id)
        if open_ is not None:
            return self._again(replace(known, content=content), open_)
        return replace(known, outcome=Outcome.CHANGED, content=content, changes=changes)

    def _again(self, plain: Compared, proposal: Proposal) -> Compared:
        """Return the row as a change of a proposal that the agency has open: of a
        draft it is one, of what was sent already it is none, whatever it says.
        """
        said = _known(plain.row.content)
        below = proposal.content
        if said.keys() & _BASES:  # what the row says of them now is all of them
            below = {name: below[name] for name in below.keys() - _BASES}
        content = _overlaid(self.kind.fields, below, said)
        changes = diff.changed(
            diff.compare(self.kind.fields, proposal.content, content)
        )
        known = replace(
            plain,
            proposal=proposal.number,
            known_by=KnownBy.TITLE,
            before=proposal.content,
        )
        known = replace(known, content=content, changes=changes)
        if not changes or proposal.status is not Status.DRAFT:
            return replace(known, outcome=Outcome.SAME)
        return replace(known, outcome=Outcome.CHANGED)

    def _checked(self, compared: Compared) -> Compared:
        """Return the row with what its content lacks before sending; what is wrong in
        a cell makes it faulty.
        """
        if compared.outcome not in (Outcome.NEW, Outcome.CHANGED):
            return compared
        problems = self._problems(compared.content)
        lacking = [error.field for error in problems if error.code == "required"]
        wrong = [error for error in problems if error.code != "required"]
        if wrong:
            return replace(compared, outcome=Outcome.FAULTY, errors=wrong)
        return replace(compared, lacking=lacking)

    def _problems(self, content: Mapping[str, Any]) -> Sequence[FieldError]:
        """Return what bars a content from being sent."""
        base = self.desk.profile.base
        return schema.check(self.kind, content, Stage.SUBMIT, base).errors

    def _alike(self, plain: Compared) -> list[EntryView]:
        """Return the entries that are called nearly so, the nearest first."""
        words = _telling(plain.title)
        if len(words) < _LEAST_WORDS:
            return []
        near = []
        for entry in {name for word in words for name in self._by_word.get(word, ())}:
            others = self._words[entry]
            share = len(words & others) / len(words | others)
            more = len(words - others)
            # the whole name of an entry, with a word or two of a place
            whole = len(others) >= _LEAST_WORDS and others < words and more <= _MORE
            if share >= _ALIKE or whole:
                near.append((-share, entry))
        return [self._by_identifier[entry] for _share, entry in sorted(near)][
            :_MOST_ALIKE
        ]

    def _base(self, entry: EntryView, number: str) -> Mapping[str, Any]:
        """Return the content of the version that a row was exported from; of today's
        where it names none.
        """
        if not number.isdigit() or int(number) == entry.number:
            return entry.content
        query = select(Version).where(
            Version.entry_id == entry.id, Version.number == int(number)
        )
        then = self.desk.session.scalar(query)
        return entry.content if then is None else self.register.content_of(then)

    @cached_property
    def _blank(self) -> dict[str, Any]:
        return prefilled(self.desk, self.kind)

    @cached_property
    def _by_identifier(self) -> dict[str, EntryView]:
        views = self.register.all(Filter((self.kind.name,), tuple(PRESENT)))
        return {view.local_id: view for view in views}

    @cached_property
    def _by_identity(self) -> dict[Identity, EntryView]:
        return {
            identity(self.kind, view.content): view
            for view in self._by_identifier.values()
        }

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {
            name: _telling(view.title)
            for name, view in self._by_identifier.items()
            if not is_elsewhere(view.content)
        }

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        holders = defaultdict[str, list[str]](list)
        for name, words in self._words.items():
            for word in words:
                holders[word].append(name)
        return holders

    @cached_property
    def _open(self) -> list[Proposal]:
        query = select(Proposal).where(
            Proposal.agency_id == self.desk.actor.agency_id,
            Proposal.kind == self.kind.name,
            Proposal.status.in_(sorted(OPEN)),
        )
        return list(self.desk.session.scalars(query.order_by(Proposal.number.desc())))

    @cached_property
    def _proposed(self) -> dict[Identity, list[Proposal]]:
        """What the agency is registering, the earliest first."""
        found = defaultdict[Identity, list[Proposal]](list)
        for proposal in reversed(self._open):
            if proposal.type is ProposalType.REGISTER:
                found[identity(self.kind, proposal.content)].append(proposal)
        return found

    @cached_property
    def _amended(self) -> dict[Any, Proposal]:
        return {
            proposal.entry_id: proposal
            for proposal in self._open
            if proposal.type is ProposalType.AMEND
        }


def prefilled(desk: Desk, kind: Kind) -> dict[str, Any]:
    """Return what a row has that does not say it: defaults, and the agency as owner.
    What an agency said of other things is not said of these by anybody.
    """
    filled = {
        member.name
        for member in kind.fields
        if member.prefill is Prefill.AGENCY or member.default is not None
    }
    content = drafting.blank(desk, kind)
    return {name: value for name, value in content.items() if name in filled}


def identity(kind: Kind, content: Mapping[str, Any]) -> Identity:
    """Return what makes two contents the same thing: owner, title without marks."""
    key = facts.match_key(kind, facts.title(kind, content))
    return str(content.get("owner") or ""), key


def _foreign() -> FieldError:
    message = "Mục của cơ quan khác: chỉ cơ quan chủ quản hoặc cơ quan kế thừa sửa được"
    return FieldError("entry.identifier", "owner", message)


def _no_such(identifier: str) -> str:
    return f"Danh mục không có mục mã “{identifier}”; bỏ trống ô mã nếu là mục mới"


def _telling(title: str) -> frozenset[str]:
    words = fold(title).replace(",", " ").split()
    return frozenset(word for word in words if word not in _COMMON)


def _known(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says, without what it leaves open."""
    return {name: value for name, value in content.items() if not diff.blank(value)}


def _overlaid(
    fields: Sequence[Field], below: Mapping[str, Any], above: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a content with what a row says on top: groups part by part, data items by
    their names, everything else as a whole.
    """
    content = dict(below)
    for member in fields:
        if member.name not in above:
            continue
        told_anew, was = above[member.name], below.get(member.name)
        if member.type is Type.GROUP and member.many and isinstance(was, list):
            content[member.name] = _rows_overlaid(member, was, told_anew)
        elif member.type is Type.GROUP and isinstance(was, Mapping):
            content[member.name] = _overlaid(member.fields, was, told_anew)
        elif member.type is Type.LANG_TEXT and isinstance(was, Mapping):
            content[member.name] = (
                {**was, **told_anew} if isinstance(told_anew, Mapping) else told_anew
            )
        else:
            content[member.name] = told_anew
    return content


def _rows_overlaid(
    group: Field, was: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows that a cell lists, each on top of the one of the same name."""
    first = group.fields[0].name
    by_name = {fold(_name(row.get(first))): row for row in was}
    overlaid = []
    for row in rows:
        before = by_name.get(fold(_name(row.get(first))), {})
        overlaid.append(_overlaid(group.fields, before, row))
    return overlaid


def _name(value: Any) -> str:
    return str(value.get("vi", "")) if isinstance(value, Mapping) else str(value or "")


def _cleared(content: Mapping[str, Any], headers: Sequence[str]) -> dict[str, Any]:
    """Return a content without what a row of an export leaves blank."""
    left = dict(content)
    for header in headers:
        name, _dot, part = header.removesuffix(".vi").partition(".")
        if not part:
            left.pop(name, None)
        elif isinstance(left.get(name), Mapping):
            left[name] = {k: v for k, v in left[name].items() if k != part}
    return left
