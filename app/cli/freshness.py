"""Commands about how fresh data are: what can be seen of it from outside."""

import sys
from collections.abc import Callable, Iterable

import click
from sqlalchemy.orm import Session

from app.cli.group import cli, installed
from app.cli.proposing import desk_of
from app.errors import InvalidError
from app.exchange import statements
from app.exchange.models import StatementKind
from app.exchange.probes import Seen
from app.factory import System
from app.permissions import Action, Audience, require
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, moment
from catalog_schema.profile import DATABASE, Visibility


@cli.group("freshness")
def freshness() -> None:
    """Độ mới của dữ liệu: những gì thấy được từ bên ngoài."""


@freshness.command("probe")
@click.option("--as", "email", required=True, help="Thư điện tử của người thẩm định.")
@installed
def probe(system: System, email: str) -> None:
    """Hỏi ngày sửa của các địa chỉ dữ liệu mở trên máy chủ có trong cấu hình
    probe_hosts; ghi ngày mới hơn ngày đã biết.
    """
    from app.exchange import probes

    hosts = system.settings.probe_hosts
    if not hosts:
        raise InvalidError("Cấu hình chưa có probe_hosts: chưa máy chủ nào được hỏi")
    _keep(system, email, StatementKind.PROBED, lambda v: probes.probe(v, hosts))


@freshness.command("harvested")
@click.argument("source")
@click.option("--as", "email", required=True, help="Thư điện tử của người thẩm định.")
@installed
def harvested(system: System, source: str, email: str) -> None:
    """Đọc ngày sửa trong danh mục của nơi khác (tệp, - hoặc địa chỉ có trong cấu hình
    harvest_sources) cho những cơ sở dữ liệu mà nơi đó cũng có.
    """
    from app.exchange import probes
    from app.rdf.harvesting import fetching

    _data, graph = fetching.read(source, sys.stdin.buffer, system.settings)
    kind = StatementKind.HARVESTED
    _keep(system, email, kind, lambda views: probes.harvested(graph, views))


def _keep(
    system: System,
    email: str,
    kind: StatementKind,
    look: Callable[[Iterable[EntryView]], Iterable[Seen]],
) -> None:
    """Look while nothing is held, then write what is new as one act."""
    with system.database.reading() as session:
        require(desk_of(system, session, email, None).actor, Action.COUNT, None)
        views = _databases(system, session)
    seen = list(look(views))
    with system.database.transaction() as session:
        desk = desk_of(system, session, email, None)
        for sighting in seen:
            if sighting.day is None:
                click.echo(
                    f"{sighting.view.local_id}\t{sighting.address}\t{sighting.lacking}"
                )
                continue
            new = statements.witness(
                desk, sighting.view, kind, sighting.day, sighting.address
            )
            outcome = "ghi" if new else "không mới hơn"
            click.echo(
                f"{sighting.view.local_id}\t{sighting.address}\t{sighting.day}\t{outcome}"
            )
    click.echo(f"Đã xem {len(seen)} địa chỉ.")


def _databases(system: System, session: Session) -> list[EntryView]:
    at, audience = moment(session), Audience(Visibility.STATE)
    register = Register(session, system.profile, at, audience)
    return register.all(Filter((DATABASE,), PRESENT))
