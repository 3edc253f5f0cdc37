"""How somebody says that we shall not write first any more: data, no logic.

English in the pattern language of ``feedback.matching``, Chinese as regular expressions; what the other
languages say is in their own tables (``feedback.tongue``).
"""

from feedback.matching import either, listed, patterns

OPT_OUT_ALONE = either("""
    stop|stopall|stop all|stop it|please stop|stop please|stop messages|end|quit|cancel|optout|opt out
    opt me out|no more|no more messages|remove me|td|t|退订|请退订|我要退订|退订谢谢|取消订阅|停止|退出|拒收
    unsubscribe|unsubscribe me|unsubscribe please|please unsubscribe|不要再发了|别发了|别再发了
    stop spamming|leave me alone|leave us alone|do not disturb|do not disturb me|do not bother me
    do not message me|do not message us|do not text me|do not text us|do not write me|do not write to me
    do not contact me|do not contact us|do not email me|do not email us|do not spam me
    cancel subscription|cancel my subscription|cancel the subscription
    stop sms|stop text|stop texts|stop texting|stop texting me|stop messaging|stop message|stop emails
    stop email|stop emailing|stop mail|stop mails|stop mailing|stop writing|stop contacting|stop spam
    stop ads|stop advertising|stop marketing|stop notifications|stop this spam|end messages|end sms
    take me off|i want out|enough messages|enough texts|enough emails|enough spam|end subscription
    end my subscription|delete my number|remove my number|please delete my number|i do not want these
    i do not want to receive these|i do not want these any more|stop it already
    i already unsubscribed|i have already unsubscribed|already unsubscribed|i have unsubscribed
    我已经退订了|已经退订了|我已退订|我已经取消订阅了
    stop messages now|no more sms|no more spam|no more texts|no more marketing
    停|停止发送|停止推送|不要再发|不要再给我发|别再给我发|别再联系我了|不要再联系我|别联系我
    请勿打扰|勿扰|拉黑|别再打扰|不要打扰|不要再打扰|别再传了|不要再传了|停止打扰|停止骚扰
    拒绝接收|拒绝推送|拒绝打扰|拒绝骚扰|拒绝广告|拒绝短信|拒绝推销|回复td|回td|回复t|回t|取消关注|移除我
    td退订|回复td退订|退订回td
""")
"""Whole messages."""
OPT_OUT_SOME_ALONE = either("stop events|stop all events|no more events|no more event invitations")
"""Whole messages, too, that name what shall end."""

ONLY_ALONE = either("""
    end|quit|cancel|stop it|stop it already|t|td|退出|cancelar|sair|remover|parar|الغاء|abbestellen|austragen
    fermare
""")
"""Of these, what beside other words means something else: Cancel. My order never came."""
IN_DOUBT = either("""
    stop|please stop|stop please|no more|停|停止|stopp|stopp bitte|schluss|aufhoren|bitte aufhoren
    hort auf|hort auf damit|horen sie auf|genug|alto|baja|pare|parem|parem com isso|chega|no mas|arret
    arreter|arretez|arretez ca|basta|ferma|smettetela|smettila|كفي|توقف|توقفوا|ايقاف|قف|وقف|اوقف|اوقفوا|बंद
    बंद करो|बंद करें|बंद कीजिए|रोकें|रोको|स्टॉप
""")
"""Of these, what may be called out at anything ("Stop! The parcel is here"): it counts as a sentence of its
own, but before an exclamation mark only where the rest complains."""
CALLS = either("stop|stopp|basta|alto|arret|baja|停|停止|توقف|स्टॉप")
"""Of those, what counts between commas, too: as the last word, and in a complaint as the first."""
POLITE = listed("""
    please pls plz just now can could will would kindly ok okay
    thanks thank you thx bitte danke vielen dank por favor gracias obrigado obrigada
    merci svp stp s il te vous plait grazie per favore prego 请 谢谢 谢谢你们 谢谢了 拜托 شكرا رجاء من فضلك
""")
"""Words before or after such a message that change nothing of it."""
POLITE_WRITTEN_ON = (
    r"^(?:请|麻烦你?们?|拜托你?们?|求求?你?们?|谢谢|कृपया|प्लीज)+"
    r"|(?:谢谢你?们?|吧|啊|啦|哦|呀|好吗|धन्यवाद|प्लीज|कृपया)+$"
)
"""The same where words are not parted, or where Python parts a word at the signs of its vowels."""
RATING = (
    r"\d{1,2}(?:\.\d)?\s?(?:/|out of)\s?(?:5|10)(?!\d)|[★⭐]+|[0-5零一二两三四五]\s?颗?星"
    r"|\b(?:[0-5](?:\.\d)?|zero|one|two|three|four|five|eine?n?|zwei|drei|un[eao]?|uma|deux|trois|doi?s|due|tres?|duas)"
    r"\s(?:stars?|sterne?n?|etoiles?|estrellas?|estrelas?|stell[ae])\b"
    r"|(?:एक|दो|तीन|1|2|3)\s?(?:स्टार|तारा|सितारा)|نجمه\sواحده|نجمتان"
)
"""A rating is no word of a stop: "stop 1/5", "1 star. unsubscribe"; as ``tongues.alike`` leaves a text."""

OPT_OUT = patterns(
    """
    unsubscribe ~1 me|please|now|from|my|this
    how|want|wish|like|please|to|and|will|can|must|let ~3 unsubscribe
    opt me|out ~1 out|of|from|please|now
    opt out
    stop|quit ~1 messaging|texting|contacting|emailing|spamming|writing|bothering|mailing ~1 me|us|please
    stop|quit ~1 bugging|pestering|harassing|annoying me|us
    please stop texting|messaging|emailing|spamming|mailing|contacting
    stop texting|messaging|emailing|spamming ~1 every|all|so|these|this|immediately|now|already
    stop|quit sending ~1 me|us|these|messages|emails|texts|ads|offers|promotions|spam|newsletters
    stop|end|cancel ~2 messages|texts|emails|newsletter ~1 please|now
    stop|end|cancel ~2 newsletters|notifications|subscription ~1 please|now
    stop|quit spamming
    stop offers|promotions|newsletters|surveys|questionnaires|invitations|invites|greetings
    do not|never ~1 message|text|contact|email ~2 me|us ~1 about|with ~3 offers|promotions|events|surveys
    do not|never ~1 bother|spam ~2 me|us ~1 about|with ~3 offers|promotions|events|surveys|newsletters
    stop|end the|these|all|your messages|texts|emails|notifications|spam|ads|offers|promotions|sms
    stop the|these|all|your invitations|invites|surveys|greetings|questionnaires
    remove|take|delete me ~1 from|off ~3 list|lists
    remove|take|delete ~2 my number|email|name ~1 from|off
    do not|never ~1 message|text|contact|email ~1 me|us ~2 again|anymore|any|please|more|ever
    do not|never ~1 write|mail|spam ~1 me|us ~2 again|anymore|any|please|more|ever
    do not|never ever write|text|message|contact ~1 me|us
    do not|never ~1 send|want ~2 me|any|these|your|more ~3 messages|texts|emails|ads
    do not|never ~1 send|want ~2 me|any|these|your|more ~3 offers|newsletters|anything
    do not|never ~1 send|want ~2 me|any|these|your|more ~3 invitations|invites|surveys|greetings
    do not|never send me ~3 wishes
    no more messages|texts|emails|ads|offers|promotions|newsletters
    no more ~1 invitations|invites|surveys|greetings
    do not want|wish to ~1 receive|get|hear ~3 messages|texts|emails|ads|offers
    do not want|wish to ~1 receive|get|hear ~3 newsletters|from|you|anymore
    do not want|wish to ~1 receive|get|hear ~3 invitations|invites|surveys|greetings|promotions
    """
)
STILL_COMES = patterns(
    """
    already|i|have|did unsubscribed
    unsubscribed ~6 still|again|but
    do|does|did not ~2 stop|unsubscribe|cancel|end
    never stop|unsubscribe
    warum|wieso|weshalb ~1 schreiben|schreibt|schicken|schickt|senden|kontaktieren|kontaktiert
    not unsubscribe
    subscribe|sign me|up
    """
)
"""With one of these the words above are no opt-out: "don't stop", "I have unsubscribed"."""
STILL_WRITTEN_TO = (
    r"\bunsubscribed\b[^.!?\n]{0,60}\b(?:still|keep|keeps)\b"
    r"|(?:退订|取消订阅)了?[^。!?\n]{0,8}(?:还|又|一直)(?:在|给|是|一直)?(?:给我|对我)?(?:发|收到|推送|骚扰|打扰)"
)
"""A stop that was not kept, by whomever: it is one again, and a complaint."""

_NO = "(?:别|不要|请勿|停止|勿)"
_SENT = "消息|信息|讯息|简讯|短信|邮件|电邮|电子报|广告|推销|营销|推送"
_NAMED = "优惠|促销|邀请|祝福|问候|问卷|调查|节日|活动"
OPT_OUT_ZH = (
    r"取消订阅|退订",
    rf"{_NO}再?(?:给我)?(?:发|推送|发送|打扰)(?:了|我|任何|这|{_SENT})",
    rf"{_NO}再?(?:给我)?(?:传|传送|寄|寄送)(?:给我)?(?:任何|这些|{_SENT})",
    rf"不(?:想|要|愿)再?(?:收到|接收|看到)(?:你们|这|任何|的|{_SENT})",
    rf"拒绝再?(?:接收|收到?|看到)(?:你们|贵公司|任何|所有|一切|此类|这类|这些|这种|的)*(?:{_SENT}|{_NAMED})",
    rf"{_NO}再?(?:给我)?(?:发|推送|发送)(?:{_NAMED})",
    rf"不(?:想|要|愿)再?(?:收到|接收|看到)(?:{_NAMED})",
    rf"不(?:需|想)?要再?(?:这些|这种|此类|你们的?|任何)(?:{_SENT})|拒收(?:{_SENT})",
    rf"不(?:需|想)?要再?(?:优惠券?|优惠信息|促销|邀请函?|祝福|问候|问卷|调查|{_SENT})了",
    r"(?:别|不要|请勿)再?(?:给我)?回访|(?:别|不要|请勿)再邀请我",
    r"(?:别|不要|请勿|勿)再?来?(?:联系|联络|骚扰|打扰|烦)我|请勿打扰|(?:别|不要)再(?:打扰|骚扰)(?=$|\W)",
    r"(?:(?:别|不要|请勿|勿)(?:再给我|再|给我)(?:发送?|推送)|停止(?:发送?|推送))(?=$|\W)",
    r"(?:把|将)我[^，。,]{0,8}(?:名单|列表|群发)[^，。,]{0,6}(?:删|移|去)|(?:把|将)我(?:移出|移除|删出)",
)
STILL_COMES_ZH = (
    r"(?:已经|都|早就)[^，。]{0,4}(?:退订|取消)|退订了[^，。]{0,6}还|(?:不|别)(?:要|想)?(?:退订|取消订阅)|订单",
    # What is booked is called off with the same word.
    r"(?:退订|取消订)[^，。,]{0,8}(?:房|酒店|宾馆|民宿|机票|车票|门票|航班|座|餐|桌|课|行程)",
)
