"""The pages as HTML: templates from files, with every value escaped."""

import html
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from aiohttp import web

from customers.phrases import Phrases

PAGES = Path(__file__).parent / "pages"
ASSETS = PAGES / "assets"


@cache
def _template(name: str) -> Template:
    return Template((PAGES / name).read_text(encoding="utf-8"))


def render(name: str, say: Phrases, values: Mapping[str, str], data: Mapping[str, Any]) -> str:
    """Fill in a page.

    Args:
        name: the template's file name.
        say: the page's language.
        values: what stands in the page, by placeholder; escaped here.
        data: what the page's scripts read, as JSON.
    """
    script_safe = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return _template(name).substitute(_escaped(say, values), data=script_safe)


def render_card(name: str, say: Phrases, values: Mapping[str, str]) -> str:
    """Fill in a page without scripts: one card, in the frame that all of them have.

    Args:
        name: the file name of the template of what is in the card.
        say: the page's language.
        values: what stands in the card and in its frame, by placeholder; escaped here.
    """
    escaped = _escaped(say, values)
    inside = _template(name).substitute(escaped).rstrip()
    return _template("card.html").substitute(escaped, inside=inside)


def _escaped(say: Phrases, values: Mapping[str, str]) -> Mapping[str, str]:
    return {key: html.escape(value) for key, value in {**values, "language": say.language}.items()}


def html_response(text: str, *, status: int = 200) -> web.Response:
    """Answer with a page."""
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
