"""The list of codes for systems that work offline: one CSV for a day and a journal row,
and its signature.

The columns are what law asks of a list of codes (QĐ 20/2020 Điều 4, 7; QĐ 09/2025), one
row a code, closed ones too; the form that the national shared-list system takes is not
published, so names are ours. The signature is Ed25519 over the bytes; its key follows
from the installation's own, so that a restored backup signs with the same one.
"""

from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.clock import OPEN_END, OPEN_START
from app.documents.tables import cells
from app.errors import NotFoundError
from app.register import codes
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from catalog_schema.identifiers import AgencyCode, MalformedCodeError

FOLDER = "nightly"
# what the files are called, and for how many days they are kept
_NIGHTLY, _NIGHTS = (
    "ma-dinh-danh-",
    7,
)
HEADER = (
    *(
        "ma",
        "loai_ma",
        "cap",
        "ma_cap_tren",
        "ten",
        "trang_thai",
        "tu_ngay",
        "den_ngay",
        "thay_the_boi",
        "co_quan",
    ),
    *("dia_chi", "minh_hoa", "ngay_xem", "dong_nhat_ky"),
)


def table(register: Register) -> bytes:
    """Return every code as it stands at the register's moment; the same moment gives
    the same bytes for ever.
    """
    views = sorted(register.all(Filter((codes.CODE,))), key=_order)
    titles = {view.id: view.title for view in views}
    holders = register.by_ids(
        UUID(view.content["holder"]) for view in views if view.content.get("holder")
    )
    return cells.table(
        HEADER, [_row(register, view, titles, holders) for view in views]
    )


def keep(folder: Path, register: Register, key: bytes) -> None:
    """Write the list of the register's day with its signature, for systems that fetch
    one each night; idempotent.
    """
    data = table(register)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_NIGHTLY}{register.at.as_of}.csv"
    # the list last: a list
    for target, content in (
        (path.with_suffix(".sig"), signature(key, data)),
        (path, data),
    ):
        # that is there has its signature
        unfinished = target.with_suffix(f"{target.suffix}.tmp")
        unfinished.write_bytes(content)
        unfinished.replace(target)
    for old in sorted(folder.glob(f"{_NIGHTLY}*.csv"))[:-_NIGHTS]:
        old.unlink()
        old.with_suffix(".sig").unlink(missing_ok=True)


def latest(folder: Path) -> Path:
    """Return the newest list that was kept, beside its signature (.sig); NotFoundError
    before the first night.
    """
    found = sorted(folder.glob(f"{_NIGHTLY}*.csv"))
    if not found:
        raise NotFoundError(
            "Chưa có tệp hằng đêm; tệp đầu tiên có sau lần chạy hằng ngày kế tiếp"
        )
    return found[-1]


def signature(key: bytes, data: bytes) -> bytes:
    """Return the Ed25519 signature of `data` under the installation's `key`, 64
    bytes.
    """
    return _signer(key).sign(data)


def public_key(key: bytes) -> bytes:
    """Return the key with which signatures are checked, as PEM."""
    encoding, form = (
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo,
    )
    return _signer(key).public_key().public_bytes(encoding, form)


def _signer(key: bytes) -> Ed25519PrivateKey:
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=b"danhmuc dumps 1"
    ).derive(key)
    return Ed25519PrivateKey.from_private_bytes(derived)


def _order(view: EntryView) -> tuple[str, tuple[tuple[int, int, str], ...], str]:
    code = _parsed(view)
    return (view.content["scheme"], code.sort_key if code else (), view.title)


def _parsed(view: EntryView) -> AgencyCode | None:
    try:
        return AgencyCode.parse(view.title)
    except MalformedCodeError:
        return None


def _row(
    register: Register,
    view: EntryView,
    titles: dict[UUID, str],
    holders: dict[UUID, EntryView],
) -> tuple[str, ...]:
    content, code = view.content, _parsed(view)
    span = content.get("validity", {})
    start = span.get("start") or (
        "" if view.valid_from == OPEN_START else view.valid_from.isoformat()
    )
    end = span.get("end") or (
        "" if view.valid_to == OPEN_END else view.valid_to.isoformat()
    )
    holder = holders.get(UUID(content["holder"])) if content.get("holder") else None
    return (
        view.title,
        content["scheme"],
        str(code.level) if code else "",
        code.parent.value if code and code.parent else "",
        content.get("holder_name", {}).get("vi", ""),
        codes.standing_of(view).value,
        start,
        end,
        " ".join(titles.get(UUID(one), "") for one in content.get("successors", ())),
        holder.local_id if holder else "",
        view.iri,
        "1" if view.illustrative else "",
        register.at.as_of.isoformat(),
        str(register.at.known_at),
    )
