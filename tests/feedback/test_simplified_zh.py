"""Traditional Chinese is understood as simplified Chinese is, by every rule."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import rules_kinds, rules_small_talk, rules_zh
from feedback.reading import rules_severity
from feedback.simplified_zh import SIMPLIFIED, simplified
from feedback.understanding import understand

ALIKE = """
    我要投訴，警察都來了 | 我要投诉，警察都来了
    包裹還沒到，等了三個禮拜 | 包裹还没到，等了三个礼拜
    服務員態度惡劣，東西又貴又難吃 | 服务员态度恶劣，东西又贵又难吃
    請轉接真人客服 | 请转接真人客服
    建議你們增加素食選項 | 建议你们增加素食选项
    請問幾點開門 | 请问几点开门
    食物中毒，我在醫院 | 食物中毒，我在医院
    電線著火了，差點燒傷孩子 | 电线着火了，差点烧伤孩子
    我會找律師，法院見 | 我会找律师，法院见
    東西很好，謝謝你們 | 东西很好，谢谢你们
    給三顆星 | 给三颗星
    還可以，訂單號 123456 | 还可以，订单号 123456
    收到了，辛苦啦 | 收到了，辛苦啦
    別再給我發優惠了 | 别再给我发优惠了
    不要再給我發訊息 | 不要再给我发讯息
"""
ROWS = [[part.strip() for part in row.split("|")] for row in ALIKE.strip().splitlines()]


@pytest.mark.parametrize(("traditional", "same"), ROWS)
def test_both_ways_of_writing_mean_the_same(traditional: str, same: str) -> None:
    assert understand(traditional) == understand(same)


@pytest.mark.parametrize("rules", [rules_zh, rules_kinds, rules_severity, rules_small_talk])
def test_no_rule_waits_for_a_character_that_it_never_sees(rules: object) -> None:
    text = Path(str(getattr(rules, "__file__", ""))).read_text(encoding="utf-8")
    assert {letter for letter in text if ord(letter) in SIMPLIFIED} == set()


def test_what_is_simplified_stays() -> None:
    assert all(ord(one) not in SIMPLIFIED for one in SIMPLIFIED.values())


@given(st.text(max_size=40))
def test_a_text_keeps_its_length_and_is_simplified_once(text: str) -> None:
    once = simplified(text)
    assert len(once) == len(text)
    assert simplified(once) == once
