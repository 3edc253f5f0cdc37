"""The commands ``rapport outreach``: how we speak first, and what was not said."""

from pathlib import Path
from typing import Annotated

import typer

outreach_app = typer.Typer(
    help="How we speak first, and what was not said.", no_args_is_help=True, rich_markup_mode=None
)


@outreach_app.command("show")
def show_() -> None:
    """Print how we speak first, as a file to edit and to name in RAPPORT_OUTREACH."""
    from bot.config import load_settings
    from bot.outreach_file import as_toml

    typer.echo(as_toml(load_settings().company.outreach), nl=False)


@outreach_app.command("check")
def check_(file: Annotated[Path, typer.Argument(help="An outreach file.")]) -> None:
    """Say whether an outreach file can be used, and if not, all that is wrong with it."""
    from bot.outreach_file import in_words, read_outreach

    typer.echo(f"{file} can be used: {in_words(read_outreach(file))}.")


@outreach_app.command("suppressed")
def suppressed_(
    days: Annotated[int, typer.Option(min=1, max=400, help="Of what was decided so many days back.")] = 30,
    campaign: Annotated[int | None, typer.Option(help="Of this campaign only.")] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="How many are listed at most; the counts are of all.")
    ] = 20,
) -> None:
    """Count what was not said first, by purpose and reason, and list the newest."""
    from bot.command_ground import open_database, read_settings
    from bot.outreach_reports import suppressed

    for line in suppressed(open_database(read_settings()), days=days, campaign=campaign, limit=limit):
        typer.echo(line)
