"""The customers' page and the staff's page: who may see them, their sockets and their files."""

import logging
import re
from collections.abc import AsyncIterator, Awaitable
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.channels.files import OTHER_TYPE
from bot.channels.webchat.channel import WebChat
from bot.channels.webchat.connection import UNKNOWN_VISITOR
from bot.channels.webchat.frames import MAX_FRAME_BYTES
from bot.channels.webchat.identity import Side, Visitor, new_visitor
from bot.channels.webchat.uploads import Kept, TooLargeError
from bot.web.guards import is_own_page, is_secure
from bot.web.rendering import html_response, render, render_card
from bot.web.words import page_phrases, shared_words, title
from customers.phrases import Phrases
from customers.speaking import company_name
from handlers.incoming import MAX_TEXT
from handlers.menu import customer_menu, staff_menu
from store.errors import InputError, NotFoundError, TemporaryError

log = logging.getLogger(__name__)

HEARTBEAT_S = 25.0
COOKIE_AGE_S = 400 * 24 * 3600
"""As long as browsers keep a cookie; each visit renews it."""

CHUNK_BYTES = 256 * 1024
MOST_DIGITS = 16
CALENDAR = "text/calendar"
"""The one kind of document of ours that browsers hand on to a program, and never run."""

COOKIES = {Side.CUSTOMER: "rapport_customer", Side.STAFF: "rapport_staff"}
PATHS = {Side.CUSTOMER: "/chat", Side.STAFF: "/staff"}
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ChatPages:
    """Handlers of everything under ``/chat`` and ``/staff``.

    Attributes:
        webchat: the channel behind the pages.
        public_url: where the world reaches us, if a proxy stands between.
    """

    def __init__(self, webchat: WebChat, public_url: str | None) -> None:
        self._webchat = webchat
        self._public_url = public_url

    def routes(self) -> list[web.RouteDef]:
        """List what these handlers answer."""
        return [
            web.get("/chat", self.customer_page),
            web.get("/chat/ws", self.customer_socket, allow_head=False),
            web.post("/chat/files", self.take_file),
            web.get("/chat/files/{token}", self.own_file),
            web.get("/chat/documents/{row}", self.customer_document),
            web.get("/chat/sent/{row}/{place}", self.customer_sent),
            # A link preview that only asks for the head must not use up the code.
            web.get("/staff", self.staff_page, allow_head=False),
            web.get("/staff/ws", self.staff_socket, allow_head=False),
            web.get("/staff/files/{address}/{token}", self.any_file),
            web.post("/staff/files", self.take_staff_file),
            web.get("/staff/documents/{row}", self.staff_document),
            web.get("/staff/sent/{row}/{place}", self.staff_sent),
        ]

    async def customer_page(self, request: web.Request) -> web.Response:
        """Show the chat; a first visit makes the visitor."""
        visitor = self._visitor(request, Side.CUSTOMER) or new_visitor(Side.CUSTOMER)
        source = request.query.get("source", "")
        say = self._say(request)
        page = self._page(say, staff=False, source=source if _SOURCE.fullmatch(source) else "")
        self._remember(request, page, visitor)
        return page

    async def staff_page(self, request: web.Request) -> web.Response:
        """Show the team's chat, let the bearer of a one-time link in, or say how to get one."""
        visitor = self._visitor(request, Side.STAFF)
        known = visitor is not None and await self._webchat.staff_name(visitor) is not None
        if "code" in request.query:
            return await self._redeem(request, known=known)
        say = self._say(request)
        if not self._webchat.has_staff_room or visitor is None or not known:
            return self._closed(say)
        page = self._page(say, staff=True, source="")
        self._remember(request, page, visitor)
        return page

    async def customer_socket(self, request: web.Request) -> web.WebSocketResponse:
        """Talk with a customer's page."""
        return await self._talk(request, Side.CUSTOMER)

    async def staff_socket(self, request: web.Request) -> web.WebSocketResponse:
        """Talk with a page of staff."""
        return await self._talk(request, Side.STAFF)

    async def take_file(self, request: web.Request) -> web.Response:
        """Keep a customer's file; the message that mentions it follows over the socket."""
        visitor = self._visitor(request, Side.CUSTOMER)
        if visitor is None or not is_own_page(request, self._public_url):
            raise web.HTTPForbidden(text="Reload the page and try again.")
        return await self._take(request, visitor, "/chat/files/{token}")

    async def take_staff_file(self, request: web.Request) -> web.Response:
        """Keep a file of somebody of the staff, as ``take_file``."""
        visitor = await self._need_staff(request)
        if not is_own_page(request, self._public_url):
            raise web.HTTPForbidden(text="Reload the page and try again.")
        return await self._take(request, visitor, "/staff/files/staff/{token}")

    async def _take(self, request: web.Request, visitor: Visitor, path: str) -> web.Response:
        most, length = self._webchat.most_bytes, request.content_length or 0
        if length > most:
            raise web.HTTPRequestEntityTooLarge(most, length)
        try:
            kept = await self._webchat.keep_file(visitor, _chunks(request))
        except TooLargeError as error:
            raise web.HTTPRequestEntityTooLarge(most, most + 1) from error
        except InputError as error:
            raise web.HTTPTooManyRequests(text="That is enough files for now.") from error
        except TemporaryError as error:
            log.warning("a file was not taken: %s", error)
            raise web.HTTPInsufficientStorage(text="Files cannot be taken right now.") from error
        found = {"token": kept.token, "kind": kept.kind, "path": path.format(token=kept.token)}
        return web.json_response(found, status=201)

    async def own_file(self, request: web.Request) -> web.StreamResponse:
        """Give a customer back what they sent."""
        visitor = self._visitor(request, Side.CUSTOMER)
        address = "" if visitor is None else visitor.address
        return await self._file(request, address)

    async def any_file(self, request: web.Request) -> web.StreamResponse:
        """Give staff what a customer sent."""
        await self._need_staff(request)
        return await self._file(request, request.match_info["address"])

    async def customer_document(self, request: web.Request) -> web.Response:
        """Give a customer a document that we sent them."""
        visitor = self._visitor(request, Side.CUSTOMER)
        if visitor is None:
            raise web.HTTPNotFound
        return await self._document(request, visitor)

    async def staff_document(self, request: web.Request) -> web.Response:
        """Give staff a document that was sent to the team's chat."""
        return await self._document(request, await self._need_staff(request))

    async def customer_sent(self, request: web.Request) -> web.StreamResponse:
        """Give a customer what went along with a message of ours to them."""
        visitor = self._visitor(request, Side.CUSTOMER)
        if visitor is None:
            raise web.HTTPNotFound
        return await self._sent(request, visitor)

    async def staff_sent(self, request: web.Request) -> web.StreamResponse:
        """Give staff what went along with a message to the team's chat."""
        return await self._sent(request, await self._need_staff(request))

    async def _redeem(self, request: web.Request, *, known: bool) -> web.Response:
        """Use up a code and go on without it in the address; who is in already needs none."""
        answer = web.HTTPSeeOther("/staff")
        if known:
            raise answer
        if not self._webchat.has_staff_room:
            return self._closed(self._say(request))
        try:
            visitor = await self._webchat.redeem(request.query["code"])
        except NotFoundError:
            return self._closed(self._say(request))
        self._remember(request, answer, visitor)
        raise answer

    async def _talk(self, request: web.Request, side: Side) -> web.WebSocketResponse:
        if not is_own_page(request, self._public_url):
            raise web.HTTPForbidden(text="This address serves its own pages only.")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_FRAME_BYTES)
        visitor = self._visitor(request, side)
        await socket.prepare(request)
        if visitor is None:
            await socket.close(code=UNKNOWN_VISITOR)
        else:
            await self._webchat.converse(socket, visitor)
        return socket

    async def _need_staff(self, request: web.Request) -> Visitor:
        visitor = self._visitor(request, Side.STAFF)
        if visitor is None or await self._webchat.staff_name(visitor) is None:
            raise web.HTTPForbidden(text="This is for our team.")
        return visitor

    async def _file(self, request: web.Request, address: str) -> web.StreamResponse:
        """Give what came in on a chat."""
        return await self._give(request, self._webchat.find_file(address, request.match_info["token"]))

    async def _sent(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Give what went along with a message of ours to the visitor's chat."""
        row, place = _number(request.match_info["row"]), _number(request.match_info["place"])
        if row is None or place is None:
            raise web.HTTPNotFound
        return await self._give(request, self._webchat.sent_file(visitor, row, place))

    async def _give(self, request: web.Request, finding: Awaitable[Kept | None]) -> web.StreamResponse:
        """Send a file as a download; what a page can show or play safely keeps its type."""
        say = self._say(request)
        try:
            kept = await finding
        except TemporaryError as error:
            log.warning("a file was not given: %s", error)
            raise web.HTTPServiceUnavailable(
                text=say("This file cannot be opened right now. Please try again in a minute.")
            ) from error
        if kept is None:
            raise web.HTTPNotFound(
                text=say("This file is not here. If it was sent just now, please try again in a minute.")
            )
        return web.FileResponse(
            kept.path,
            headers={
                "Content-Type": kept.media_type,
                "Content-Disposition": "attachment",
                "Cache-Control": "private, max-age=86400, immutable",
            },
        )

    async def _document(self, request: web.Request, visitor: Visitor) -> web.Response:
        number = _number(request.match_info["row"])
        document = None if number is None else await self._webchat.document(visitor, number)
        if document is None:
            raise web.HTTPNotFound
        name = quote(document.name, safe="")
        return web.Response(
            body=document.text.encode("utf-8", "replace"),
            content_type=CALENDAR if document.media_type == CALENDAR else OTHER_TYPE,
            charset="utf-8" if document.media_type == CALENDAR else None,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    def _page(self, say: Phrases, *, staff: bool, source: str) -> web.Response:
        company = company_name(self._webchat.company, say)
        words = shared_words(say)
        menu = staff_menu if staff else customer_menu
        data: dict[str, Any] = {
            "side": "staff" if staff else "customer",
            "company": company,
            "language": say.language,
            "source": source,
            "limit": MAX_TEXT,
            "fileLimit": self._webchat.most_bytes,
            "commands": [(f"/{name}", meaning) for name, meaning in menu(say)],
            "words": words,
        }
        values = {
            **words,
            "title": title(say, company, staff=staff),
            "heading": title(say, company, staff=True) if staff else company,
            "initial": company[:1].upper(),
            "side": data["side"],
        }
        return html_response(render("chat.html", say, values, data))

    def _closed(self, say: Phrases) -> web.Response:
        company = company_name(self._webchat.company, say)
        values = {
            "title": title(say, company, staff=True),
            "initial": company[:1].upper(),
            "side": "staff",
            "head": say("This page is for our team"),
            "why": say("Your link is missing, was used already, or has expired.")
            if self._webchat.has_staff_room
            else say("The team's chat is on another app, not on this page."),
            "how": say("Whoever runs the program makes you a new one with this command:"),
            "customers": say("You are a customer? Here is our chat"),
        }
        return html_response(render_card("closed.html", say, values), status=403)

    def _say(self, request: web.Request) -> Phrases:
        return page_phrases(request.headers.get("Accept-Language", ""), self._webchat.company.language)

    def _visitor(self, request: web.Request, side: Side) -> Visitor | None:
        return self._webchat.signatures.read(side, request.cookies.get(COOKIES[side]))

    def _remember(self, request: web.Request, response: web.Response, visitor: Visitor) -> None:
        response.set_cookie(
            COOKIES[visitor.side],
            self._webchat.signatures.sign(visitor),
            max_age=COOKIE_AGE_S,
            path=PATHS[visitor.side],
            httponly=True,
            samesite="Lax",
            secure=is_secure(request, self._public_url),
        )


def _number(written: str) -> int | None:
    """Read a number of an address; None where it is none of ours."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < MOST_DIGITS else None


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        yield chunk
