"""Praise that means the opposite: a kind word to begin with, and then what went wrong, once again.

Only what is safe is read so: something must be reported to have gone wrong, nothing to have been mended, and
the message must begin with the kind word or say "again" in some way. Kind words with a bad rating are read by
the rating.
"""

import re

from feedback.reading.tokens import GREETING

_OPENER = (
    r"(?:great|wonderful|lovely|brilliant|nice|fantastic|perfect|awesome|super|excellent|amazing|bravo|fabulous"
    r"|congratulations|congrats|splendid|marvellous|terrific|cool)(?: (?:job|work|one|service|stuff))?"
    r"|well done|good (?:job|work|one)|way to go"
    r"|thanks(?: a (?:lot|bunch|million))?|thank you(?: (?:so|very) much)?"
)
_BEGINS = re.compile(
    rf"^\W*(?:(?:oh|wow|well|ha|just|how|so|absolutely|simply)\W+)*(?:{_OPENER})\s*[,.!:;…–—-]"
)
_ONCE_MORE = re.compile(
    r"\b(?:another|again|once more|as (?:usual|always)|still|now|the (?:second|third) time)\b"
)
_LOVES = re.compile(
    r"^\W*(?:(?:i|we|just|really|absolutely|so)\W+)*lov(?:e|ing) (?:how|it when|that|waiting|being|when)\b"
)
_BEGINS_ZH = re.compile(
    r"^\W*(?:可真是?|真的?是?|太|好)(?:棒|好|厉害|牛|行|赞|不错|优秀|贴心)(?:了|啊|呀|哦|极了)*[，,!！。~～\s]"
)
_ONCE_MORE_ZH = re.compile(r"又|再次|还是|依旧|仍然|照样|第[二三四五六]次")
_MENDED = re.compile(
    r"\b(?:fixed|mended|repaired|replaced|resolved|sorted|refunded|found|solved|apologi[sz]ed|made up for)\b"
    r"|解决了|修好|换了新|退了款|处理好|补发"
)


def is_ironic(text: str) -> bool:
    """Tell whether praise in a tidied text means blame; ask only where the text reports a problem.

    >>> is_ironic("great, another broken cup. thanks a lot!")
    True
    >>> is_ironic("great tea, but the lid is broken again")
    False
    """
    if _MENDED.search(text):
        return False
    text = GREETING.sub("", text, count=1)
    if _LOVES.search(text):
        return True
    if _BEGINS.search(text):
        return _ONCE_MORE.search(text) is not None
    return (
        not text.isascii() and _BEGINS_ZH.search(text) is not None and _ONCE_MORE_ZH.search(text) is not None
    )
