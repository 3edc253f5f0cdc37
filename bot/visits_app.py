"""The commands ``rapport visits`` and ``rapport purchases``: return visits, and what some of them follow."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scheduler.programmes.coverage import By

visits_app = typer.Typer(help="Return visits.", no_args_is_help=True, rich_markup_mode=None)
purchases_app = typer.Typer(help="What customers bought.", no_args_is_help=True, rich_markup_mode=None)


@visits_app.callback()
@purchases_app.callback()
def _group() -> None:
    """Keep the name of a group's only command."""


@visits_app.command("coverage")
def coverage_(
    by: Annotated[By, typer.Option(help="What they are told apart by.")] = By.PROGRAMME,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Of visits due so many days back.")] = 30,
) -> None:
    """Print how many visits that fell due were made, in time and answered, and why others were not."""
    from bot.command_ground import open_database, read_settings
    from bot.visit_reports import coverage

    settings = read_settings()
    for line in coverage(open_database(settings), by=by, days=days, timezone=settings.timezone):
        typer.echo(line)


@purchases_app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV, UTF-8, with a header: customer,reference,at and what,amount.")
    ],
) -> None:
    """Note what customers bought, so that visits can follow; a row that is known has no second effect."""
    from bot.command_ground import open_database, read_settings
    from bot.purchase_file import import_purchases

    settings = read_settings()
    database = open_database(settings)
    for line in import_purchases(database, file, timezone=settings.timezone, now=datetime.now(UTC)):
        typer.echo(line)
