"""How small talk shows: data, no logic. Regular expressions for whole messages, brought to ``plain`` form.

None repeats what can be read in several ways (``(?:a+)+``): customers could make us search for ever.
"""

OK = (
    "ok|okay|okey|k|kk|alright|all right|right|fine|cool|great|good|perfect|nice|sure|yes|got it"
    "|understood|noted|i see|will do|done"
)
OK_ZH = "好的|好滴|好吧|好嘞|好|行|行吧|可以|知道了|明白了?|了解|收到|嗯|哦|噢|ok"
THANKED = (
    "thanks|thank you|thank u|thankyou|many thanks|cheers|much appreciated|appreciate it|ty|tysm"
    "|danke|danke (?:schon|sehr)|dankeschon|(?:vielen|besten) dank|gracias|(?:muchas|mil) gracias"
    "|merci|merci (?:beaucoup|bien)|obrigad[oa]|muito obrigad[oa]|grazie|grazie mille|(?:molte|mille) grazie"
    "|شكرا|شكرا (?:جزيلا|لك|لكم)"
)
BYE = (
    "bye|bye bye|goodbye|see you|see you (?:later|soon|tomorrow|then)|later|take care|good night"
    "|have a (?:nice|good|great|lovely) (?:day|evening|night|weekend|one)"
)
FOR = (
    "for (?:all )?(?:the|your)? ?"
    "(?:help|everything|info|information|update|reply|answer|time|patience|support)"
)
NO_NAME = "nothing|but|not|still|never|again|anyway|however|broken|late"

THANKS = (
    rf"(?:(?:{OK}|oh|ah|no|hi|hello|hey) )*(?:{THANKED})"
    r"(?: (?:so much|very much|a lot|a million|a bunch|again|all|guys|everyone|team|you|dear|in advance"
    rf"|{FOR}|and|{BYE}|{OK}))*"
    rf"(?: (?!(?:{NO_NAME})$)[a-z]{{2,12}})?"
    r"|(?:(?:好的?|嗯|哦|ok|行|知道了|收到|没事了?|真的|太|非常|十分|多|再次) ?)*"
    r"(?:谢谢|谢了|多谢|感谢|谢谢啦|辛苦了|麻烦了|麻烦你了|麻烦您了|3q)+"
    r"(?:你们|您|你|大家|啦|了|哈|呀|哦|啊|亲|老板|客服|再见|拜拜|辛苦了)*"
)
"""Thanks, with a name at most."""

GOODBYE = (
    rf"(?:(?:{OK}) )*(?:{BYE})(?: (?:{BYE}|all|guys|everyone|then|now|team|for now|{THANKED}))*"
    r"|(?:好的?)?(?:再见|拜拜|拜|晚安|回见|回头见|明天见|下次见)+(?:啦|了|哈)?"
)

NEVER_MIND = (
    r"(?:(?:oh|ok|sorry|actually|no|ah) )*"
    r"(?:never mind|nevermind|nvm|forget it|forget about it|do not worry|no worries|do not worry about it"
    r"|it does not matter|all good|it fine|no problem|sorry|my bad|no need)"
    r"(?: (?:then|thanks|it|all good|sorry))*"
    r"|(?:哦|嗯|那)?(?:没事|没事了|没关系|不用了|没什么|不客气|不好意思|抱歉|对不起|不必了|当我没说)(?:啦|了|谢谢)?"
)

ACKNOWLEDGED = (
    r"(?:ok|okay|okey|k|kk|alright|all right|got it|understood|noted|i see|will do|cool|sure|aha|ah|oh|hm+)"
    rf"(?: (?:{OK}|then|bye))*|(?:{OK_ZH})+"
)

YES_OR_NO = (
    r"(?:yes|no|yep|nope|yeah|nah|yup|maybe|perhaps|y|n)"
    r"(?: (?:please|yes|no|sure|thank you|thanks|that it|not really|ok))*"
    r"|(?:是的?|不是|对的?|不|没有|不用|不要|也许|可能)(?:了|吧|的|啊|谢谢)?|\d{1,2}"
)

LAUGHTER = (
    r"(?:ha|(?:ha|he)(?:ha|he)+h?|(?:lol|lmao|rofl|xd)+)"
    r"(?: (?:lol|haha\w*|nice|funny|ok|that funny|so funny|good one))*"
    r"|(?:[哈嘻嘿]|233|3)+"
)

WISHES = (
    r"(?:(?:a|very|to|wish|wishing|you|all|and|have|i|we|the|your|everyone|team|family|too|guys|dear) )*"
    r"(?:merry|happy|blessed) "
    r"(?:christmas|xmas|new year|easter|holidays|birthday|diwali|eid|hanukkah|thanksgiving|halloween|weekend"
    r"|friday|spring festival|chinese new year|lunar new year|valentines? day|mid autumn(?: festival)?)"
    r"(?: (?:merry|happy|christmas|new year|to|you|all|too|everyone|team|and|guys|the|your|family|dear|from"
    r"|me|us|\d{4}))*"
    r"|(?:season greetings|eid mubarak)(?: (?:to|you|all|everyone))*"
    r"|(?:祝|大家|你们|您|你|也|都)*(?:(?:新年|春节|新春|圣诞|圣诞节|中秋|中秋节|节日|元旦|国庆|生日)快乐|端午安康"
    r"|恭喜发财|万事如意|身体健康|周末愉快|生意兴隆|过年好)+(?:啊|呀|哦|啦)*"
)

_HELLO = "hi|hello|hey|hi there|hello there|dear team|dear all|good morning|good afternoon|good evening|there"
_HELLO_ZH = "你好|您好|哈喽|嗨|早上好|上午好|中午好|下午好|晚上好|大家好|亲"
LUKEWARM = (
    rf"(?:(?:{_HELLO}|it|i|its|was|is|guess|suppose|think|just|all|kind|of|kinda|well|meh|the|service|tea|food"
    r"|product|everything) )*"
    r"(?:fine|ok|okay|alright|average|so so|meh|not (?:too |so |that )?bad|nothing special|whatever|passable"
    r"|could (?:be|have been) (?:a (?:bit|little) )?(?:worse|better)|decent)"
    r"(?: (?:i|guess|suppose|think|it|was|is|nothing|special|enough|really|overall))*"
    rf"|(?:{_HELLO_ZH})*"
    r"(?:感觉|觉得|我|味道|服务|质量|也|就|都|算|只能说|总体|整体|你们|的)*"
    r"(?:还行|还可以|一般|一般般|马马虎虎|凑合|普普通通|过得去|中规中矩|呵呵|就那样|还凑合|将就"
    r"|(?:还|应该|其实)?(?:可以|能)(?:做得|变得|再)?(?:更好|好一点|好一些)|有待提高|有待改进|还?有进步空间)+"
    r"(?:吧|啦|呢|的|哦)*"
)
"""Neither praise nor blame."""

PUNCTUAL = (
    r"(?:(?:it|the|my|our|your|order|parcel|package|delivery|food|driver|courier|everything|all|was|were|is|has"
    r"|have|been|they|he|she|always|very|and|right|just|exactly|got|came|arrived|delivered|here|again) )*"
    r"(?:on time|in time|early|ahead of (?:time|schedule))"
    r"(?: (?:again|today|as promised|as always|thanks|thank you))*"
)
"""Whole messages that say that something came when it should."""

PRAISE_ALONE = frozenset(["fine", "great", "good", "perfect", "nice", "decent"])
"""No small talk where they stand alone, for all their brevity."""

SOLVED = (
    r"\b(?:solved|resolved|sorted(?: out)?|fixed)\b"
    r"|\b(?:it|everything|all) (?:is )?(?:works?|working) (?:now|again|fine)\b"
    r"|\b(?:it|issue|problem|that) (?:is )?all good now\b"
    r"|解决了|解决啦|搞定了|处理好了|修好了|没问题了|弄好了"
)
NOT_SOLVED = (
    r"\b(?:not|never|no|nothing|un\w+|until|when|if|hardly|how|who|can|could|please|want|need|must|should"
    r"|get|be|still|but|will)\b"
    r"|[没未不别]|还|怎么|什么时候|希望|请|尽快|赶紧|能|吗|但|要"
)
"""With one of these beside it, "solved" does not say that something is solved by now."""

_NATURE = "robot|bot|chatbot|machine|human|human being|person|real|ai|computer|program|automated|chatgpt"
ROBOT = (
    r"(?:hi |hello |wait |so |hey )*(?:are|r) (?:you|u|this|these) (?:just |really |even |all )?(?:a |an )?"
    rf"(?:real |live |actual )?(?:{_NATURE})(?: or (?:a |an )?\w+(?: \w+)?)?"
    r"|(?:am i|i am) (?:talking|speaking|chatting|writing) (?:to|with) (?:a |an )?(?:real |live )?"
    rf"(?:{_NATURE})(?: or (?:a |an )?\w+)?"
    rf"|is (?:this|that|it) (?:just )?(?:a |an )?(?:real |live )?(?:{_NATURE})(?: or (?:a |an )?\w+)?"
    r"|who are you|what are you"
    r"|(?:你好|请问)*(?:你|您|你们|这)(?:到底)?(?:是|是不是)(?:个|一个)?"
    r"(?:机器人|真人|人工智能|ai|人工|活人|机器|人|自动回复|谁)(?:还是(?:机器人|真人|人|机器|人工))?(?:吗|么|嘛|啊|吧|呢)?"
)
"""Whole messages that ask who or what answers here."""

COMPLAIN_ONLY = (
    r"(?:(?:hi|hello|hey) )*(?:i|we)? ?(?:would like|want|wish|need|have)? ?(?:to )?"
    r"(?:make|file|lodge|submit|raise|register)? ?(?:a |my )?(?:complain|complaint)"
    r"(?: (?:please|now|about something))*"
    r"|(?:你好)?(?:我|我们)?(?:要|想|想要|需要)?(?:投诉|提出投诉|举报)(?:你们|一下|您们)?(?:了|啊|呀)?"
)
"""Whole messages that announce a complaint without a word of what it is about."""
