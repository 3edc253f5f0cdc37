"""Whether words of no clear kind ask something of us, so that a person should see them."""

import re

from feedback.reading.language import Language, language_guessed
from feedback.small_talk import plain

READ_WHOLLY = frozenset({Language.ENGLISH, Language.CHINESE, Language.UNKNOWN})
"""What is said in another language, and is of no clear kind, only a person can tell."""

_ASKS = re.compile(
    r"\b(?:cancel\w*|refund\w*|order\w*|ordr|parcels?|packages?|deliver\w*|ship\w*|track\w*|exchange\w*|return\w*"
    r"|replac\w+|book\w*|reserv\w*|appointment\w*|invoices?|receipts?|address|sue|lawyer|court|where|wher|when"
    r"|what|why|help|hlp|need|want|please|call me|change|update"
    r"|prices?|cost|account|password|pay|paid|payment"
    r"|charged?|money|warranty|repair\w*|manager|urgent|asap|waiting)\b"
    r"|取消|退|换|订单|物流|快递|包裹|发票|地址|哪|什么|多少|几时|帮|请|求|起诉|律师|法院|修改|更改|预订|预约|催|付款|支付"
    r"|账号|密码|电话|发货|到货|急"
)


def needs_reader(text: str, language: Language) -> bool:
    """Tell whether a person should read words of no clear kind: they ask something, or we read them poorly.

    Args:
        text: of kind ``other``.
        language: of the text; where it is too short to say, a guess decides.
    """
    if language is Language.UNKNOWN:
        language = language_guessed(text)
    return language not in READ_WHOLLY or asks_of_us(text)


def asks_of_us(text: str) -> bool:
    """Tell whether words name something that only a person can look into.

    Args:
        text: of kind ``other``: whoever asks plainly was understood to ask already.

    >>> asks_of_us("wher is my ordr"), asks_of_us("the green door on Tuesday")
    (True, False)
    """
    return _ASKS.search(plain(text)) is not None
