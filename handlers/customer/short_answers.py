"""Short written answers to the questions we ask with buttons: pure, a reader for each verb."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from customers.phrases import languages
from feedback.denials import denial_in
from feedback.small_talk import plain, says_solved, small_talk
from feedback.stars import stars_in
from feedback.understanding import understand
from feedback.words import tidy
from handlers.customer.language import own_name
from handlers.customer.staying_away import stays_away, thinks_better
from store.tables.feedback import FeedbackKind

LONGEST = 40
"""Characters; what is longer says something of its own."""

YES, NO = "yes", "no"

_SCORES = frozenset(map(str, range(11)))

_YES = re.compile(
    r"(?:oh |ok )?(?:yes|yep|yeah|yup|yea|y|sure|of course|definitely|certainly)"
    r"(?: (?:yes|please|do|it|is|all|i|am|sure|erase|delete|everything|solved|thanks|thank you|"
    r"now|go ahead))*"
    r"|(?:erase|delete) (?:everything|it all|all)"
    r"|(?:是的?|对的?|嗯+|确定|确认)(?:了|吧|呀|啊)?(?:请)?(?:全部|都)?(?:删除|删掉|删|解决了)?(?:吧|谢谢)?"
)
_NO = re.compile(
    r"(?:oh |ok )?(?:no|nope|nah|n|never|not yet|not really|not at all)"
    r"(?: (?:thanks|thank you|no|please|sorry|keep it|do not|not|yet))*"
    r"|(?:please )?(?:keep it|do not|do not (?:erase|delete)(?: (?:it|anything|everything))?)"
    r"|(?:不是?|不要|不用|没有?|还没有?|没呢|否|别|先不|不了|不删除?|保留)(?:的|了|吧|啊|呢)?(?:保留|删)?(?:谢谢)?"
)
_NO_FIRST = re.compile(
    r"(?:no|nope|nah)\s*[,，.。!！:-]+\s*|(?:no|nope|nah)\s+(?=still\b|it\b|nothing\b|the\b|my\b|i\b)"
    r"|(?:没有?|不是?|还没有?)\s*[,，.。!！:-]+\s*"
    r"|(?=not |still not |it(?: is|'s) not |it isn't |没|还没|还是)"
)
"""A no that begins a sentence. "No more problems" and 不漏了 say the contrary, so a bare no-word counts only
before a pause, or before words that say what is still wrong."""
_CLOSE = re.compile(
    r"(?:(?:yes|yep|ok|please) )*close (?:it|that|the case|the complaint)(?: please| thanks| thank you)*"
    r"|(?:好的?|是的?|请|可以)*(?:关闭|关掉|关|结束)(?:它|投诉)?(?:了|吧|谢谢)*"
)
_GOING = re.compile(
    r"(?:(?:yes|yep|yeah|yup|sure|ok|great|of course|actually|well|then|so|now) )*"
    r"(?:(?:i|we) )?(?:(?:am|are|will|would|can) )?(?:actually )?(?:(?:love|like|want) to )?"
    r"(?:(?:be|definitely) )*"
    r"(?:going|coming|come|go|there|join|attend|make it|count me in|sign me up|i am in)"
    r"(?: (?:too|thanks|please|thank you|after all|then|now))*"
    r"|(?:好的?|那么?)?我?们?(?:还是|又|会|要|想|一定|肯定|可以|能|报名)*(?:参加|去|来|到)(?:了|的|吧|呀|啊)*|我?报名"
)
_NOT_GOING = re.compile(
    r"(?:(?:no|sorry|nope|actually|well) )*(?:(?:i|we) )?(?:(?:am|are|can|will|could) )?(?:actually )?not"
    r"(?: (?:be|going|coming|come|go|there|join|attend|make it|interested|this time))*"
    r"(?: (?:sorry|thanks|this time|thank you|after all))*"
    r"|我?们?(?:还是)?(?:不|去不了|来不了|不能|不会|没空|没时间|不想)(?:参加|去|来|到)?(?:了|吧)*"
)
_ALONE = re.compile(
    r"(?:it is |i will come |i am coming |i come )?(?:just me|only me|alone|by myself|on my own)"
    r"|(?:就|只有)?我?(?:一个人|自己)(?:来|去|参加)?|(?:就|只有)我"
)
_WITH = re.compile(
    r"(?:(?:i|we) )?(?:(?:am|are|will|would|can) )?(?:(?:like|want) to )?(?:come |coming |bring |bringing )?"
    r"(?:with )?(?:plus )?(?P<some>[1-6]|a|an|one|my|two|three|four|five|six)"
    r"(?: (?:more|others?|friends?|guests?|person|people|partner|wife|husband|colleagues?))*"
    r"|我?们?(?:会|要|想|再|可以)*带(?:上|着)?(?P<chinese>[1-6一两二三四五六])(?:个|位|名)(?:朋友|人|客人|同伴|家人|同事)"
    r"(?:来|去|参加|一起来?|一起去)?(?:吗|吧|可以吗)?"
)
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("", "a an my one 1 一", "two 2 两 二", "three 3 三", "four 4 四", "five 5 五", "six 6 六")
    )
    for word in words.split()
}
_SPEAKS_OF_COMPANY = re.compile(r"friend|guest|person|people|partner|wife|husband|colleague|plus|bring|带")
_BARE = frozenset({"go", "there", "come", "not", "join", "attend"})
_PLUS = re.compile(r"\s*[+＋]\s*([0-6])\s*")
_MAYBE = re.compile(
    r"(?:maybe|perhaps|possibly|might|i might|we might|(?:i am )?not sure(?: yet)?|do not know yet)"
    r"(?: (?:yes|no|later|come|not))*"
    r"|(?:也许|可能|说不定|不一定|再看看|看情况|还?不确定|待定)(?:吧|会?来|会?去|参加)?"
)


def read_stars(text: str) -> str | None:
    """Read a number of stars: "1" to "5"."""
    stars = stars_in(text, asked=True)
    return None if stars is None else str(stars)


def read_score(text: str) -> str | None:
    """Read a score of "0" to "10", written as a number, and nothing beside it."""
    words = plain(text)
    return words if words in _SCORES else None


def read_yes_no(text: str) -> str | None:
    """Read a plain yes or no and nothing beside it: what cannot be undone hangs on it."""
    words = plain(text)
    if _YES.fullmatch(words):
        return YES
    return NO if _NO.fullmatch(words) else None


def read_solved(text: str) -> str | None:
    """Read whether something is solved; a "no" may say what is still wrong."""
    answer = read_yes_no(text)
    if answer is not None:
        return answer
    if says_solved(text):
        return YES
    words = tidy(text).strip()
    denied = _NO_FIRST.match(words)
    if denied is None or small_talk(text) is not None or understand(text).kind is FeedbackKind.PRAISE:
        return None
    kind = understand(words[denied.end() :]).kind
    return NO if kind not in (FeedbackKind.PRAISE, FeedbackKind.SMALL_TALK) else None


def read_closing(text: str) -> str | None:
    """Read whether a case shall be closed that was none, as whoever says once more that it was."""
    denial = denial_in(text)
    if denial is not None:
        return YES if denial.is_clear and not denial.rest else None
    return YES if _CLOSE.fullmatch(plain(text)) else read_yes_no(text)


def read_companions(text: str) -> str | None:
    """Read how many people somebody brings along: "0" to "6"."""
    plus, words = _PLUS.fullmatch(text), plain(text)
    if plus is not None:
        return plus[1]
    if _ALONE.fullmatch(words):
        return "0"
    found = _WITH.fullmatch(words)
    if found is None or not _SPEAKS_OF_COMPANY.search(words):
        return None
    return str(_NUMBERS[found["some"] or found["chinese"]])


def speaks_of_coming(text: str) -> bool:
    """Tell whether a text says by itself that it is about coming to something, as a bare yes does not."""
    words = plain(text)
    is_of_event = any(pattern.fullmatch(words) for pattern in (_GOING, _NOT_GOING))
    if stays_away(text) or read_companions(text) is not None:
        return True
    return is_of_event and len(words) > 1 and words not in _BARE


def read_rsvp(text: str) -> str | None:
    """Read whether somebody comes, or how many people they bring along."""
    words = plain(text)
    if (companions := read_companions(text)) is not None:
        return companions
    if _MAYBE.fullmatch(words):
        return "maybe"
    if _NOT_GOING.fullmatch(words) or stays_away(text) or thinks_better(text):
        return NO
    return "going" if _GOING.fullmatch(words) else {YES: "going", NO: "no"}.get(read_yes_no(text) or "")


def read_language(text: str) -> str | None:
    """Read the own name of a language that we speak."""
    return _languages_by_name().get(plain(text))


@cache
def _languages_by_name() -> Mapping[str, str]:
    return {own_name(tag).casefold(): tag for tag in languages()}


READERS: Mapping[str, Callable[[str], str | None]] = {
    "rate": read_stars,
    "visit": read_stars,
    "nps": read_score,
    "solved": read_solved,
    "promised": read_solved,
    "misread": read_closing,
    "rsvp": read_rsvp,
    "forget": read_yes_no,
    "language": read_language,
}
"""By the verb of the buttons: what a short text answers, as the last part of the button that says so."""


def could_answer(text: str) -> bool:
    """Tell whether a text answers any of our questions, so that it is worth looking which was asked.

    Who does not come may say so at some length.
    """
    if len(text) > LONGEST:
        return stays_away(text) or thinks_better(text)
    return bool(text) and any(reader(text) is not None for reader in READERS.values())
