"""Words with which somebody says that they did not complain, or were got wrong: pure; English and Chinese.

They may stand beside others, which are then what was meant: "I was not complaining, I only asked the price".
"""

import re
from dataclasses import dataclass

from feedback.small_talk import plain

LONGEST = 300
"""Characters; whoever writes more tells something of its own."""

LONGEST_PART = 100
"""Characters between two marks; a denial is short."""


@dataclass(frozen=True, slots=True)
class Denial:
    """That a message says it was got wrong.

    Attributes:
        is_clear: whether it says that nobody complained, and not only that something was not understood.
        rest: what it says besides; "" for nothing.
    """

    is_clear: bool
    rest: str


_HINTS = (
    *("complain", "understand", "understood", "misread", "misinter", "wrong", "what i ", "mean", "joking"),
    *("kidding", "say that", "say it", "say this", "write that", "write it", "write this", "投诉", "投訴"),
    *("抱怨", "埋怨", "误会", "误會", "误解", "誤会", "誤會", "誤解", "理解错", "理解錯"),
    *("会错意", "会錯意", "會错意", "會錯意", "意思", "玩笑"),
)
"""What stands in all of these words, so that others need not be read for them."""

_PART = re.compile(r"[^,，、.。!！;；:：\n–—]+[,，、.。!！;；:：\n–—]*")

_IT = (
    r"(?:that|this|it|what i (?:wrote|said|sent)|(?:my|the) (?:last |first )?(?:message|words)|c ?-?\d{4,18})"
)
_AT_ALL = r"(?: (?:at all|about (?:anything|you|it|that|this)|anyway|either))*"
_CLEAR = (
    rf"(?:{_IT} )?(?:(?:was|is|were) )?(?:really |just |certainly )?(?:no|not|never)"
    rf"(?: (?:really|actually|meant|intended|as|to be|even|a|any))* complaints?{_AT_ALL}|"
    r"(?:i|we) (?:am|was|are|were) not(?: (?:really|actually|even|here))?(?: to)? complain(?:ing)?"
    rf"{_AT_ALL}|"
    r"(?:i|we) (?:do|did|have|had) not(?: (?:really|actually|even|want|mean|meant|intend|wish|to))*"
    r" (?:complain(?:ed)?|(?:it|that|this) (?:as|to be) a complaint|"
    r"(?:(?:have|make|made|file|filed|open|opened|raise|raised|send|write) )?(?:a|any) complaints?)"
    rf"{_AT_ALL}|"
    rf"(?:i|we) (?:did )?never (?:(?:meant?|want(?:ed)?|intend(?:ed)?) to complain|complained){_AT_ALL}|"
    rf"(?:i|we) have no complaints?{_AT_ALL}"
)
"""Who says "I never complain", or "I have never complained", means that they do now: it is no denial."""
_WHAT = r"(?: (?:me|us|that|this|it|what i (?:said|meant|wrote)|my (?:message|words)))?"
_VERY = r"(?:have |just |all |totally |completely |clearly |seem to have |must have )*"
_UNSURE = (
    rf"(?:i think |maybe |perhaps )?you {_VERY}(?:(?:got|get|have) (?:me|us)|"
    rf"(?:understood|read|take|took) (?:me|us|that|this|it)) {_VERY}wrong(?:ly)?|"
    rf"(?:i think |maybe |perhaps )?you {_VERY}(?:misunderstood|misunderstand|misread|misinterpreted){_WHAT}|"
    rf"you (?:did|do) not understand{_WHAT}|"
    rf"(?:{_IT} )?(?:(?:was|is) )?(?:just |only |all )?a misunderstanding|"
    rf"(?:{_IT} )?(?:(?:was|is) )?not what i (?:meant|mean|said|wrote|was saying|am saying)(?: to say)?|"
    r"(?:i|we) (?:did|do) not (?:mean|say|write) (?:that|it|this)(?: (?:like that|that way))?|"
    r"i (?:was|am) (?:just |only )?(?:joking|kidding)"
)
"""What was got wrong is we or what was said: "you got it wrong" may be of an order."""
_SOFT = (
    r"no|nope|nah|oh|ah|hi|hello|hey|wait|well|sorry|apologies|please|thanks|thank you|but|so|and|really|"
    r"actually|honestly|ok|okay|yes|excuse me|not at all|(?:i|we) (?:am|are) (?:so |very )?sorry|though|"
    r"(?:(?:i|we|that|this|it) (?:am|was|is|were) )?(?:just|only) "
    r"(?:asking|curious|wondering|(?:a |my )?question)"
)
_SOFT_ZH = (
    r"不是的?|不对?|没有|没|对不起|很?抱歉|不好意思|您好|你好|请|哦|喔|啊|呃|唉|哎呀?|嗯|等等|谢谢|"
    r"其实|真的|可是|但是?|只是|我?(?:只是|就是|只)(?:想?问问|想?问一下|一个问题)(?:而已)?"
)
_WHO_ZH = r"(?:我们?|这|那|个|条|刚才|刚刚|刚|上面|之前|说|写|发|的|话|消息|内容|也|都|并(?!非)|可)*+"
_CLEAR_ZH = (
    rf"(?!.*不是.*(?:投诉|抱怨|埋怨)了){_WHO_ZH}"
    r"(?:不是|没有|没|不算|不想|不要|不用|不必|不打算|无意|并非|从没)(?:在|要|想|说|来|是|打算|真的|对你们)*"
    r"(?:投诉|抱怨|埋怨)(?:你们|任何人|谁|什么|的意思|的|了|啊|呀|呢|吧|哦)*+"
)
"""不是投诉了 is no denial, but asks: did I not complain?

What may stand before and after is taken whole (``*+``): where one denial follows another, the words between
could be of either, and trying both each time would take seconds.
"""
_UNSURE_ZH = (
    r"(?:你们?|您|系统|机器人)?(?:可能|好像|完全|真的|都|又|是|应该|大概)*(?:误会|误解|理解错|会错意)(?:了|我们?|的|意思|啊|呀|吧|哦)*+|"
    r"我?(?:说的|写的|的)?并?不是(?:这|那)个?意思(?:啊|呀|的|了)*+|我?(?:只是|是)?在?开个?玩笑(?:的|啊|而已|呢)*+"
)
_DENIES = re.compile(
    rf"(?:(?:{_SOFT}) )*(?:{_CLEAR}|{_UNSURE})(?: (?:{_CLEAR}|{_UNSURE}|{_SOFT}))*"
    rf"|(?:{_SOFT_ZH})*(?:{_CLEAR_ZH}|{_UNSURE_ZH})+(?:{_SOFT_ZH})*"
)
_SAYS_COMPLAINT = re.compile(r"complain|投诉|抱怨|埋怨")
_ONLY_SOFT = re.compile(rf"(?:{_SOFT})(?: (?:{_SOFT}))*|(?:{_SOFT_ZH})+")


def denial_in(text: str) -> Denial | None:
    """Find in a text that its writer did not complain, or was got wrong; None where nothing says so.

    >>> denial_in("No, that was no complaint! When do you open?")
    Denial(is_clear=True, rest='When do you open?')
    """
    if len(text) > LONGEST or not any(map(text.lower().__contains__, _HINTS)):
        return None
    denied, others = [], []
    for part in _PART.findall(text):
        words = plain(part)
        is_asked = part.rstrip().endswith(("?", "？"))
        if not is_asked and len(words) <= LONGEST_PART and _DENIES.fullmatch(words):
            denied.append(words)
        elif is_asked or (words and _ONLY_SOFT.fullmatch(words) is None):
            others.append(part)
    if not denied:
        return None
    is_clear = any(_SAYS_COMPLAINT.search(words) for words in denied)
    return Denial(is_clear, "".join(others).strip().rstrip(",，;；:：–—"))
