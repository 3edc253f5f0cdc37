"""The command ``rapport``: what an operator can tell the program to do."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot.command_ground import open_database, read_settings
from bot.config import load_settings
from bot.desk_app import desk_app
from bot.event_loop import run_for_long
from bot.outreach_cli import outreach_app
from bot.score_files import Format
from bot.segments_cli import segments_app, tags_app
from bot.staff_app import staff_app
from bot.visits_app import purchases_app, visits_app
from feedback.kept_rates import By
from store.errors import ConfigurationError, InputError, RapportError
from store.trouble import trouble_of

EXIT_FAILED = 1
EXIT_CONFIGURATION = 2

app = typer.Typer(
    name="rapport",
    help="A chat bot between a company and its customers. Settings: docs/settings.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(staff_app, name="staff")
app.add_typer(desk_app, name="desk")
app.add_typer(outreach_app, name="outreach")
app.add_typer(visits_app, name="visits")
app.add_typer(purchases_app, name="purchases")
app.add_typer(segments_app, name="segments")
app.add_typer(tags_app, name="tags")
outbox_app = typer.Typer(
    help="What waits to be sent, what was sent, and what nobody can know of.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(outbox_app, name="outbox")


def main() -> None:
    """Run the command; an error that Rapport can name ends it with that sentence and no traceback."""
    try:
        app()
    except ConfigurationError as error:
        _fail(error, EXIT_CONFIGURATION)
    except RapportError as error:
        _fail(error, EXIT_FAILED)
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        _fail(ConfigurationError(f"the database in RAPPORT_DATABASE_URL: {trouble}"), EXIT_CONFIGURATION)


def _fail(error: RapportError, code: int) -> None:
    typer.echo(str(error), err=True)
    sys.exit(code)


@contextmanager
def _while_somebody_reads() -> Iterator[None]:
    """Print as long as the output is read; that its reader has enough (``| head``) is a good end.

    Raises:
        InputError: the output cannot be written, for example because a disk is full.
    """
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what Python still holds goes nowhere
    except OSError as error:
        raise InputError(f"the output cannot be written: {error.strerror}") from error


@app.command()
def run() -> None:
    """Start the whole program: chat pages, Telegram where it is set up, deliveries and the scheduler."""
    from bot.app import serve

    settings = read_settings()
    run_for_long(serve(settings, announce=typer.echo))


@app.command()
def worker() -> None:
    """Share the work of `rapport run` from one more process, on this machine or another; needs PostgreSQL."""
    from bot.app import serve

    settings = read_settings()
    if not settings.database_url.get_secret_value().startswith("postgresql"):
        raise ConfigurationError(
            "RAPPORT_DATABASE_URL: workers share a PostgreSQL database; with SQLite `rapport run` does it all"
            " (docs/scaling.md)"
        )
    run_for_long(serve(settings, announce=typer.echo, pages=False))


@app.command("migrate")
def migrate_() -> None:
    """Bring the database's tables up to date; safe to run again."""
    from bot.readiness import migrate_database

    migrate_database(read_settings())
    typer.echo("The database is up to date.")


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A CSV file, UTF-8, with a header.")],
    text: Annotated[str, typer.Option(help="The column that holds the messages.")],
    customer: Annotated[str | None, typer.Option(help="The column that says who wrote.")] = None,
    at: Annotated[str | None, typer.Option(help="The column that says when.")] = None,
    rating: Annotated[str | None, typer.Option(help="The column with a rating from 1 to 5.")] = None,
) -> None:
    """Feed a file of real messages through the program, as if customers wrote them, and report.

    Nothing is sent to anybody. A file that was replayed before has no second effect.
    """
    from bot.replay import replay_file
    from bot.replay_file import Columns, ReplayFile

    settings = read_settings()
    columns = Columns(text=text, customer=customer, at=at, rating=rating)
    source = ReplayFile(file, columns, zone=ZoneInfo(settings.timezone), now=datetime.now(UTC))
    database = open_database(settings)
    try:
        asyncio.run(replay_file(source, database, settings.company, Console(), Console(stderr=True)))
    finally:
        database.close()


@app.command("score")
def score_(
    *,
    file: Annotated[
        str, typer.Argument(help="Lines of text, CSV or JSON Lines in UTF-8; - is standard input.")
    ] = "-",
    format_: Annotated[
        Format | None, typer.Option("--format", help="What it is; by default its name tells.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="The column or key that holds the messages.")] = None,
    rating: Annotated[str | None, typer.Option(help="The one with the stars given, 1 to 5.")] = None,
    aspects: Annotated[
        Path | None, typer.Option(help="The parts of your service; see `rapport aspects`.")
    ] = None,
    first_look: Annotated[bool, typer.Option("--first-look", help="Take the fast look alone.")] = False,
    company: Annotated[
        bool, typer.Option("--company", help="Read with what your customers' ratings taught; see the docs.")
    ] = False,
) -> None:
    """Read messages and write what Rapport understands as JSON Lines; see docs/scoring.md."""
    from bot.score_command import Request, score
    from feedback.reading.taxonomy_file import read_taxonomy

    taxonomy = read_taxonomy(aspects) if aspects else load_settings().taxonomy
    request = Request(file, taxonomy, format_, column, rating, first_look)
    if company:
        typer.echo(_read_as_company(), err=True)
    if sys.stdout is None:
        raise InputError("standard output is closed: send what is found to a file, `rapport score … > FILE`")
    with _while_somebody_reads():
        score(request, sys.stdout.buffer, partial(typer.echo, err=True), Console(stderr=True))


def _read_as_company() -> str:
    """Read messages in this process with what the company's labels taught; gives the line to tell."""
    from feedback.learning.following import use_newest

    database = open_database(read_settings())
    try:
        number = use_newest(database)
    finally:
        database.close()
    if not number:
        return "nothing that was learnt is in use: the shipped model reads alone"
    return f"messages are read with what was learnt, version {number}"


@app.command("aspects")
def aspects_() -> None:
    """Print the parts of the service in use, as a file to edit and to name in RAPPORT_ASPECTS."""
    from feedback.reading.taxonomy_file import as_toml

    typer.echo(as_toml(load_settings().taxonomy), nl=False)


@app.command()
def train(
    *,
    data: Annotated[Path, typer.Option(help="The folder that holds train/ with the labelled CSV files.")],
    out: Annotated[
        Path | None, typer.Option(help="The file to write: first_look.npz or second_look.onnx, here.")
    ] = None,
    second_look: Annotated[bool, typer.Option("--second-look", help="Make the second look.")] = False,
    seed: Annotated[int, typer.Option(help="Of the second look: decides order and chance.")] = 7,
    without: Annotated[
        list[str] | None, typer.Option(help="Of the second look: a set to leave out, to measure on it.")
    ] = None,
) -> None:
    """Make the model of the first look, or of the second, from labelled messages.

    The same data give the same first look bit for bit, and a second look that reads as well.
    """
    from feedback.training.making import make_model
    from feedback.training.second_look.start import make_second_look

    if second_look:
        file = out or Path("second_look.onnx")
        make_second_look(data, file, typer.echo, seed=seed, without=without or ())
    elif without:
        raise InputError("--without leaves a set out of the second look: add --second-look")
    else:
        make_model(data, out or Path("first_look.npz"), typer.echo)


@app.command()
def learning(
    what: Annotated[Literal["status", "rollback", "off", "on"], typer.Argument()] = "status",
    limit: Annotated[int, typer.Option(min=1, help="How many nights are listed at most.")] = 10,
) -> None:
    """Show what was learnt from ratings and corrections; roll it back, or switch learning off and on."""
    from bot.learning_commands import do

    for line in do(open_database(read_settings()), what, limit=limit):
        typer.echo(line)


@app.command()
def doctor() -> None:
    """Tell what works and what does not, and how to mend it."""
    from bot.doctor import examine

    settings = read_settings()
    findings = asyncio.run(examine(settings))
    for finding in findings:
        typer.echo(finding.line)
    if any(finding.bad for finding in findings):
        sys.exit(EXIT_FAILED)


@app.command()
def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write it; by default a new file in data/backups.")
    ] = None,
) -> None:
    """Write a backup of the database and its files, while the program runs or not."""
    from bot.backup_commands import back_up

    for line in back_up(read_settings(), file):
        typer.echo(line)


@app.command("restore")
def restore_(
    file: Annotated[Path, typer.Argument(help="A backup that `rapport backup` wrote.")],
) -> None:
    """Put a backup in the place of the database and its files; the program must be stopped."""
    from bot.backup_commands import restore

    for line in restore(read_settings(), file):
        typer.echo(line)


@app.command("copy-to")
def copy_to_(
    url: Annotated[str, typer.Argument(help="An empty PostgreSQL database: postgresql://user@host/name")],
) -> None:
    """Copy the SQLite database to PostgreSQL and compare every row; goes on where it was broken off."""
    from bot.copy_commands import copy_to

    for line in copy_to(read_settings(), url, Console(stderr=True)):
        typer.echo(line)


@app.command("calendar")
def calendar_(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, today included.")] = 30,
) -> None:
    """Print what is planned day by day: visits, festivals, events, campaigns, and how many messages."""
    from bot.calendar_commands import show_calendar

    settings = read_settings()
    with _while_somebody_reads():
        for line in show_calendar(open_database(settings), settings, days=days):
            typer.echo(line)


@app.command("birthday")
def birthday_(
    customer: Annotated[int, typer.Argument(help="The customer's number.")],
    day: Annotated[str | None, typer.Argument(help='Like "3 May"; off erases it.')] = None,
) -> None:
    """Keep a customer's birthday, month and day only, or tell it."""
    from bot.calendar_commands import keep_birthday

    typer.echo(keep_birthday(open_database(read_settings()), customer=customer, day=day))


@app.command("promises")
def promises_(
    by: Annotated[By, typer.Option(help="What they are told apart by.")] = By.PERSON,
    days: Annotated[int, typer.Option(min=1, max=36_500, help="Of promises made so many days back.")] = 90,
) -> None:
    """Print how many promises to customers were kept, by person, team or cause."""
    from bot.desk_reports import promises

    for line in promises(open_database(read_settings()), by=by, days=days):
        typer.echo(line)


@app.command("concessions")
def concessions_(
    days: Annotated[int, typer.Option(min=1, max=36_500, help="Of what was given so many days back.")] = 365,
) -> None:
    """Print what it cost to make good, by cause and kind, and whether the customers came back."""
    from bot.desk_reports import concessions

    for line in concessions(open_database(read_settings()), days=days):
        typer.echo(line)


@outbox_app.command("counts")
def outbox_counts() -> None:
    """Count the outbox by app and state."""
    from bot.outbox_commands import counts

    for line in counts(open_database(read_settings())):
        typer.echo(line)


@outbox_app.command("uncertain")
def outbox_uncertain(
    campaign: Annotated[int | None, typer.Option(help="Of this campaign only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many are listed at most.")] = 100,
) -> None:
    """List the messages that may or may not have arrived, with campaign, customer and reason."""
    from bot.outbox_commands import uncertain

    with _while_somebody_reads():
        for line in uncertain(open_database(read_settings()), campaign=campaign, limit=limit):
            typer.echo(line)


@outbox_app.command("settle")
def outbox_settle(
    *,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Numbers from `rapport outbox uncertain`.", show_default=False)
    ] = None,
    campaign: Annotated[int | None, typer.Option(help="All that are uncertain of this campaign.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are uncertain.")] = False,
    sent: Annotated[bool, typer.Option("--sent", help="They arrived.")] = False,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="They did not arrive, and shall not.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Send them again, even if that is twice.")] = False,
) -> None:
    """Say what became of messages that are uncertain."""
    from bot.outbox_commands import settle
    from store.uncertain import Verdict

    given = ((Verdict.SENT, sent), (Verdict.NOT_SENT, not_sent), (Verdict.AGAIN, again))
    told = settle(
        open_database(read_settings()),
        numbers=numbers or (),
        campaign=campaign,
        everything=everything,
        verdicts=[verdict for verdict, is_given in given if is_given],
    )
    typer.echo(told)
