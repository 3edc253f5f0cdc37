"""The commands ``rapport outreach``: how we speak first, and what was not said."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Exported(StrEnum):
    """What can be written out."""

    SEGMENTS = "segments"
    PROGRAMMES = "programmes"
    FESTIVALS = "festivals"
    TEMPLATES = "templates"


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
def check_(file: Annotated[Path, typer.Argument(help="An outreach file, or one of definitions.")]) -> None:
    """Say whether a file can be used, for RAPPORT_OUTREACH or for import, and if not, all that is wrong."""
    from bot.command_ground import open_database, read_settings
    from bot.definition_commands import check_definitions
    from bot.definition_files import holds_definitions
    from bot.outreach_file import in_words, read_outreach

    if holds_definitions(file):
        settings = read_settings()
        typer.echo(check_definitions(open_database(settings), file, company=settings.company))
        return
    typer.echo(f"{file} can be used: {in_words(read_outreach(file))}.")


@outreach_app.command("export")
def export_(
    kinds: Annotated[
        list[Exported] | None, typer.Argument(help="Which; without any, all.", show_default=False)
    ] = None,
) -> None:
    """Print programmes, festivals, templates and segments as a file to edit, keep and import."""
    from bot.command_ground import open_database, read_settings
    from bot.definition_text import export
    from scheduler.definitions.kinds import kind_of

    with open_database(read_settings()).reading() as session:
        typer.echo(export(session, {kind_of(one) for one in kinds or Exported}), nl=False)


@outreach_app.command("import")
def import_(
    *,
    file: Annotated[Path, typer.Argument(help="A file as `export` prints it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Also remove what the file has not, of the kinds it has.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Take over what a file defines, as a whole or not at all, and say what changed."""
    from bot.command_ground import open_database, read_settings
    from bot.definition_commands import import_file

    settings = read_settings()
    lines = import_file(
        open_database(settings),
        file,
        company=settings.company,
        prune=prune,
        dry_run=dry_run,
        confirm=lambda question: yes or typer.confirm(question),
    )
    for line in lines:
        typer.echo(line)


@outreach_app.command("results")
def results_(
    trial: Annotated[str | None, typer.Argument(help="Its number in the list, or its name.")] = None,
) -> None:
    """List what is compared with customers who got nothing, or say what came of one."""
    from bot.command_ground import open_database, read_settings
    from bot.trial_report import results

    for line in results(open_database(read_settings()), trial):
        typer.echo(line)


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
