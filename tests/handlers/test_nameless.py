"""What customers read of a company that has not said its name."""

from dataclasses import replace
from datetime import datetime

import pytest

from customers.company import NAMELESS, Company
from customers.phrases import Phrases, phrases
from customers.speaking import signature
from handlers.incoming import Sender
from scheduler.audience import Addressee
from scheduler.definitions.festival import FestivalPlan
from scheduler.definitions.programme import Programme, Trigger
from scheduler.events.wording import invitation_text
from scheduler.festivals.wording import greeting_text
from scheduler.programmes.asking import Asked, visit_text
from scheduler.variables import NOTHING_KNOWN, Reader, fill
from store.tables.outreach import Event
from store.tables.staff import Staff
from tests.factories import COMPANY, NOW
from tests.talk import Talk, texts

OURS = replace(COMPANY, name=NAMELESS, language="zh")
ZH = phrases("zh")


def who(name: str = "") -> Addressee:
    return Addressee(1, name, "zh", None, None, "telegram", "77")


def written(company: Company, say: Phrases, at: datetime) -> list[str]:
    """Write all that is said first under the company's name."""
    event = Event(title="茶会", place="南京", starts_at=at, timezone="Asia/Shanghai", companions=0)
    day = FestivalPlan(name="spring_festival", festival="spring_festival")
    visits = [Programme(name="a", period_days=30, trigger=trigger) for trigger in Trigger]
    return [
        invitation_text(event, say, name="", company=company),
        greeting_text(who("小明"), day, "A", company=company),
        *(
            visit_text(Asked(who("小明"), contact, one, company), again=again)
            for one in visits
            for contact in ("林梅", None)
            for again in (False, True)
        ),
        signature(Staff(name="Lin", public_name="林梅"), company, say),
        fill("{company}的新茶", Reader(who(), NOTHING_KNOWN, company, say.language)).text,
    ]


def test_without_a_name_chinese_says_we_and_leaves_no_blank() -> None:
    said = written(OURS, ZH, NOW)
    assert said[0].startswith("您好！我们诚挚邀请您参加：\n")
    assert said[1].endswith("我们全体同仁敬上。")
    assert said[-2:] == ["林梅", "我们的新茶"]
    for text in said:
        assert NAMELESS not in text
        assert "这里是" not in text
        assert "我们的林梅" not in text
        assert "！ " not in text
        assert "。 " not in text


def test_a_name_is_always_said() -> None:
    for text in written(replace(OURS, name="南山茶社"), ZH, NOW):
        assert "南山茶社" in text
        assert "！ " not in text
        assert "。 " not in text


@pytest.mark.parametrize(
    ("language", "hello", "begins", "says"),
    [
        ("en", "hello", "Hello Ana!\n", "Our company may write"),
        ("zh", "你好", "Ana，您好！\n", "我们偶尔"),
    ],
)
def test_the_first_words_name_nobody(talk: Talk, language: str, hello: str, begins: str, says: str) -> None:
    talk.company = replace(OURS, language=language)
    sender = Sender(id="77", name="Ana", language=language)
    (started,) = texts(talk.says("/start", sender=sender))
    assert started.startswith(begins)
    assert says in started
    talk.passes(hours=1)
    (greeted,) = texts(talk.says(hello, sender=sender))
    assert greeted.startswith(begins.strip())
    assert "！ " not in greeted
