"""The port: bound before anything else starts, answered once everything else runs."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

from store.errors import ConfigurationError

FINISH_S = 3.0
"""How long requests under way may take when the program stops."""


@contextmanager
def bound_port(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port while the block lasts; who connects waits until it is answered.

    Raises:
        ConfigurationError: the port is in use, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise ConfigurationError(
            f"Rapport cannot listen on {host}:{port} ({error.strerror}):"
            " end what uses that port, or change RAPPORT_HTTP_HOST or RAPPORT_HTTP_PORT"
        ) from error
    with listener:
        yield listener


@asynccontextmanager
async def answering(application: web.Application, listener: socket.socket) -> AsyncIterator[None]:
    """Answer HTTP requests while the block lasts; those under way are finished in the end."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=FINISH_S)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()
