"""The program itself, as its operator runs it: a process of its own, with settings in its environment."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import aiohttp
import psutil  # type: ignore[import-untyped]  # it has no types

from store.embedded import sqlite_file
from store.engine import Database
from store.migrate import migrate
from tests import preloaded
from tests.patience import PATIENCE_S, within
from tests.tables import new_house

ROOT = Path(__file__).parent.parent
STOPS_WITHIN_S = 10.0


def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Program:
    """A Rapport process that can be started, stopped, killed and started again on the same data.

    Attributes:
        folder: its working directory; an SQLite database lives in it.
        settings: ``RAPPORT_*`` variables without the prefix.
        port: where its pages are.
        subcommand: ``run`` or ``worker``.
        module: what is run; a test may bend the program (``tests/faults/bent.py``).
        variables: further environment, for the bending.
        prefix: a command that runs it, e.g. with fewer rights.
        loaded_before: whether it may take over a process that has loaded it already (``tests/preloaded.py``);
            one that is run by another command is always loaded anew.
        output: the lines that it printed since its last start.
        log_path: where its log goes, over all starts.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    subcommand: str = "run"
    module: str = "bot"
    variables: dict[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    loaded_before: bool = True
    output: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | preloaded.Forked | None = None
    _reader: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self.process is not None
        return self.process.pid

    @property
    def pids(self) -> list[int]:
        """The numbers of its process and of those that it has started; none once it has ended."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            return [self.pid, *(child.pid for child in process.children(recursive=True))]
        return []

    @property
    def lives(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.returncode is None

    @property
    def log_path(self) -> Path:
        """Where its log goes."""
        return self.folder / "rapport.log"

    @property
    def log(self) -> str:
        """All that it logged, over all starts."""
        return self.log_path.read_text()

    async def logs(self, containing: str) -> str:
        """Wait until the log holds some words; returns the last line that does.

        Raises:
            AssertionError: it did not in time; it shows the log.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while containing not in self.log:  # noqa: ASYNC110 - another process writes it
                    await asyncio.sleep(0.02)
        lines = [line for line in self.log.splitlines() if containing in line]
        assert lines, f"no {containing!r} in the log:\n{self.log}"
        return lines[-1]

    @property
    def database_url(self) -> str:
        """Where its data is."""
        return self.settings.get("DATABASE_URL", f"sqlite:///{self.folder / 'data' / 'rapport.db'}")

    @property
    def staff_link(self) -> str:
        """The one-time link to the staff page that the last start printed."""
        found = re.search(r"http://\S+/staff\?code=\S+", "\n".join(self.output))
        assert found is not None, f"no staff link in {self.output}"
        return found.group()

    def environment(self) -> dict[str, str]:
        """The environment it runs in: ours without settings, and the settings."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        settings = {"HTTP_PORT": str(self.port), "DATABASE_URL": self.database_url} | self.settings
        settings = {"SECOND_LOOK": "off"} | settings  # it answers when it likes, and takes a second to start
        named = {f"RAPPORT_{name}": value for name, value in settings.items()}
        ours = {"PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}
        ours["PYTHONDONTWRITEBYTECODE"] = ""  # or each start would compile the whole program anew
        return inherited | ours | self.variables | named

    async def makes_tables(self) -> None:
        """Make its tables, as ``rapport migrate`` does, without the second that a command takes to start."""
        database = self.database()
        try:
            if database.is_sqlite and not sqlite_file(database).exists():
                new_house(sqlite_file(database))
            else:
                await asyncio.to_thread(migrate, database)
        finally:
            database.close()

    async def start(self) -> None:
        """Start it and wait until it has announced itself and takes messages."""
        self.output = []
        with self.log_path.open("ab") as log:
            self.process = await self._begun(self.subcommand, errors=log)
        announced = asyncio.Event()
        self._reader = asyncio.create_task(self._read_output(announced))
        async with asyncio.timeout(PATIENCE_S):
            await announced.wait()
        assert self.process.returncode is None, f"it ended: {self.output} {self.log_path.read_text()}"

    async def _begun(
        self, *arguments: str, errors: IO[bytes] | None = None
    ) -> "asyncio.subprocess.Process | preloaded.Forked":
        anew = self.prefix or self.module not in preloaded.MODULES
        if self.loaded_before and not anew and hasattr(os, "fork"):
            environment = self.environment()
            return await preloaded.start(
                self.module, arguments, folder=self.folder, environment=environment, errors=errors
            )
        return await asyncio.create_subprocess_exec(
            *self.prefix,
            sys.executable,
            "-m",
            self.module,
            *arguments,
            cwd=self.folder,
            env=self.environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors or asyncio.subprocess.PIPE,
        )

    async def _read_output(self, announced: asyncio.Event) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.output.append(line.decode().rstrip("\n"))
            if "rapport doctor" in self.output[-1]:
                announced.set()
        await self.process.wait()
        announced.set()

    async def kill(self) -> None:
        """End it at once, as ``kill -9`` or a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to stop, as an init system does; returns its exit code.

        Raises:
            AssertionError: it took longer than promised; the log shows on what.
        """
        try:
            async with within(STOPS_WITHIN_S, *self.pids):
                return await self._end(signal.SIGTERM)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.log}") from None

    async def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it has ended; returns its exit code.

        Raises:
            AssertionError: it does not end; it is killed, and the log shows where each thread was.
        """
        assert self.process is not None
        try:
            async with asyncio.timeout(PATIENCE_S):
                code = await self.process.wait()
        except TimeoutError:
            for number in (signal.SIGABRT, signal.SIGCONT):  # one that was stopped ends when it goes on
                self.process.send_signal(number)
            await self.process.wait()
            raise AssertionError(f"it does not end:\n{self.log}") from None
        if self._reader is not None:
            await self._reader
        return code

    async def get(self, path: str) -> tuple[int, str]:
        """Fetch a page of it: status and text."""
        async with aiohttp.ClientSession() as http, http.get(self.url + path) as response:
            return response.status, await response.text()

    async def is_well(self) -> None:
        """Wait until it says that it takes messages: after a fault it says so once its next try has worked.

        Raises:
            TimeoutError: it never did.
        """
        async with asyncio.timeout(PATIENCE_S):
            while (await self.get("/healthz"))[0] != 200:  # noqa: ASYNC110 - another process tells
                await asyncio.sleep(0.02)

    async def command(self, *arguments: str) -> tuple[int, str, str]:
        """Run another ``rapport`` command on the same data: exit code, output and errors."""
        process = await self._begun(*arguments)
        try:
            async with asyncio.timeout(PATIENCE_S):
                out, errors = await process.communicate()
        except TimeoutError:
            process.kill()
            raise
        assert process.returncode is not None
        return process.returncode, out.decode(), errors.decode()

    def database(self) -> Database:
        """Open its database; the caller closes it."""
        return Database(self.database_url)


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[Program]:
    """Run the program while the block lasts, and stop it afterwards, whatever happened."""
    async with kept_running(Program(folder, settings)) as program:
        yield program


@asynccontextmanager
async def kept_running(program: Program) -> AsyncIterator[Program]:
    """Start a program; when the block ends, it is ended, too, whatever happened."""
    await program.start()
    try:
        yield program
    finally:
        if program.lives:
            await program.stop()
