"""Whether two messages of one customer are about the same matter; pure.

They are where they name the same order; where what they speak of is alike; and where the later one is too
short to be a matter of its own («hello??», «any news»). They are not where they name different orders, or
speak of different parts of the service and have nothing in common. What is unclear stays together: staff read
it there, and a customer with two numbers for one teapot is worse off.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import cached_property

from feedback.words import sentences, tidy, words_of

STILL_TELLING = timedelta(minutes=2)
"""Who writes on so soon is still telling the same story, unless they name another order."""
ALIKE_FROM = 0.3
"""Of the content of the shorter text, so much is in the other where they are alike."""
MATTER_FROM = 3
"""Content words of a text that can be a matter of its own; two Chinese characters count as one."""
COMMON_FROM = 2
"""So many content words must be shared, so that one word alone makes nothing alike."""

_MARK = (
    r"(?:order|invoice|ticket|tracking|booking|parcel|shipment|receipt|nr|no|number|订单|单号|编号|运单|快递)"
)
_MARKED = re.compile(
    rf"(?:#|\b{_MARK}|订单号?|单号|编号)[\s.:：#]*(?:number|no|nr|号码?|是|为)?[\s.:：#]*([a-z]{{0,4}}-?\d{{3,20}})"
)
_CODE = re.compile(r"(?<![\w.,-])(?!c-?\d)([a-z]{0,4}-?\d{6,20})(?![\w,-])")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_PLURAL_FROM = 4


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


NOTHING_OF_ITS_OWN = _listed("""
    a about absolutely actually after again ago all already also always am an and angry annoyed
    annoying another answer answered answers any anybody anyone anything are as ask asked at awful
    back bad be because been before being but by can compensate compensation complain complained
    complaint contact could customer day days demand did disappointed disappointing disgusting do
    does done eventually ever every everybody everyone everything finally first for from get getting
    give given go going good got had happen happened happening has have having hello help her here
    hey hi him his horrible hour hours how i if ignored in into is issue it its joke just know last
    later least long made make many matter me message messages minute minutes money month months
    more most much my myself need never new news nobody none not nothing now of off ok on once one
    only or other our out over own paid pay payment people please problem really refund refunded
    reply response ridiculous same say says scandal second see service several shame she should
    since so solve solved some somebody someone something soon sorry still such terrible than thank
    thanks that the their them then there these they thing things third this those time times to
    today told tomorrow too twice unacceptable under unhappy until up update upset us very wait
    waited waiting want was way we week weeks well were what when where which while who why will
    with without work working worst would write wrong year yesterday yet you your
""")
"""Words that complaints have in common whatever they are about."""
_CHINESE_COMMON = re.compile(
    "退款|退钱|退货|赔偿|投诉|要求|回复|解决|处理|垃圾|太差|差评|失望|生气|恶心|过分|星期|小时|分钟|现在|今天|昨天|已经|一直"
)
_CHINESE_NOTHING = frozenset(
    "的了吗呢吧啊我你他她它们是在有不没很都也就还这那和跟与到要说人个们为什么怎么样还请问"
)


class Bond(IntEnum):
    """How closely words belong to a case, the loosest first."""

    NONE = 0
    LOOSE = 1
    ALIKE = 2
    SAME_ORDER = 3


def _no_parts() -> Collection[str]:
    return ()


@dataclass(frozen=True)
class Matter:
    """What a text is about; each side of that is looked at once, and only where somebody asks for it.

    Attributes:
        plain: the tidied text.
        read_parts: names the parts of the service that it speaks of; who asks has the text understood.
    """

    plain: str
    read_parts: Callable[[], Collection[str]] = _no_parts

    @cached_property
    def orders(self) -> frozenset[str]:
        """Numbers of orders, invoices and the like."""
        return orders_in(self.plain)

    @cached_property
    def content(self) -> frozenset[str]:
        """Words that say what it is about; Chinese in pairs of characters."""
        pairs = {run[at : at + 2] for run in self._runs for at in range(len(run) - 1)}
        return self._words | pairs

    @cached_property
    def size(self) -> float:
        """How many words of content it has."""
        return len(self._words) + sum(map(len, self._runs)) / 2

    @cached_property
    def parts(self) -> frozenset[str]:
        """The parts of the service that it speaks of."""
        return frozenset(self.read_parts())

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_latin(self.plain))

    @cached_property
    def _runs(self) -> tuple[str, ...]:
        return tuple(_chinese(self.plain))


def matter_of(text: str, read_parts: Callable[[], Collection[str]] = _no_parts) -> Matter:
    """Tell what a text is about.

    Args:
        text: any.
        read_parts: names the parts of the service that it speaks of (``feedback.reading.aspects``); called
            where nothing else tells two matters apart.
    """
    return Matter(tidy(text), read_parts)


def orders_in(text: str) -> frozenset[str]:
    """Find the numbers of orders in a tidied text; our own references are none.

    >>> sorted(orders_in("order 4711 and a-100233, see c-1042"))
    ['4711', 'a100233']
    """
    found = [*_MARKED.findall(text), *_CODE.findall(text)]
    return frozenset(number.replace("-", "") for number in found)


def likeness(one: Matter, other: Matter) -> float:
    """Tell which part of the content of the shorter text is in the other, 0–1."""
    common = one.content & other.content
    if len(common) < COMMON_FROM:
        return 0.0
    return len(common) / min(len(one.content), len(other.content))


def bond(new: Matter, case: Matter, *, age: timedelta, silence: timedelta, within: timedelta) -> Bond:
    """Tell whether words belong to a case of the same customer that is not ended.

    Args:
        new: what the words are about.
        case: what all words of the case are about.
        age: of the case.
        silence: since its customer wrote last about it.
        within: an older case is joined only by what is alike (``Desk.repeat_days``).
    """
    if new.orders and case.orders:
        return Bond.SAME_ORDER if new.orders & case.orders else Bond.NONE
    if likeness(new, case) >= ALIKE_FROM:
        return Bond.ALIKE
    if silence <= STILL_TELLING or new.size < MATTER_FROM:
        return Bond.LOOSE
    return Bond.NONE if age > within or _is_of_other_parts(new, case) else Bond.LOOSE


def _is_of_other_parts(new: Matter, case: Matter) -> bool:
    return bool(new.parts and case.parts) and new.parts.isdisjoint(case.parts)


def _chinese(plain: str) -> Iterator[str]:
    """Give the runs of Chinese without what complaints have in common."""
    for run in _CHINESE.findall(_CHINESE_COMMON.sub(" ", plain)):
        yield "".join(sign for sign in run if sign not in _CHINESE_NOTHING)


def _latin(plain: str) -> Iterator[str]:
    for sentence in sentences(plain):
        for word in words_of(sentence):
            says_something = len(word) > 1 and word.isalpha() and word not in NOTHING_OF_ITS_OWN
            if says_something and not _CHINESE.match(word):
                yield word[:-1] if word.endswith("s") and len(word) > _PLURAL_FROM else word
