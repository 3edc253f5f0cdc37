"""Words for customers: names, variables, times."""

from datetime import UTC, datetime

from customers.phrases import phrases
from scheduler.compose import local_time

EN, ZH = phrases("en"), phrases("zh")


def test_times_are_said_by_the_clock_of_the_place() -> None:
    moment = datetime(2027, 3, 1, 19, 0, tzinfo=UTC)
    assert local_time(moment, "Asia/Shanghai", EN) == "Tuesday 2 March 2027, 03:00 (China Standard Time)"
    assert local_time(moment, "Asia/Shanghai", ZH) == "2027年3月2日星期二 03:00 (中国标准时间)"
