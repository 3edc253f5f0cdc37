"""A story in Chinese, from the first word to the last; staff read it in the company's language."""

import json

from sqlalchemy import select

from store.tables.complaints import Complaint, ComplaintState
from tests.e2e.stage import Stage, complaint_id, reference_in

COMPLAINT = "包裹一直没收到，客服电话也没人接，太让人失望了！"


async def test_a_complaint_in_chinese_from_the_first_word_to_the_last(fresh_stage: Stage) -> None:
    stage, staff = fresh_stage, fresh_stage.staff
    mei, xiaoli = stage.botapi.user("Mei"), stage.botapi.user("小丽", language_code="zh-hans")
    await stage.joins(mei)
    xiaoli.says("/start")
    await xiaoli.hears("小丽，您好！这里是Lantern Tea。")
    xiaoli.says(COMPLAINT)
    answer = (await xiaoli.hears("非常抱歉")).text
    reference = reference_in(answer)
    assert f"您的投诉编号是 {reference}，Mei会在" in answer
    assert "（伦敦时间）前在这里回复您" in answer
    alert = await staff.hears(reference)
    assert f"小丽 · new customer\n“{COMPLAINT}”" in alert.text
    assert "Sentiment: very negative" in alert.text

    mei.taps("Take it", group=staff)
    await staff.sees_edit("Mei has it")
    mei.says("真对不起，今天补发。", group=staff, reply_to=alert.message_id)
    assert (await xiaoli.hears("补发")).text == "Lantern Tea Mei：真对不起，今天补发。"
    xiaoli.says("/status")
    assert f"{reference}“{COMPLAINT}”：Mei正在处理" in (await xiaoli.hears()).text

    mei.taps("Resolved", group=staff, message_id=alert.message_id)
    await staff.hears(f"What did {reference} come from?")
    mei.taps("Delivery", group=staff)
    await staff.reads("What was done about it?")
    mei.taps("Replaced", group=staff)
    asked = await xiaoli.hears(f"{reference} 已经解决了。是这样吗？")
    assert [label for label, _ in asked.buttons] == ["是的，解决了", "还没有"]
    xiaoli.taps("还没有")
    await xiaoli.hears(f"{reference} 已重新打开")
    xiaoli.says("还是没有收到")
    await xiaoli.hears(f"我已把这条内容加到 {reference}")
    await staff.hears("还是没有收到")
    mei.taps(f"resolve:{complaint_id(reference)}", group=staff)
    await staff.reads(f"What did {reference} come from?")
    mei.taps("Delivery", group=staff)
    await staff.reads("What was done about it?")
    mei.taps("Refunded", group=staff)
    await xiaoli.hears("已经解决了。是这样吗？")
    xiaoli.taps("是的，解决了")
    await xiaoli.hears(f"太好了！{reference} 已结案。您觉得我们处理得怎么样？")
    xiaoli.taps("4 ★")
    await xiaoli.hears("★★★★☆ 谢谢您的评分！")
    assert stage.column(select(Complaint.state)) == [ComplaintState.CONFIRMED]
    xiaoli.says("/mydata")
    document = (await xiaoli.hears("这是我们保存的关于您的全部信息。")).document
    assert document is not None
    assert json.loads(document[1])["complaints"][0]["text"] == COMPLAINT
    assert all(_speaks_chinese(shown.text) for shown in stage.sent(xiaoli))


def _speaks_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
