"""Which words of a customer belong to which of their cases."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.repeats import parts_of
from feedback.same_matter import STILL_TELLING, Bond, Matter, bond, likeness, matter_of, orders_in
from feedback.understanding import understand

KETTLE = "The kettle you sent me leaks all over the kitchen table"
PARCEL = "My order 4711 never arrived, I am very disappointed"
CHINESE = "你们的快递太慢了，订单号是88123456，等了三个星期还没到"
WITHIN = timedelta(days=14)
texts = st.text(max_size=200) | st.sampled_from([KETTLE, PARCEL, CHINESE])


def about(text: str) -> Matter:
    return matter_of(text, lambda: parts_of(understand(text).aspects))


def bond_of(
    new: str, case: str, *, age: timedelta = timedelta(days=1), silence: timedelta = timedelta(hours=3)
) -> Bond:
    return bond(about(new), about(case), age=age, silence=silence, within=WITHIN)


def never_read() -> list[str]:
    pytest.fail("a text was understood once more")


@pytest.mark.parametrize(
    ("case", "new"),
    [
        (KETTLE, "Your driver was rude and shouted at my daughter"),
        (KETTLE, "My card was charged twice for the subscription, give me my money back"),
        (KETTLE, "The app crashes whenever I log in, horrible"),
        (PARCEL, "Order #9921 arrived broken"),
        (PARCEL, "My tea was stale and mouldy"),
        (CHINESE, "茶叶发霉了，根本不能喝，恶心"),
        (CHINESE, "订单99887766的杯子碎了，太过分了"),
    ],
)
def test_another_matter_is_another_case(case: str, new: str) -> None:
    assert bond_of(new, case) is Bond.NONE


@pytest.mark.parametrize(
    ("case", "new"),
    [
        (KETTLE, "The kettle is still leaking, terrible"),
        (KETTLE, "hello?? nobody answers me, terrible service"),
        (KETTLE, "I am still waiting for an answer!!"),
        (KETTLE, "any news?"),
        (KETTLE, "I want my money back, this is a scandal"),
        (KETTLE, "I demand a refund of my payment now"),
        (KETTLE, "Now it does not work at all any more, awful"),
        (PARCEL, "Order 4711: where is it? This is unacceptable"),
        (PARCEL, "The courier of order no. 4711 was rude to me and my whole family"),
        (CHINESE, "快递到现在还没到，太差了"),
        (CHINESE, "订单88123456到底什么时候到"),
        (CHINESE, "怎么还没人回复"),
        (CHINESE, "我要求退款，赔偿我的损失"),
    ],
)
def test_the_same_matter_stays_in_its_case(case: str, new: str) -> None:
    assert bond_of(new, case) is not Bond.NONE


def test_who_is_still_telling_is_not_cut_off() -> None:
    driver = "Your driver was rude and shouted at my daughter"

    assert bond_of(driver, KETTLE, silence=STILL_TELLING) is Bond.LOOSE
    assert bond_of(driver, KETTLE, silence=STILL_TELLING + timedelta(seconds=1)) is Bond.NONE
    assert bond_of("Order 9921 arrived broken", PARCEL, silence=timedelta(0)) is Bond.NONE


def test_an_old_case_is_joined_only_by_what_is_alike() -> None:
    late = WITHIN + timedelta(days=1)

    assert bond_of("The teapot and the saucers came with cracks", KETTLE, age=late) is Bond.NONE
    assert bond_of("The teapot and the saucers came with cracks", KETTLE, age=WITHIN) is Bond.LOOSE
    assert bond_of("It leaks all over my kitchen table, this kettle", KETTLE, age=late) is Bond.ALIKE


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("order 4711", {"4711"}),
        ("Order no. 4711 and order #4712", {"4711", "4712"}),
        ("invoice AB-10233", {"ab10233"}),
        ("订单号：88123456", {"88123456"}),
        ("tracking 00340434161094042557", {"00340434161094042557"}),
        ("as I said in C-1042", set()),
        ("I waited 3 weeks and paid 120 euros in 2026", set()),
        ("", set()),
    ],
)
def test_orders_are_found_and_other_numbers_are_none(text: str, orders: set[str]) -> None:
    assert orders_in(text.lower()) == orders


@pytest.mark.parametrize(
    ("case", "new", "silence"),
    [
        (PARCEL, "The courier of order no. 4711 was rude to me", timedelta(days=1)),
        (PARCEL, "Order #9921 arrived broken", timedelta(days=1)),
        (KETTLE, "The kettle still leaks all over the table", timedelta(days=1)),
        (KETTLE, "any news?", timedelta(days=1)),
        (KETTLE, "Your driver was rude and shouted at my daughter", STILL_TELLING),
    ],
)
def test_nothing_is_understood_anew_where_the_words_alone_tell(
    case: str, new: str, silence: timedelta
) -> None:
    said, before = matter_of(new, never_read), matter_of(case, never_read)

    found = bond(said, before, age=timedelta(days=1), silence=silence, within=WITHIN)

    assert found is bond_of(new, case, silence=silence)


@given(one=texts, other=texts)
def test_likeness_is_mutual_and_bounded(one: str, other: str) -> None:
    left, right = matter_of(one), matter_of(other)

    assert likeness(left, right) == likeness(right, left)
    assert 0 <= likeness(left, right) <= 1


@given(text=texts, age=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_same_words_are_the_same_matter_however_late(text: str, age: timedelta) -> None:
    said = matter_of(text)
    found = bond(said, said, age=age, silence=age, within=WITHIN)

    assert found is not Bond.NONE or (age > WITHIN and len(said.content) < 2)
