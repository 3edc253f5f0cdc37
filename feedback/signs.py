"""What is the same in every language: emoji, emoticons and ratings in digits."""

import re
from collections.abc import Iterator, Mapping

from feedback.matching import graded

_EMOJI = graded(
    {
        -0.8: "😡 🤬 👎 🤮 💩 🖕 😤 😠",
        -0.6: "😞 😢 😭 😔 ☹ 🙁 😣 😖 😫 😩 😒 🙄 😾 💔 🤢 😕 😟 😑 👿 😿 ❌",
        0.7: "😍 🥰 ❤ ♥ 💕 💖 💗 💯 🤩 😘 🎉 💚 💙 💛 🧡 💜 🏆 🥳 😻",
        0.5: "😊 😀 😃 😄 😁 👍 👏 🙏 😇 🙂 ☺ 👌 🌟 ⭐ 💪 🤗 ✨ 😋 🌹 🌸 ✅ 😎 😺",
    }
)
EMOJI: Mapping[str, float] = {rule.pattern: rule.weight for rule in _EMOJI}

EMOTICONS: Mapping[str, float] = {
    ":(": -0.5,
    ":-(": -0.5,
    ":'(": -0.6,
    ":/": -0.3,
    ":-/": -0.3,
    ">:(": -0.7,
    "=(": -0.5,
    "t_t": -0.5,
    ":)": 0.4,
    ":-)": 0.4,
    ":d": 0.5,
    ":-d": 0.5,
    "=)": 0.4,
    ";)": 0.2,
    "<3": 0.6,
    "^_^": 0.4,
}

_MAY_BE_EMOJI, _MAY_BE_EMOTICON = re.compile("[\u2600-\u2bff\U0001f300-\U0001faff]"), re.compile("[:;=<^_]")
"""Each emoji, and each emoticon, has one of these."""
_EMOTICON = re.compile(
    r"(?<![^\s.,!?])(?:"
    + "|".join(re.escape(sign) for sign in sorted(EMOTICONS, key=len, reverse=True))
    + r")(?!\w)"
)
_OUT_OF = re.compile(r"(?<![\d/.,-])(\d{1,2}(?:\.\d)?)\s?(?:/|out of)\s?(5|10)(?![\d/.,]\d|\d|/)")
_STARS = re.compile(r"(?<![\d.,])([0-5](?:\.\d)?)\s?(?:stars?\b|颗?星)")
_CHINESE_STARS = re.compile(r"([零一二两三四五])\s?(?:颗星|星)(?!期|座|级|手机|电|集团|高照)")
_STAR_DIGITS = "零一二三四五"


def find_signs(text: str) -> list[tuple[str, float]]:
    """Find each sign in a lower-case text, with its weight; a repeated emoji counts up to three times."""
    found = []
    if not text.isascii() and _MAY_BE_EMOJI.search(text) is not None:
        found += [item for item in EMOJI.items() for _ in range(min(3, text.count(item[0])))]
    if _MAY_BE_EMOTICON.search(text) is not None:
        found += [(sign, EMOTICONS[sign]) for sign in _EMOTICON.findall(text)]
    return [*found, *_ratings(text)]


def without_signs(text: str) -> str:
    """Blank out ratings, whose words would be scored again."""
    for pattern in _patterns_for(text):
        text = pattern.sub(" , ", text)
    return text


def _patterns_for(text: str) -> Iterator[re.Pattern[str]]:
    """Yield the kinds of ratings that may be in a text; most have nothing of any, and need no search."""
    chinese = "星" in text
    if "/" in text or "out of" in text:
        yield _OUT_OF
    if chinese or "star" in text:
        yield _STARS
    if chinese:
        yield _CHINESE_STARS


def _ratings(text: str) -> Iterator[tuple[str, float]]:
    for pattern in _patterns_for(text):
        for found in pattern.finditer(text):
            share = _share(found)
            if share is not None:
                yield found[0], _weight_of_share(share)


def _share(found: re.Match[str]) -> float | None:
    """Give a rating as a share of the best; None for what is more than that."""
    if found.re is _CHINESE_STARS:
        return _STAR_DIGITS.index(found[1].replace("两", "二")) / 5
    best = float(found[2]) if found.re is _OUT_OF else 5.0
    points = float(found[1])
    return None if found.re is _OUT_OF and points > best else points / best


def _weight_of_share(share: float) -> float:
    """Three of five is lukewarm, hence a little below 0; five of five is 0.9."""
    return round(max(-0.9, min(0.9, (share - 0.65) * 2.6)), 2)
