"""What the people of the benchmarks write: our own sentences, so varied that hardly two are equal."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A message: its text, and the language of the app it comes from."""

    language: str
    text: str


SAID = (
    ("en", "The {what} arrived {day} and it is lovely, thank you so much! {who} wants one too."),
    ("en", "I ordered a {what} {day} (order {order}) and I am still waiting. Nobody answers the phone."),
    ("en", "My {what} from {town} is broken, the lid does not close and it leaks everywhere. Order {order}."),
    ("en", "When does the shop in {town} open {day}?"),
    ("en", "Could you add a smaller {what} to the range? {order} grams is too much for {who} and me."),
    ("en", "Hello, this is {who} from {town}"),
    ("en", "I would like to talk to a person about order {order} please"),
    ("en", "ok, {day} then"),
    (
        "en",
        "The {what} is fine, nothing special, but delivery to {town} was quick and {who} was friendly.",
    ),
    (
        "en",
        "I want a refund for the {what}, order {order}. The second time this happens: a real disappointment.",
    ),
    ("en", "{who} was so patient with us in {town} {day}, please pass on our thanks"),
    ("en", "Wrong {what} in the parcel!! I asked for the blue one, number {order}. Very annoying."),
    ("en", "How long does a {what} take to {town}, and what does it cost to send?"),
    ("en", "The new {what} tastes flat compared with last year's. {who} thinks so as well."),
    ("en", "Do you still have the {what} with the number {order}?"),
    ("en", "Great service as always. The {what} was packed with such care that nothing moved on the way."),
    ("en", "I was charged twice for order {order}. Please look into it {day}."),
    ("en", "It would be nice if the shop in {town} stayed open a little longer {day}."),
    ("zh", "{day_zh}收到的{what_zh}很漂亮，{who_zh}也很喜欢，谢谢你们！"),
    ("zh", "{what_zh}坏了，订单{order}，打电话也没有人接，太失望了，我要退款。"),
    ("zh", "请问你们{day_zh}几点开门？"),
    ("zh", "希望能出一个小一点的{what_zh}，{who_zh}家里只有{people}个人。"),
    ("zh", "订单{order}已经等了{people}天了，还没有发货，怎么回事？"),
    ("zh", "{who_zh}的服务非常好，{what_zh}的味道也不错，下次还会再来。"),
)
WHAT = (
    "teapot",
    "kettle",
    "green tea",
    "gift box",
    "cup",
    "tin of oolong",
    "strainer",
    "tray",
    "jasmine tea",
)
WHAT_ZH = ("茶壶", "水壶", "绿茶", "礼盒", "茶杯", "乌龙茶", "滤网", "茶盘", "茉莉花茶")
DAYS = ("on Monday", "on Tuesday", "on Friday", "this morning", "last week", "on Sunday", "today")
DAYS_ZH = ("周一", "周二", "周五", "今天早上", "上周", "周日", "今天")
TOWNS = ("Leeds", "York", "Bath", "Dover", "Oxford", "Derby", "Truro", "Perth", "Ely", "Wells", "Ripon")
WHO = ("Ana", "Tom", "Priya", "Oscar", "Mei", "Joan", "Femi", "Lars", "Ivy", "Hugo", "Nadia", "Sam")
WHO_ZH = ("小王", "妈妈", "李姐", "老张", "陈先生", "小林")


def say(dice: random.Random) -> Said:
    """Compose a message."""
    language, text = dice.choice(SAID)
    return Said(
        language,
        text.format(
            what=dice.choice(WHAT),
            what_zh=dice.choice(WHAT_ZH),
            day=dice.choice(DAYS),
            day_zh=dice.choice(DAYS_ZH),
            town=dice.choice(TOWNS),
            who=dice.choice(WHO),
            who_zh=dice.choice(WHO_ZH),
            order=dice.randrange(10_000, 99_999),
            people=dice.randrange(2, 9),
        ),
    )
