"""Messages of our own writing, with what they are: the kind, and the sign of the polarity (? for any)."""

from store.tables.feedback import FeedbackKind

_TABLE = """
complaint | - | The kettle I bought is not working.
complaint | - | My parcel never arrived and nobody answers the phone.
complaint | - | I am still waiting for my order from two weeks ago
complaint | - | Why was my card charged twice?
complaint | - | You overcharged me for the jasmine tea.
complaint | - | I want a refund.
complaint | - | The lid was broken when I opened the box
complaint | - | No response to my three emails. Unacceptable.
complaint | - | You took money from my account again
complaint | - | stop charging me for a plan I cancelled
complaint | - | The waiter was rude and the soup was cold, terrible evening.
complaint | - | worst service ever
complaint | - | This app keeps crashing every time I pay
complaint | - | I can't log in since the update, it says error
complaint | - | Wrong item in the box, I ordered the green one
complaint | - | My order still hasn't been delivered
complaint | - | It doesnt work
complaint | - | why is my refund not showing up
complaint | - | There is a charge on my account that I did not make
complaint | - | Someone used my card, please block it
complaint | - | I'd like to file a complaint
complaint | - | Been waiting on hold for 50 minutes
complaint | - | The delivery was three days late and the cake was ruined
complaint | - | 1 star. Never again.
complaint | - | 2/10 would not recommend
complaint | - | 😡😡😡
complaint | - | What a waste of money
complaint | - | Not happy with the repair at all
complaint | - | The till declined my payment but the money is gone
complaint | - | I do not understand why I was charged a fee
complaint | - | the teapot leaks
complaint | - | your driver hung up on me
opt_out | - | I unsubscribed last month and I still get your emails, this is ridiculous
complaint | - | The room was dirty and smelled of smoke.
complaint | - | Very disappointed, the shirt fell apart after one wash
complaint | - | Nice place, but the service was awful
complaint | - | I've been trying to reach you for days, no answer
complaint | - | You said Monday. It is Thursday. Nothing came. Unbelievable, I'm furious
complaint | - | Hi, my order is late
complaint | - | No, it is not solved
complaint | - | Where is my refund?
complaint | - | 茶壶坏了
complaint | - | 我的快递还没收到，已经两个星期了
complaint | - | 你们多收了我的钱
complaint | - | 我要退款
complaint | - | 客服态度太差了
complaint | - | 打了三次电话都没人接
complaint | - | 质量很差，用了一天就坏了
complaint | - | 一直没人回复我，太失望了
complaint | - | 为什么扣了我两次钱？
complaint | - | 东西发错了，我要的是红色
complaint | - | 垃圾，再也不会来了
complaint | - | 等了一个小时还没上菜
complaint | - | 我要投诉你们的司机
complaint | - | 不好用，不推荐
complaint | - | 杯子是破的，包装也很烂
complaint | - | APP打不开了
complaint | - | 茶葉發霉了，我要退錢
complaint | - | 味道不好，不新鲜
complaint | - | 服务不错，但是东西太差了
praise | + | I love this place!
praise | + | Great service, thank you so much
praise | + | The staff were friendly and helpful.
praise | + | Best tea I have ever had
praise | + | Works perfectly, very happy with it
praise | + | Thanks for the quick help!
praise | + | 5 stars
praise | + | 10/10, will come again
praise | + | 👍👍
praise | + | ❤️
praise | + | Mei solved my problem quickly, wonderful!
praise | + | Not bad at all, I enjoyed it
praise | + | No complaints, everything was perfect
praise | + | never been so happy with a delivery
praise | + | Can't wait to come back
praise | + | really good value and fast shipping
small_talk | ? | thanks
praise | + | You guys are awesome :)
praise | + | The new menu is delicious
praise | + | I highly recommend the oolong
praise | + | Delivery was slow but the tea is wonderful, I love it
praise | + | Thanks, the problem is solved
praise | + | Everything works now, no more problems
praise | + | Good
praise | + | 很好喝，下次还会来
praise | + | 服务态度非常好，点赞
praise | + | 谢谢你们，问题解决了
praise | + | 不错，很喜欢
praise | + | 物流很快，包装也很好
praise | + | 五星好评
praise | + | 没有任何问题，很满意
praise | + | 太棒了！
praise | + | 味道不错，价格也实惠
praise | + | 客服很耐心，感谢
praise | + | 質量很好，非常滿意
suggestion | ? | It would be nice if you opened earlier on Sundays
suggestion | ? | You should add oat milk to the menu
suggestion | ? | I suggest a bigger sign at the door
suggestion | ? | Could you add dark mode to the app?
suggestion | ? | Please add more vegetarian dishes
suggestion | ? | I wish you had a shop in Leeds
suggestion | ? | Maybe you could offer smaller boxes
suggestion | ? | Why don't you offer gift cards?
suggestion | ? | 建议你们周日早点开门
suggestion | ? | 希望能增加外卖服务
suggestion | ? | 要是有小份装就好了
suggestion | ? | 能不能增加微信支付？
question | ? | What are your opening hours?
question | ? | How much is the gift box?
question | ? | Do you ship to Spain?
question | ? | Can I pay with cash?
question | ? | Where is the nearest shop?
question | ? | What is your refund policy?
question | ? | Will I be charged for delivery?
question | ? | how do i change my address
question | ? | Is the shop open on Monday?
question | ? | I would like to know when the next tasting is
question | ? | Are there any fees for a second card?
question | ? | Could you please help me with my booking?
question | ? | Do you have good tea for a cold?
question | ? | When will my order arrive?
question | ? | Can I return an opened box?
question | ? | Is there a problem with my account?
question | ? | Where is my order?
question | ? | How do I get a refund?
question | ? | Do you sell broken tea leaves?
question | ? | Is it safe to leave the kettle on?
question | ? | 可以退货吗？
question | ? | 怎么退货
question | ? | 你们几点开门？
question | ? | 这个多少钱
question | ? | 请问可以寄到上海吗
question | ? | 怎么修改地址？
question | ? | 有没有无糖的茶
question | ? | 什么时候发货？
person_request | ? | Let me talk to a person
person_request | ? | I want to speak to a human please
person_request | ? | can I talk to someone
person_request | ? | Connect me with an agent
person_request | ? | real person please
person_request | ? | human
person_request | ? | I would like to speak with your manager
person_request | ? | 转人工
person_request | ? | 人工客服
person_request | ? | 我想找你们经理
person_request | ? | 我要和真人说话
opt_out | ? | stop
opt_out | ? | STOP
opt_out | ? | Stop!
opt_out | ? | unsubscribe
opt_out | ? | Please unsubscribe me
opt_out | ? | stop sending me messages
opt_out | ? | Stop texting me
opt_out | ? | remove me from your list
opt_out | ? | Don't message me again
opt_out | ? | No more emails please
opt_out | ? | I don't want to receive your newsletters anymore
opt_out | ? | how do I unsubscribe?
opt_out | ? | 退订
opt_out | ? | TD
opt_out | ? | 不要再给我发消息了
opt_out | ? | 别发了
opt_out | ? | 取消订阅
greeting | 0 | hi
greeting | 0 | Hello!
greeting | 0 | Good morning
greeting | 0 | hey there
greeting | 0 | Hi, how are you?
greeting | 0 | 你好
greeting | 0 | 您好，在吗
greeting | 0 | 早上好
other | 0 | I am at the station
other | 0 | My order number is 5521
other | 0 | the blue one
other | 0 | My name is Ana Lopez
small_talk | 0 | no thanks
other | 0 | cancel my order please
small_talk | 0 | OK
small_talk | 0 | yes
other | 0 | tomorrow at six
other | 0 | We stopped by the shop on Tuesday
other | 0 | don't stop
complaint | - | I'm going to sue you
complaint | - | I will see you in court
complaint | - | the tea was cold
complaint | - | my soup arrived lukewarm
complaint | - | great, just great. another broken cup.
complaint | - | thanks for nothing
complaint | - | 物流信息五天没更新了
complaint | - | 客服态度真好，就是快递太慢了
complaint | - | 再不退钱我就起诉你们
praise | + | I adore this shop
praise | + | Nothing short of magnificent
praise | + | Thanks for the quick delivery, great tea
opt_out | ? | Stop sending me broken parcels!
small_talk | ? | thank you mei!
small_talk | ? | thx
small_talk | ? | ok thanks bye
small_talk | ? | 谢谢
small_talk | ? | 好的，谢谢您
small_talk | ? | never mind
small_talk | ? | no worries
small_talk | ? | lol
small_talk | ? | 哈哈哈
small_talk | 0 | merry christmas
small_talk | 0 | 新年快乐
small_talk | 0 | 5
small_talk | 0 | no
small_talk | 0 | goodbye
small_talk | 0 | 再见
other | ? | 还行吧
other | ? | it's fine i guess
other | ? | 呵呵
other | ? | 一般般
other | - | 2 stars
other | 0 | wher is my ordr
question | ? | lol what?
question | ? | are you a robot?
other | 0 | 我在门口
small_talk | 0 | 好的
other | 0 | 我的订单号是5521
other | 0 | 明天下午三点
"""

SAMPLES: tuple[tuple[FeedbackKind, str, str], ...] = tuple(
    (FeedbackKind(kind.strip()), sign.strip(), text.strip())
    for kind, sign, text in (row.split("|", 2) for row in _TABLE.strip().splitlines())
)
"""(kind, sign, text) of each message."""
