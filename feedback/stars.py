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
_STATED = re.compile(rf"{_LEAD}(?:{_NUMBER}{_UNIT}?|(?P<drawn>[★⭐]{{1,5}})){_TAIL}")
_VALUES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "一": 1, "二": 2, "两": 2, "三": 3} | {
    "四": 4,
    "五": 5,
}


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
    number = found["number"]
    return (_VALUES.get(number) or int(number)) if asked or found["unit"] else None
