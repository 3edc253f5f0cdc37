"""What holds for every answer of the web server: headers, quiet errors, and who may ask from where."""

import logging
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def protect(_request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers; what is not a static file is not to be kept by anyone."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "rapport"


@web.middleware
async def hide_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log what goes wrong inside and tell the outside no more than that it did."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("%s %s could not be answered", request.method, request.path)
        return web.Response(status=500, text="Something went wrong on our side. Please try again.")


def is_own_page(request: web.Request, public_url: str | None) -> bool:
    """Tell whether a request comes from a page of ours, as browsers state in ``Origin``."""
    origin = urlsplit(request.headers.get("Origin", ""))
    if origin.scheme not in {"http", "https"} or not origin.netloc:
        return False
    own = {request.host.lower()}
    if public_url:
        own.add(urlsplit(public_url).netloc.lower())
    return origin.netloc.lower() in own


def is_secure(request: web.Request, public_url: str | None) -> bool:
    """Tell whether the browser reached us over https, ourselves or through a proxy."""
    if public_url and urlsplit(public_url).netloc.lower() == request.host.lower():
        return public_url.lower().startswith("https:")
    return "https" in {request.scheme, request.headers.get("X-Forwarded-Proto", "").lower()}
