"""Stars that are written out: "5", "five stars", "3分", "actually 3"."""

import re

from feedback.words import tidy

LONGEST = 40
"""Characters; a number of stars is said in fewer."""

_LEAD = (
    r"(?:(?:actually|sorry|oops|no|i mean|i(?:'d| would) say|i(?:'d| would)? give(?: you| it)?"
    r"|make (?:it|that)|maybe|probably|ok|well|only|just|a|its|it's|rather|other way"
    r"|其实|应该|改成|改为|我给|给|打|就|那就|不对|不|是|我打)[\s,，:.。!！-]*)*"
)
_NUMBER = r"(?P<number>[1-5]|one|two|three|four|five|[一二两三四五])"
_UNIT = r"(?P<unit>\s*(?:stars?|[★⭐]|points?|颗星|颗|星|分|/\s*5|out of (?:5|five)))"
_TAIL = r"(?:[\s,，]*(?:please|from me|thanks|thank you|then|吧|哦|啦|了|谢谢|好评))*"
_OF_TEN = r"(?P<of_ten>10|[1-9])\s*(?:/|out of)\s*10"
_STATED = re.compile(rf"{_LEAD}(?:{_OF_TEN}|{_NUMBER}{_UNIT}?|(?P<drawn>[★⭐]{{1,5}})){_TAIL}")
_VALUES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "一": 1, "二": 2, "两": 2, "三": 3} | {
    "四": 4,
    "五": 5,
}


_LOW = re.compile(
    r"(?<![\d.,/$€£-])(?P<before>(?:(?:on|by|since|until|till|before|after|from|the|of|not|never|than|to|over|due|(?:not|never)\s+\w+)\s+)?)"
    r"(?:(?P<points>\d{1,2}(?:\.\d)?)\s?(?:/|out of)\s?(?P<best>5|10)(?![\d/.,:]\d|\d|/|%)"
    r"(?!\s+(?!stars?\b|points?\b|for\b|from\b|because\b|and\b|but\b|would\b|thank)[a-z]+s\b)"
    r"|(?P<stars>[0-5](?:\.\d)?)\s?(?:stars?\b|颗?星)(?![\s-]*(?:reviews?|ratings?|hotels?|anise|restaurants?|general))"
    r"|(?P<chinese>[零一二两三四五])\s?(?:颗星|星)(?!期|座|级|手机|电|集团|高照))"
)
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
LOW_SHARE = 0.4
"""Of the best rating: two of five stars."""


def low_rating_in(text: str) -> int | None:
    """Find one or two stars of five, or as few points of ten, that were given among other words.

    They tell what kind words beside them mean: "great job, 1 star". Dates, denials and texts that name higher
    ratings, too, are none.

    Args:
        text: tidied (``words.tidy``).

    >>> low_rating_in("2/10, great job"), low_rating_in("delivered on 1/5, great"), low_rating_in("5 stars")
    (1, None, None)
    """
    if not ("/" in text or "star" in text or "out of" in text or "星" in text):
        return None
    if text.isascii() and not any(map(text.__contains__, "0123456789")):
        return None
    shares = [_share(found) for found in _LOW.finditer(text)]
    known = [share for share in shares if share is not None]
    if not known or len(known) < len(shares) or max(known) > LOW_SHARE:
        return None
    return 1 if min(known) <= LOW_SHARE / 2 else 2


def _share(found: re.Match[str]) -> float | None:
    """Give a rating as a share of the best; None for what is no rating."""
    if found["before"]:
        return None
    if found["chinese"]:
        return _DIGITS[found["chinese"]] / 5
    if found["stars"]:
        return float(found["stars"]) / 5
    share = float(found["points"]) / float(found["best"])
    return share if share <= 1 else None


def stars_in(text: str, *, asked: bool) -> int | None:
    """Read a message that is a number of stars and nothing else.

    Args:
        text: as it was written.
        asked: whether we asked for stars; else "5" alone may be anything, and only "5 stars" counts.

    Returns:
        1–5, or None.

    >>> stars_in("actually 3", asked=True)
    3
    """
    found = _STATED.fullmatch(tidy(text).strip(" .!。！~～\n")) if len(text) <= LONGEST else None
    if found is None:
        return None
    if found["drawn"]:
        return len(found["drawn"])
    if found["of_ten"]:
        return (int(found["of_ten"]) + 1) // 2
    number = found["number"]
    return (_VALUES.get(number) or int(number)) if asked or found["unit"] else None
