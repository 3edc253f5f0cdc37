"""Short messages of our own: negation, strength, signs, problems, praise. See ``checklist`` for the form."""

NEGATION = """
- | This is not good
- | The soup was not tasty at all
- | I am not happy with the sofa
- | I would not recommend this to anyone
- | The heater never worked
- | Nothing about this stay was pleasant
- | It isn't comfortable
- | There is nothing good about it
- | I don't like the new menu
- | They weren't helpful
- | Not worth it
- | No good
- | The jacket does not fit and I do not like it
- | I can't say I enjoyed it
- | not impressed
- | It was neither fresh nor warm, very disappointing
- | nobody was friendly
- | hardly any taste, poor
+ | Not bad at all, I liked it
+ | No problems so far, works great
+ | I have no complaints, lovely stay
+ | Nothing to complain about, great team
+ | It never fails, love it
+ | You can't go wrong with this, excellent
+ | never disappoints
+ | I could not be happier
+ | Without any hassle, very smooth
+ | couldn't have asked for a better evening
- | 一点都不好
- | 不满意
- | 我不喜欢这个颜色
- | 不值这个价
- | 没有想象中好
- | 不是很好用
- | 不会再来了
- | 从来没有这么失望过
+ | 没有任何毛病，很满意
+ | 不错，挺好的
+ | 没得说，很棒
+ | 一点也不贵，很值
"""

INTENSITY = """
+ | very good
+ | really really nice
+ | This is the best bakery in town
+ | absolutely wonderful evening
+ | sooooo good
+ | LOVE IT
+ | extremely satisfied with the repair
- | very bad
- | really awful
- | This is the worst taxi ever
- | absolutely horrible
- | sooooo bad
- | HATE IT
- | extremely dissatisfied with the repair
- | terrible, terrible, terrible
- | utterly useless
- | way too expensive
- | far too slow
- | so disappointed
- | The whole thing is a joke
+ | 非常好
+ | 特别满意
+ | 超级喜欢
+ | 太棒了
- | 非常差
- | 特别失望
- | 太烂了
- | 极差的体验
- | 差到极点，太差了
- | 烂透了
"""

SIGNS = """
+ | 😍
+ | 👍👍👍
+ | ❤️❤️
+ | the cake 😍😍
+ | arrived today 🎉
- | 😡
- | 👎
- | 🤬🤬
- | the cake 🤮
- | my order 😭💔
+ | :)
- | :(
+ | 10/10
+ | 9/10 from me
+ | 5 stars
+ | five stars
+ | 5 out of 5
- | 1/10
- | 2/10
- | 1 star
- | one star
- | zero stars
- | 0/5
- | 1 out of 5
+ | 五星
+ | 给五星好评
- | 一星
- | 差评
+ | 👍 谢谢
- | 👎 太慢
+ | 9/10 very tasty
- | 3/10 too salty
"""

PROBLEMS = """
complaint - | The dishwasher stopped working yesterday
complaint - | My order has not arrived
complaint - | I was charged twice for the same ticket
complaint - | Your app keeps freezing
complaint - | The zip broke after two days
complaint - | Half of the plates were smashed
complaint - | I received the wrong size
complaint - | Nobody replied to my email
complaint - | still waiting for my refund
complaint - | The courier left my parcel in the rain and it is ruined
complaint - | I cannot log in to my account
complaint - | The heating in our room did not work
complaint - | You sent me an expired voucher and nobody helps
complaint - | The invoice is wrong
complaint - | My card was declined for no reason
complaint - | The bread was mouldy
complaint - | There was a hair in my soup, disgusting
complaint - | The taxi never showed up
complaint - | Your website crashed while I was paying
complaint - | The strap is broken
complaint - | screen cracked after one week
complaint - | doesnt work
complaint - | Why has nobody called me back?
complaint - | Why is my parcel still not here?
complaint - | 洗衣机坏了
complaint - | 包裹还没到
complaint - | 重复扣款了
complaint - | 你们的软件总是闪退
complaint - | 拉链用两天就坏了
complaint - | 收到的尺码不对
complaint - | 没人回我邮件
complaint - | 退款还没到账
complaint - | 登录不了
complaint - | 面包发霉了
complaint - | 汤里有头发，恶心
complaint - | 司机一直没来
complaint - | 屏幕一周就裂了
complaint - | 客服不回消息
complaint - | 为什么还没发货？
complaint - | 发票开错了
"""

PRAISE = """
praise + | What a lovely team you have
praise + | The courier was so kind
praise + | Everything arrived in perfect shape, thank you
praise + | I love my new bag
praise + | Super fast delivery, great job
praise + | The dentist was gentle and friendly
praise + | Best noodles in the city
praise + | Really happy with the service
praise + | My kids adore it
praise + | Great value
praise + | Excellent work by your technician
praise + | The room was spotless and comfortable
praise + | Wonderful experience from start to finish
praise + | You made my day
praise + | highly recommended
praise + | works like a charm
praise + | fantastic support, quick and friendly
praise + | Beautiful colours and good quality
praise + | 服务太周到了
praise + | 送货超快，赞
praise + | 房间干净又舒服
praise + | 孩子很喜欢
praise + | 性价比高，推荐
praise + | 师傅很专业，态度好
praise + | 物美价廉
praise + | 味道很好，下次再来
praise + | 包装精美，很满意
praise + | 质量不错，值得购买
"""

NEUTRAL = """
0 | My order number is 88123
0 | I will come on Friday
0 | The meeting is at three
0 | We are two adults and one child
0 | It is the blue door on the left
0 | I live near the station
0 | hello
0 | Good evening
0 | see you tomorrow
0 | I ordered a chair and a table
0 | My flight lands at nine
0 | the one with the long sleeves
0 question | What time do you open?
0 question | Do you have this in green?
0 question | Where can I park?
0 question | How long is the warranty?
0 question | Is breakfast included?
0 | 我的订单号是88123
0 | 我周五过来
0 | 两个大人一个小孩
0 | 你好
0 | 蓝色的那个
0 | 我在地铁站旁边
0 question | 你们几点关门？
0 question | 有绿色的吗？
0 question | 停车场在哪里？
0 question | 保修多久？
"""

MIXED = """
- delivery- | The food is great but the courier was rude
product+ staff- | I love the food, but the waiter was rude
delivery- product+ | The tea is wonderful, but the delivery took forever and arrived late
app- staff+ | Your staff is friendly but the app crashes all the time
price- product+ | Delicious cake, but far too expensive
product- price+ | Cheap price but terrible quality
staff+ waiting- | The nurse was very kind although the waiting was awful
billing- staff+ | Friendly agent, however my card was charged twice
product- staff+ | The staff were lovely but the room was filthy
product+ delivery- | 东西很好，但是快递太慢了
staff- product+ | 味道不错，就是服务态度太差
price+ product- | 价格便宜，但是质量很差
delivery+ product- | 物流很快，可惜杯子是破的
staff+ billing- | 客服很耐心，但是退款还没到账
app- | 东西不错，但是APP总是闪退
"""
