"""Links that were written without ``https://``: a button of such a one would pass for an answer."""

import re

_ENDINGS = (
    "com net org info biz io app dev site shop store online club eu us uk ca au nz de ch fr es pt it nl pl "
    "se dk cz gr tr ru ua cn hk tw jp kr in vn th sg br mx ar co me tv"
)
"""How most hosts end, without what ends a sentence or a file: "7.pm", "menu.pdf", "Node.js", "Come.to"."""

_SCHEME = re.compile(r"https?[:/]+", re.IGNORECASE)
_BEGINS = r"(?i:https?[:/]|www\.)"
_HOST = rf"(?:[A-Za-z0-9-]+\.)*(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]+\.(?:{_ENDINGS.replace(' ', '|')})"
"""A part before the ending has a letter: "24.de" is a day or a price."""

_ADDRESS = re.compile(rf"{_BEGINS}\S+|{_HOST}(?:[/?#:]\S*)?", re.ASCII | re.IGNORECASE)
_AT_END = re.compile(
    rf"(?:(?<![A-Za-z0-9@./-])(?P<plain>{_BEGINS}\S+|{_HOST}/\S*)|[:：]\s*(?P<named>{_HOST}))$", re.ASCII
)
"""Where no | parts a link from its label, "Booking.com" is a label, and "Site: example.com" is meant as both.

Chinese has no blank before a link."""

_OPENING, _CLOSING = "(（", ".,;!)。，；！）"


def meant_as_link(text: str) -> str | None:
    """Give the link that the words behind a ``|`` are meant as; None where they are none."""
    link = text.lstrip(_OPENING).rstrip(_CLOSING)
    return _whole(link) if _ADDRESS.fullmatch(link) else None


def meant_as_both(label: str) -> tuple[str, str] | None:
    """Part a label that ends with a link; None where it does not."""
    label = label.rstrip(_CLOSING)
    found = _AT_END.search(label)
    if found is None:
        return None
    link = found["plain"] or found["named"]
    return label.removesuffix(link).rstrip(f" :：,，{_OPENING}"), _whole(link)


def _whole(link: str) -> str:
    return f"https://{_SCHEME.sub('', link, count=1)}"
