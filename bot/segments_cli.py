"""``rapport segments`` and ``rapport tags``: whom filters pick, and words that mark customers."""

from pathlib import Path
from typing import Annotated

import typer

from bot.command_ground import open_database, read_settings

segments_app = typer.Typer(
    help="Filters over customers, kept by name.", no_args_is_help=True, rich_markup_mode=None
)
tags_app = typer.Typer(help="Words that mark customers.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="A segment's name, from `rapport segments list`.")]
Filter = Annotated[str, typer.Argument(help="For example 'standing = key and index < 60'.")]


@segments_app.command("list")
def list_() -> None:
    """List the segments that are kept."""
    from bot.segment_commands import listing

    for line in listing(open_database(read_settings())):
        typer.echo(line)


@segments_app.command("fields")
def fields_() -> None:
    """List all that a filter can ask, each by an example."""
    from bot.segment_commands import fields

    for line in fields():
        typer.echo(line)


@segments_app.command("show")
def show_(name: Name) -> None:
    """Show a segment, how many customers it picks, and what makes use of it."""
    from bot.segment_commands import show

    settings = read_settings()
    for line in show(open_database(settings), name, company=settings.company):
        typer.echo(line)


@segments_app.command("count")
def count_(filter_: Filter) -> None:
    """Count whom a filter, or a segment that is kept, picks."""
    from bot.segment_commands import count

    settings = read_settings()
    for line in count(open_database(settings), filter_, company=settings.company):
        typer.echo(line)


@segments_app.command("numbers")
def numbers_(filter_: Filter) -> None:
    """List the numbers of all whom a filter, or a segment that is kept, picks, one a line."""
    from bot.segment_commands import numbers

    settings = read_settings()
    for lines in numbers(open_database(settings), filter_, company=settings.company):
        typer.echo(lines)


@segments_app.command("save")
def save_(
    name: Annotated[str, typer.Argument(help="Letters, digits and blanks.")],
    filter_: Filter,
) -> None:
    """Keep a filter by a name, in place of the one that it stood for."""
    from bot.segment_commands import save

    settings = read_settings()
    for line in save(open_database(settings), name, filter_, company=settings.company):
        typer.echo(line)


@segments_app.command("remove")
def remove_(name: Name) -> None:
    """Take a segment away that nothing makes use of."""
    from bot.segment_commands import remove

    typer.echo(remove(open_database(read_settings()), name))


@tags_app.command("list")
def list_tags_() -> None:
    """List the tags with how many customers bear each."""
    from bot.tag_commands import listing

    for line in listing(open_database(read_settings())):
        typer.echo(line)


@tags_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, UTF-8, with the columns customer (number) and tags.")],
) -> None:
    """Mark the customers of a file; importing it again changes nothing."""
    from bot.tag_commands import import_tags

    for line in import_tags(open_database(read_settings()), file):
        typer.echo(line)
