"""Short messages of our own: anger, wishes, threats, typos, names, slang. See ``checklist`` for the form."""

POLITE_ANGER = """
- | I am sorry to say that this was the most disappointing stay we have had
- | With all due respect, this is unacceptable
- | I expected better from you
- | Dear team, I am very unhappy about how this was handled
- | I would appreciate it if someone finally answered me, I have been waiting for two weeks
- | Thank you for ruining our evening
- | I regret to inform you that the product is defective
- | Frankly, I am appalled
- | Thanks for nothing
- | Kindly explain why I was billed twice
- | I must say I am rather disappointed
- | This is not the level of service we are used to
- | 很遗憾，这次体验让我很失望
- | 请问贵公司就是这样对待客户的吗，太让人失望了
- | 麻烦你们给个说法
- | 希望你们能解释一下为什么多收了钱
- | 真心失望
- | 不得不说，服务有待提高
"""

IRONY = """
- complaint | Great, another broken cup. Thanks a lot!
- complaint | Wonderful, my order is late again
- complaint | Nice, now it's lost. Great job!
- complaint | Well done, you lost my parcel again
- complaint | Brilliant, still waiting
- complaint | Thanks a lot for the broken lid
- complaint | Love how you charged me twice
- complaint | 真棒，又坏了
- complaint | 太好了，又迟到了
- complaint | 谢谢你们又发错了
+ praise | Great, thanks! It works again
+ praise | Great, I will order another cup
+ praise | I love how quick you are
+ | Thanks, the broken lid is fixed now
"""

MILD = """
other - | Hi, could be better
other - | Hello, it could be better
other - | The service could be better
other - | It could have been better
other | 你好，可以更好
other | 可以更好
other | 有待提高
+ praise | arrived on time
+ praise | The parcel arrived on time
+ praise | 准时到了
- complaint | It did not arrive on time
- complaint | never on time
- complaint | 没有按时送到
"""

OPT_OUT = """
opt_out | Please stop writing to me
opt_out | unsubscribe please
opt_out | Take me off your list
opt_out | no more messages
opt_out | Stop sending me offers
opt_out | don't text me anymore
opt_out | STOP
opt_out | opt out
opt_out | 退订
opt_out | 别再给我发短信了
opt_out | 不要发广告了
opt_out | 请取消订阅
opt_out | please stop texting
opt_out | STOP. I have moved away
opt_out | The soup was cold. Unsubscribe
opt_out | 取消訂閱
opt_out | 不要再給我發訊息
opt_out | 回复TD
opt_out | niente più messaggi
opt_out | Abmeldung
"""

PERSON = """
person_request | I want to talk to a human
person_request | Can I speak with a manager?
person_request | agent please
person_request | Put me through to a real person
person_request | let me speak to someone
person_request | 找人工
person_request | 我要找你们经理
person_request | 请转人工客服
"""

SUGGESTION = """
suggestion | You should offer a student discount
suggestion | It would be great if you had longer opening hours
suggestion | Please add a vegan option
suggestion | Maybe you could send a reminder the day before
suggestion | I suggest putting a bench outside
suggestion | 建议增加自助结账
suggestion | 希望你们能延长营业时间
suggestion | 要是有儿童座椅就好了
"""

SMALL_TALK = """
greeting | Hi there
greeting | good afternoon
greeting | 早上好
greeting | 在吗
small_talk | thank you
small_talk | ok
small_talk | never mind
small_talk | 谢谢啦
small_talk | 好的
small_talk | haha
small_talk | bye
small_talk | 新年快乐
"""

SEVERITY = """
!money_lost | I want my money back!
!money_lost | 我要退钱
!safety - | The charger caught fire last night
!safety | I got an electric shock from your lamp
!safety - | My daughter burned her hand on the handle
!safety | We all got food poisoning after your dinner
!safety | I found glass in my salad
!safety | She had an allergic reaction to your cream
!safety | There is smoke coming out of the heater
!safety | 充电器冒烟了
!safety | 吃完拉肚子，进了医院
!safety | 孩子被划伤了
!safety | 沙拉里有玻璃渣
!safety | I'm allergic to nuts and there were nuts in it
!safety | your soup made me sick
!safety | I almost fainted from the smell
~safety | I am allergic to nuts, which cakes can I eat?
~safety | there was a faint smell of roses
!legal - | I will sue you
!legal | You will hear from my lawyer
!legal | I am reporting you to trading standards
!legal | See you in court
!legal | I am going to the police
!legal | This is against the law
!legal | 我要起诉你们
!legal | 再不处理我就打12315
!legal | 我已经找律师了
!legal | 我要报警
!money_lost | You charged me twice
!money_lost | 300 euros are gone from my account, where is my money
!money_lost | I never got my refund
!money_lost | There is a payment that I did not make
!money_lost | someone stole my card and used it
!money_lost | 被盗刷了两千块
!money_lost | 你们多扣了我的钱
!money_lost | 退款还没到
!money_lost | you owe me 50 euros
~money_lost | You owe me an apology
!leaving | I am cancelling my subscription
!leaving | I will take my business elsewhere
!leaving - | Never again
!leaving | I am switching to another provider
!leaving | you have lost a customer
!leaving | 再也不来了
!leaving | 我要注销账号
!leaving | 以后不会买了
!asked_before | This is the third time I am writing
!asked_before | I already told you twice
!asked_before | I have called five times
!asked_before | again no answer to my last email
!asked_before | 我已经打了三次电话
!asked_before | 之前反映过，还是没人处理
!asked_before | 问了好几遍了
!discrimination | Your guard was racist to my husband
!discrimination | I was refused because I am disabled
!discrimination | They treated us badly because of our skin colour
!discrimination | 你们歧视外地人
!discrimination | 因为我是女的就看不起我
!distress | I don't want to live anymore
!distress | I am desperate, please help me
!distress | My baby is in hospital and I can't reach you
!distress | we are stranded at the airport at night
!distress | 我真的崩溃了
!distress | 活不下去了
!distress | 老人被困在电梯里
~safety ~legal ~distress + | Lovely tea, thank you
~safety | The chili was hot and tasty
~legal | The courtyard was pretty
~legal | 还行，订单 123456
~leaving + | I never want another bank again, you are the best
~money_lost + | You gave me my money back at once, thank you
~safety ~legal | 茶很好喝
~legal 0 | 我在法院旁边
"""

TYPOS = """
- | terible servise
- | I am so dissapointed
- | horible experiance
- | it dosnt work
- | wont turn on
- | realy bad quallity
- | worst custmer servise
- | unaceptable
- | brokn on arrival
- | the tea was discusting
+ | excelent service
+ | exellent food
+ | awsome work guys
+ | very freindly staff
+ | amazng place
+ | perfectt
+ | definately recommend
+ | thx great job
+ | luv it
+ | gr8 service
"""

NAMES = """
0 | My name is Joy
0 | I am Will
0 | Grace will pick it up on Monday
0 | Mark and Rose are coming
0 | This is Faith from room 12
0 question | Is Hope in the office today?
- | Grace was rude to me
- | Joy never called me back
+ | Will was very kind
+ | Rose did a great job
+ | Karim was great
- | Karim was rude
0 | 我叫王美丽
0 | 我是李开心
"""

SLANG = """
- | this sucks
- | what a rip off
- | total garbage
- | waste of money
- | wtf is this
- | meh, boring and overpriced
- | you guys are a joke
- | fed up with this
- | it's crap
- | ugh
+ | you guys rock
+ | this is fire, love it
+ | top notch
+ | two thumbs up
+ | spot on
+ | yummy
+ | a real gem
- | 坑爹
- | 什么破玩意
- | 智商税，垃圾
- | 无语了
+ | 给力
+ | 杠杠的
+ | 爱了爱了
"""

OTHER_LANGUAGES = """
- | La comida estaba fría y el servicio fue terrible
+ | Excelente servicio, muchas gracias
- | O produto chegou quebrado, péssimo
+ | Adorei, muito bom
- | Le colis est arrivé cassé, très déçu
+ | Très bon accueil, merci beaucoup
- | Das Paket kam kaputt an, sehr enttäuscht
+ | Sehr freundlich und schnell, danke
- | Il cibo era freddo e il servizio pessimo
+ | Tutto perfetto, grazie mille
- | खाना बहुत खराब था
+ | बहुत अच्छी सेवा, धन्यवाद
- | الخدمة سيئة جدا
+ | خدمة ممتازة شكرا
"""

SARCASM_RATED = """
1 - | Great job, thanks
1 - | Wonderful, just wonderful
1 - | Love waiting for two hours
2 - | Nice work
1 - | 真棒啊
1 - | 服务太好了
5 + | not bad
5 + | 还行
5 + | ok
5 + | It was sick
"""
