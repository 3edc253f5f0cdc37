"""The parts of the service that customers speak of, and the words that name each; a company edits them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from feedback.words import words_of

OTHER = "other"
"""What an opinion is about that names none of them."""


@dataclass(frozen=True, eq=False)
class Taxonomy:
    """Which words name which part of the service.

    Attributes:
        parts: for each part, as it is called: its words, lower case; ``word*`` is any word
            that begins so. Several words ("customer service desk") and Chinese are looked for as they stand.
    """

    parts: Mapping[str, tuple[str, ...]]


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip().replace("_", " ") for word in words.split())


STANDARD = Taxonomy(
    {
        "delivery": _listed("""
            deliver* courier* driver* parcel* package packages packaging packaged shipping
            shipped shipment* ship
            arrive* arriving tracking dispatch* postman mailman carrier on_the_way box boxes
            快递 物流 配送 送货 发货 派送 包裹 送餐 骑手 外卖员 到货 包装 收货 运费 快件 司机
        """),
        "product": _listed("""
            product* item items quality material* kettle* teapot* tea coffee food meal* soup
            pizza dish dishes taste*
            flavour* flavor* cake* bread menu shirt* shoe* dress* size sizes fit fits colour*
            color* battery
            screen* device* machine* lid lids cup cups headset* book books sample* room rooms
            bed beds design fabric
            产品 商品 东西 质量 味道 口味 材质 尺寸 大小 颜色 手机 电池 屏幕 茶 咖啡 菜 饭 食物 衣服
            鞋 杯子 房间
            款式
            做工 效果 水果 货 面料 书
        """),
        "price": _listed("""
            price* pricing expensive cheap cheaper overpriced cost costs costly afford* value
            discount* voucher*
            coupon* deal deals bargain* money's_worth value_for_money worth_the_money
            价格 价钱 贵 便宜 性价比 优惠 折扣 实惠 划算 打折 降价 涨价 券
        """),
        "staff": _listed("""
            staff waiter* waitress* employee* manager* agent* cashier* receptionist* rude
            polite friendly unfriendly
            helpful unhelpful attitude* customer_service customer_support service
            representative* advisor* assistant*
            team colleague* support technician* nurse* barista* your_people
            客服 服务 态度 员工 店员 服务员 经理 老板 店家 商家 卖家 前台 师傅 工作人员 销售
        """),
        "billing": _listed("""
            bill bills billing billed charge charges charged charging_me invoice* payment* pay
            paid refund* fee fees
            transaction* transfer* debit* overcharged overcharge* money receipt* subscription*
            card cards withdraw*
            扣款 扣费 收费 账单 发票 退款 退钱 付款 支付 钱 手续费 转账 扣了 多收 银行卡 费用
        """),
        "app": _listed("""
            app apps website* site webpage* page pages login log_in logged sign_in password*
            account_page crash*
            update updates updated bug bugs buggy checkout online_shop interface screen_freezes
            loading error_message
            应用 网站 网页 页面 登录 登陆 密码 闪退 软件 程序 小程序 系统 更新 版本 app APP
        """),
        "waiting": _listed("""
            wait waited waiting waits queue* queued late delay* slow slowly hours ages on_hold
            hold response_time
            forever took_so_long minutes_late overdue still_nothing
            等 等待 排队 慢 迟 晚 延误 超时 催 太久 很久 拖
        """),
    }
)


@dataclass(frozen=True, eq=False)
class Index:
    """A taxonomy, ready to be looked up word by word.

    Attributes:
        words: the part of each word.
        beginnings: words that begin so, the longest first, and their parts.
        several: by their first word, several words that stand for a part together, the longest first.
        chinese: finds any Chinese word; None where there is none.
        chinese_parts: the part of each.
    """

    words: Mapping[str, str]
    beginnings: tuple[tuple[str, str], ...]
    several: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    chinese: re.Pattern[str] | None
    chinese_parts: Mapping[str, str]

    @cached_property
    def part_of(self) -> Callable[[str], str | None]:
        """Tells the part that a single word names; remembers some words."""
        any_beginning = tuple(beginning for beginning, _ in self.beginnings)

        def look_up(word: str) -> str | None:
            exact = self.words.get(word)
            if exact is not None or not word.startswith(any_beginning):
                return exact
            return next((part for beginning, part in self.beginnings if word.startswith(beginning)), None)

        return lru_cache(maxsize=WORDS_KEPT)(look_up)


@dataclass(slots=True)
class _InUse:
    taxonomy: Taxonomy = STANDARD


_in_use = _InUse()


def in_use() -> Taxonomy:
    """Give the parts of the service in this process: the standard ones, unless ``use`` gave others."""
    return _in_use.taxonomy


def use(taxonomy: Taxonomy) -> None:
    """Look for these parts of the service from now on, in this process."""
    _in_use.taxonomy = taxonomy


WORDS_KEPT = 4_096
INDEXES_KEPT = 64
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=INDEXES_KEPT)
def index_of(taxonomy: Taxonomy) -> Index:
    """Make a taxonomy ready; where two parts have the same word, the first one gets it."""
    rows = [(word, part) for part, words in reversed(list(taxonomy.parts.items())) for word in words]
    chinese = {word: part for word, part in rows if _CHINESE.search(word)}
    latin = [(word, part) for word, part in rows if word not in chinese]
    longest_first = sorted(chinese, key=len, reverse=True)
    beginnings = [(word[:-1], part) for word, part in latin if word.endswith("*")]
    several = {words_of(word): part for word, part in latin if " " in word or "'" in word}
    return Index(
        words={word: part for word, part in latin if not word.endswith("*") and " " not in word},
        several=_by_first(several),
        beginnings=tuple(sorted(beginnings, key=lambda row: -len(row[0]))),
        chinese=re.compile("|".join(map(re.escape, longest_first))) if chinese else None,
        chinese_parts=chinese,
    )


def _by_first(
    several: Mapping[tuple[str, ...], str],
) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Sort phrases by their first word, the longest first: "service desk" comes before "service"."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, part in several.items():
        found.setdefault(words[0], []).append((words, part))
    return {word: tuple(sorted(some, key=lambda one: -len(one[0]))) for word, some in found.items()}
