"""The commands ``rapport desk``: the file that says how complaints are handled."""

from pathlib import Path
from typing import Annotated

import typer

desk_app = typer.Typer(help="How complaints are handled.", no_args_is_help=True, rich_markup_mode=None)


@desk_app.command("show")
def show_() -> None:
    """Print the desk in use, as a file to edit and to name in RAPPORT_DESK."""
    from bot.config import load_settings
    from bot.desk_text import as_toml

    company = load_settings().company
    text = as_toml(
        company.desk,
        first_response_hours=company.first_response_hours,
        resolution_hours=company.resolution_hours,
    )
    typer.echo(text, nl=False)


@desk_app.command("check")
def check_(file: Annotated[Path, typer.Argument(help="A desk file.")]) -> None:
    """Say whether a desk file can be used, and if not, all that is wrong with it."""
    from bot.desk_file import read_desk

    desk = read_desk(file)
    known = [
        f"{len(desk.teams)} team{'s' * (len(desk.teams) != 1)}",
        f"{len(desk.causes)} causes",
        f"{len(desk.ladder)} steps of the ladder",
        f"{len(desk.quick_replies)} quick replies",
    ]
    typer.echo(f"{file} can be used: {', '.join(known)}.")
