"""What is written down of each request: never its query, where one-time codes travel."""

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger


class PathLogger(AbstractAccessLogger):
    """Logs method, path, status and time."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write one line."""
        self.logger.info("%s %s %s %.0f ms", request.method, request.path, response.status, time * 1000)
