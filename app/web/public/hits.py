"""What stands beside a database among the results of a search: whose it is, how far it
is shared, how often its data is updated, when it was confirmed, how its law stands.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from app import clock
from app.exchange import freshness
from app.exchange.freshness import Fresh, Freshness
from app.register.own_databases import bases
from app.register.queries import EntryView, Register
from app.register.references import once_named
from app.vietnamese import fold
from app.web.display import freshness_words, wording
from app.workflow.time import confirmations
from catalog_schema.profile import DATABASE


@dataclass(frozen=True)
class HitFact:
    """A fact beside a result: its name, what holds; `mark` “bad” where it wants
    attention.
    """

    label: str
    text: str
    mark: str = ""


def facts(register: Register, views: Sequence[EntryView]) -> dict[UUID, list[HitFact]]:
    """Return the facts of every database among these, in a few queries for all."""
    databases = [view for view in views if view.kind == DATABASE]
    confirmed = confirmations.confirmed(
        register.session, [view.id for view in databases]
    )
    laws = register.by_ids({one for view in databases for one in bases(view.content)})
    once = once_named(register, [view.id for view in databases], "owner")
    owners = register.by_ids(
        {
            *(
                UUID(one.content["owner"])
                for one in databases
                if "owner" in one.content
            ),
            *(owner for ever in once.values() for owner in ever),
        }
    )
    late = freshness.by_state(register).get(Freshness.LATE, ())
    fresh = freshness.all_of(register, [one for one in databases if one.id in late])
    found = {}
    for view in databases:
        told = [
            _owner(owners, view),
            _once(owners, view, once.get(view.id, ())),
            _concept(register, view, "access_rights", _("Mức độ công khai")),
            _concept(register, view, "frequency", _("Chu kỳ")),
            _late(fresh[view.id]) if view.id in fresh else None,
        ]
        if view.id in confirmed:
            day = clock.local(confirmed[view.id]).date()
            told.append(HitFact(_("Xác nhận"), wording.day(day)))
        told.append(_basis([laws[one] for one in bases(view.content) if one in laws]))
        found[view.id] = [fact for fact in told if fact is not None]
    return found


def texts(views: Sequence[EntryView]) -> dict[UUID, str]:
    """Return what is said of each in a line, where that is more than its title."""
    found = {}
    for view in views:
        said = (
            view.content.get(name) for name in ("description", "holder_name", "title")
        )
        text = next((value["vi"] for value in said if value and "vi" in value), "")
        if text and not fold(view.title).startswith(fold(text).rstrip(".")):
            found[view.id] = text
    return found


def _owner(owners: Mapping[UUID, EntryView], view: EntryView) -> HitFact | None:
    owner = owners.get(UUID(view.content["owner"])) if "owner" in view.content else None
    return HitFact(_("Cơ quan chủ quản"), owner.title) if owner else None


def _once(
    owners: Mapping[UUID, EntryView], view: EntryView, ever: Collection[UUID]
) -> HitFact | None:
    """Return whose a database was before; None where it always had one owner, or all
    of the same name.
    """
    now = owners.get(UUID(view.content["owner"])) if "owner" in view.content else None
    ever_so = {owners[one].title for one in ever if one in owners}
    names = sorted(ever_so - {now.title if now else ""})
    return HitFact(_("Trước đây của"), ", ".join(names)) if names else None


def _late(fresh: Fresh) -> HitFact:
    return HitFact(_("Dữ liệu"), freshness_words.words(fresh)[0].lower(), "bad")


def _concept(
    register: Register, view: EntryView, name: str, label: str
) -> HitFact | None:
    field = register.profile.kinds[view.kind].field(name)
    concepts = register.profile.lists.schemes[field.code_list or ""].concepts
    concept = concepts.get(str(view.content.get(name)))
    return HitFact(label, wording.label(concept.labels).lower()) if concept else None


def _basis(laws: Sequence[EntryView]) -> HitFact | None:
    """Return how the law stands that a database rests on; None where none is named."""
    if not laws:
        return None
    over = sum(law.thing.over for law in laws)
    label = _("Căn cứ pháp lý")
    if not over:
        return HitFact(label, _("còn hiệu lực"))
    if over == len(laws):
        return HitFact(label, _("đã hết hiệu lực"), "bad")
    told = _("%(n)s/%(m)s căn cứ hết hiệu lực", n=over, m=len(laws))
    return HitFact(label, told, "bad")
