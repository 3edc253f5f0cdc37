"""Words with which somebody says that they will not come, or no more: pure; English and Chinese."""

import re

from feedback.small_talk import plain

LONGEST = 100
"""Characters; who gives a place back often says why and is sorry."""

_EVENT = (
    r"event|tasting|evening|party|workshop|class|course|lesson|concert|opening|dinner|lunch|brunch|breakfast|"
    r"talk|lecture|show|reading|meeting|gathering|celebration|tour|ceremony|tea"
)
_DAY = (
    r"today|tonight|tomorrow|then|that day|(?:on |this |next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"this (?:week|weekend|time|evening)|on the day"
)
_COME = (
    r"(?:come|coming|go|going|be there|being there|be coming|be going|make it|be making it|join|join you|"
    r"be joining|attend|be attending|take part)"
)
_PLANS = (
    r"(?:something|sth) (?:else )?(?:has )?(?:just )?(?:came|come) up|(?:my|our|the) plans (?:have )?changed"
)
_REASON = (
    rf"{_PLANS}|(?:i|we) have (?:a cold|to work|other plans|another appointment|an emergency|no time)|"
    r"(?:i|we) (?:have )?(?:got|fell|fallen|am|are|feel) (?:too )?"
    r"(?:sick|ill|unwell|busy|away|out of town|not well)"
)
"""Why somebody does not come. Only ``_PLANS`` say so alone: that somebody is ill may be a complaint."""
_CHANGED = r"(?:(?:i|we) (?:have )?)?changed (?:my|our) minds?|on second thoughts?"
_SOFTLY = (
    r"no|nope|oh|hi|hello|hey|well|sorry|apologies|unfortunately|sadly|actually|but|so|and|very|really|please|"
    r"(?:i|we) (?:am|are) (?:so |very )?(?:sorry|afraid)(?: (?:but|that|to say))?|it turns out|turns out|"
    r"you (?:got|understood|read) me wrong|you misunderstood(?: me)?|no complaint|"
    r"(?:i|we) (?:just|only) (?:wanted|want|meant|mean) to say(?: that)?|"
    r"(?:i|we) (?:just |only )?(?:mean|meant)"
)
_HOW = r"(?:just|only|simply|really|now|probably|actually|unfortunately|sadly|still|also|most likely)"
_CANNOT = (
    rf"(?:(?:i|we) (?:{_HOW} )*(?:can|will|would|am|are) )?(?:can )?not(?: {_HOW})*(?: be able to)? {_COME}|"
    rf"(?:(?:i|we) )?will not (?:be able to )?make it|"
    rf"(?:(?:i|we) (?:am|are|will be) )?(?:{_HOW} )*(?:unable|not able) to {_COME}|"
    rf"(?:i|we) do not think (?:that )?(?:i|we) (?:can|could|will|will be able to) {_COME}"
)
_AFTERWARDS = (
    rf"after all|any more|anymore|any longer|now|either|{_DAY}|sorry|thanks|thank you|next time|maybe|really|"
    rf"i am (?:so |very )?sorry|(?:to )?(?:the|your|this|that) (?:tea )?(?:{_EVENT})|"
    rf"(?:because |since |as )?(?:{_REASON})"
)

_AWAY = re.compile(
    rf"(?:(?:{_SOFTLY}|{_REASON}|{_CHANGED}) )*(?:{_CANNOT})(?: (?:{_AFTERWARDS}))*"
    r"|(?:您好|你好|不好意思|很?抱歉|对不起|很?遗憾|可惜|其实|哎呀?|唉|啊)*(?:我们?)?"
    r"(?:还是)?(?:(?:突然|临时|当天|那天|刚好|今天|明天|今晚|家里|公司|那时)*"
    r"(?:有点?儿?急?事情?|有(?:别的|其他)?安排|要?加班|要?出差|生?病了?|感冒了?|没空|没时间|改主意)了?)?"
    r"(?:所以|因此|可能|恐怕|还是|实在|真的|现在|今天|明天|今晚|这次|那天|我们?|就)*"
    r"(?:(?:来|去|参加|出席)不(?:了|成)|(?:不|不能|不会|不能再|不想|没法|没办法|无法)(?:来参加|去参加|来|去|参加|出席))"
    r"(?:你们的?|这次|这个|那个|明天|的)*(?:活动|品茶会?|品鉴会?|茶会|聚会|讲座|课程?|晚会)?(?:了|啦|吧|呢|哦|啊)*"
    r"(?:真的|实在)?(?:很?抱歉|不好意思|对不起|谢谢|下次吧?|下次再(?:来|去|约)吧?)*"
)
_OTHERWISE = re.compile(
    rf"(?:(?:{_SOFTLY}) )*(?:actually (?:no|not)|{_CHANGED}|{_PLANS}|"
    r"(?:i|we) (?:have to|need to|must|will have to) (?:cancel|drop out|back out|pass))"
    r"(?: (?:no|not|sorry|thanks|thank you|this time|after all))*"
    r"|(?:不好意思|抱歉|对不起)*(?:我们?)?(?:突然|临时)?(?:有急?事了?|改主意了|还是不了|还是算了)"
    r"(?:抱歉|不好意思|谢谢)*"
)
_NAMED = re.compile(
    rf"\b(?:the|your|this|that) (?:tea )?(?:{_EVENT})\b|活动|品茶|品鉴|茶会|聚会|讲座|课|晚会"
)


def stays_away(text: str) -> bool:
    """Tell whether a text says by itself that somebody does not come to something, and nothing else.

    >>> stays_away("Sorry, something came up, I can't make it"), stays_away("I can't make it work")
    (True, False)
    """
    return _is_short(text) and _AWAY.fullmatch(plain(text)) is not None


def names_event(text: str) -> bool:
    """Tell whether a text of somebody who stays away names an event as what it is about."""
    return stays_away(text) and _NAMED.search(plain(text)) is not None


def thinks_better(text: str) -> bool:
    """Tell whether a text takes back that somebody comes, where it follows an invitation or its answer."""
    return _is_short(text) and _OTHERWISE.fullmatch(plain(text)) is not None


def _is_short(text: str) -> bool:
    return 0 < len(text) <= LONGEST and not text.rstrip().endswith(("?", "？"))
