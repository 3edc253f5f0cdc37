"""The commands ``rapport staff``: who answers customers, when, and who takes over from whom."""

from typing import Annotated, Literal

import typer

from bot.command_ground import open_database, read_settings
from customers.staff import About
from store.tables.staff import Role

Duty = Literal["on", "off", "away"]

staff_app = typer.Typer(help="The people who answer customers.", no_args_is_help=True, rich_markup_mode=None)

Who = Annotated[str, typer.Argument(help="The person's number or name, from `rapport staff list`.")]
Languages = Annotated[str | None, typer.Option(help="What they answer in, e.g. en,zh.")]
Skills = Annotated[str | None, typer.Option(help="The parts of the service they know best.")]
Team = Annotated[str | None, typer.Option(help="One of the teams in the desk file.")]
PublicName = Annotated[str | None, typer.Option(help="As customers read it; else the name.")]


@staff_app.command("add")
def add_(
    *,
    name: Annotated[str, typer.Argument(help="As customers and colleagues read it.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    team: Team = None,
    languages: Languages = None,
    skills: Skills = None,
    public_name: PublicName = None,
) -> None:
    """Take somebody into the staff, and print their one-time join code."""
    from bot.staff_commands import add, listed

    settings = read_settings()
    about = About(None, public_name, role, team, listed(languages), listed(skills))
    for line in add(open_database(settings), settings, name=name, role=role, about=about):
        typer.echo(line)


@staff_app.command("set")
def set_(
    *,
    who: Who,
    name: Annotated[str | None, typer.Option(help="As colleagues read it.")] = None,
    role: Annotated[Role | None, typer.Option(help="What the person may do.")] = None,
    team: Team = None,
    languages: Languages = None,
    skills: Skills = None,
    public_name: PublicName = None,
) -> None:
    """Change what is known of somebody; an empty value takes it away."""
    from bot.staff_commands import change, listed

    settings = read_settings()
    about = About(name, public_name, role, team, listed(languages), listed(skills))
    typer.echo(change(open_database(settings), settings, who=who, about=about))


@staff_app.command("list")
def list_() -> None:
    """List the staff: number, name, role, duty, and where they have joined."""
    from bot.staff_commands import listing

    for line in listing(open_database(read_settings())):
        typer.echo(line)


@staff_app.command("code")
def code_(who: Who) -> None:
    """Print a new one-time join code for somebody, for example for a second app."""
    from bot.staff_commands import new_code

    settings = read_settings()
    for line in new_code(open_database(settings), settings, who=who):
        typer.echo(line)


@staff_app.command("link")
def link_() -> None:
    """Print a new one-time link that signs a browser in to the staff page."""
    from bot.staff_commands import new_link

    settings = read_settings()
    for line in new_link(open_database(settings), settings):
        typer.echo(line)


@staff_app.command("remove")
def remove_(who: Who) -> None:
    """End somebody's access at once; what they did stays in the history."""
    from bot.staff_commands import remove

    typer.echo(remove(open_database(read_settings()), who=who))


@staff_app.command("duty")
def duty_(
    who: Who,
    what: Annotated[Duty, typer.Argument(help="on, off, or away.")],
    until: Annotated[str | None, typer.Option(help="Of away: a time, e.g. 2d or 'Friday 17:00'.")] = None,
    cover: Annotated[str | None, typer.Option(help="Of away: who stands in; a number or a name.")] = None,
) -> None:
    """Put somebody on or off duty, or let them be away until a time; their cases go where they should."""
    from bot.people_commands import set_duty

    settings = read_settings()
    for line in set_duty(open_database(settings), settings, who=who, what=what, until=until, cover=cover):
        typer.echo(line)


@staff_app.command("leave")
def leave_(
    *,
    who: Who,
    to: Annotated[str | None, typer.Option(help="Who takes over; a number or a name.")] = None,
    spread: Annotated[bool, typer.Option("--spread", help="Over their team, or over --team.")] = False,
    team: Annotated[str | None, typer.Option(help="Of --spread: over this team.")] = None,
) -> None:
    """Hand over all that is somebody's, tell everybody concerned, and end their access at once."""
    from bot.people_commands import let_leave

    settings = read_settings()
    for line in let_leave(open_database(settings), settings, who=who, to=to, spread=spread, team=team):
        typer.echo(line)
