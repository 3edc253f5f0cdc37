"""Links that were written without ``https://``: a button of such a one would pass for an answer."""

import re

_SCHEME = re.compile(r"https?[:/]+", re.IGNORECASE)
_BEGINS = r"(?i:https?[:/]|www\.)"
_HOST = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,}"
_ADDRESS = re.compile(rf"{_BEGINS}\S+|{_HOST}(?:[/?#:]\S*)?", re.ASCII)
_AT_END = re.compile(
    rf"(?:^|[\s:：])(?P<plain>{_BEGINS}\S+|{_HOST}/\S*)$|[:：]\s*(?P<named>{_HOST})$", re.ASCII
)
"""Where no | parts a link from its label, "Node.js" is a label, and "Site: example.com" is meant as both."""


def meant_as_link(text: str) -> str | None:
    """Give the link that the words behind a ``|`` are meant as; None where they are none."""
    return _whole(text) if _ADDRESS.fullmatch(text) else None


def meant_as_both(label: str) -> tuple[str, str] | None:
    """Part a label that ends with a link; None where it does not."""
    found = _AT_END.search(label)
    if found is None:
        return None
    link = found["plain"] or found["named"]
    return label.removesuffix(link).rstrip(" :："), _whole(link)


def _whole(link: str) -> str:
    return f"https://{_SCHEME.sub('', link, count=1)}"
