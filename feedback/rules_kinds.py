"""How the kind of a message shows: data, no logic.

English in the pattern language of ``feedback.matching``, Chinese as regular expressions.
"""

from feedback.matching import listed, patterns

PERSON = patterns(
    """
    talk|speak|chat|talking|speaking|chatting ~3 person|human|agent|someone
    talk|speak|chat|talking|speaking|chatting ~3 somebody|representative|operator|rep
    talk|speak|chat|talking|speaking|chatting ~3 people|assistant|asistant|somebody|manager|supervisor
    talk|speak|chat|talking|speaking|chatting ~3 advisor|adviser|staff|employee|anyone|colleague
    talk|speak|chat ~3 customer|support|service|freephone|assistance ~1 service|support|team
    talk|speak|chat ~3 customer|support|service|freephone|assistance ~1 staff|desk|care
    call|contact|reach ~3 customer|support|service|freephone|assistance ~1 service|support|team
    call|contact|reach ~3 customer|support|service|freephone|assistance ~1 staff|desk|care
    contact|contacting|reach|reaching|call|calling ~2 human|agent|representative|operator|person|assistant
    contact|contacting|reach|reaching|call|calling ~2 rep|manager|supervisor|someone|somebody
    connect|transfer|put|pass|forward|escalate ~2 me|through|us|this ~3 person|human|agent|someone
    connect|transfer|put ~2 me|through|us|this ~3 representative|operator|manager|supervisor
    pass|forward|escalate ~2 me|through|us|this ~3 representative|operator|manager|supervisor
    connect me ~2 to|with
    real|live|actual|human person|human|agent|being|operator|representative
    real|live|actual|human support|people|assistant|staff|beings
    need|want|get|give ~2 human|agent|operator|representative
    need|want|like to ~1 speak|talk ~1 to|with
    call me ~1 back|please|now
    not ~3 bot|robot|machine|chatbot
    human please|now|agent
    agent please|now
    customer service|support|care ~1 number|phone|hotline|email|hours
    """
)
PERSON_ZH = (
    r"转(?:接)?(?:到|给)?(?:人工|真人|客服|人)",
    r"(?:人工|真人)(?:客服|服务|坐席|接听|回复)?",
    (
        r"(?:找|叫|让|和|跟|与|联系|接)(?:一下|个|你们|你们的|一个|一位)?(?:客服|经理|主管|负责人|"
        r"领导|老板|店长|真人|活人)(?:说|谈|聊|讲|联系|通话|来|$)?"
    ),
    r"(?:客服|你们)的?(?:电话|联系方式)(?:是)?(?:多少|什么|有)",
    r"(?:别|不要|不想)(?:再)?(?:和|跟)?(?:机器人)",
)
PERSON_ALONE = listed("human agent operator person representative 人工 客服 转人工 人工客服 真人")

SUGGESTION = patterns(
    """
    would|could|might be ~2 nice|great|good|better|helpful|cool ~1 if|to
    would|could|might be ~2 lovely|useful|awesome|wonderful|handy ~1 if|to
    would love|like it|to see|if
    would ~1 love|like to see
    i|we|may|would|my|can ~1 suggest|suggestion|suggestions|recommend ~2 you|to|that|adding|is|a|having
    suggestion ~4
    i suggest
    you|they|we ~2 should ~1 add|have|offer|make|consider|open|sell|put|let|allow
    you|they|we ~2 should ~1 try|bring|include|provide|get|do|use|also|think
    could|can you|also ~1 add|introduce
    should|could|can|please you|also add|introduce|consider ~2 a|an|more|some|the|adding|option|another
    please consider|add|bring|make|introduce
    why do not you|we
    do not you|we ~1 add|offer|make|have|open|sell|put|provide
    how|what about ~1 adding|offering|having|making|opening|a
    why not|do ~1 you|add|offer|make|have ~1 not|add|offer|have|make
    maybe|perhaps you|they|we ~1 could|should|can
    i|we wish you|there|it|the|they ~2 had|was|were|would|could|sold|offered|opened|made
    hope|hoping you|to ~1 see|add|will|bring|can|could|open|make|consider
    feature request
    idea ~1 for
    consider adding|offering|making|opening|a
    needs|need ~1 more options|option|choice|choices|parking|colours|colors|sizes|seats
    """
)
SUGGESTION_ZH = (
    r"建议(?!零售|零)",
    r"(?:如果|要是|若)[^。]{1,20}(?:就|会|更|那就)[^。]{0,4}(?:好|完美|方便)",
    r"希望(?:你们|贵|能|可以|以后|增加|改进|多|下次|商家|店家|咱们|早日|加|推出)",
    (
        r"(?:能不能|可不可以|可否|能否|是否可以)[^，。]{0,6}(?:增加|加个|加一|推出|改进|改成|出个|"
        r"多|延长|开通)"
    ),
    r"(?:最好|不妨|应该)(?:能|可以|再|加|增加|有|多)",
    r"(?:提个|有个|一点|一个|小|提点|几点)(?:建议|意见)",
    r"(?:可以|能)(?:考虑|增加|加个|加一个|改进)",
)

QUESTION_FIRST = listed("""
    what when where which who whose whom why how is are was were am do does did can could will would
    should may might shall has have whats hows wheres anyone anybody
""")
"""A sentence that begins with one of these asks, question mark or not …"""
NO_QUESTION = frozenset(
    {
        ("what", "a"),
        ("what", "an"),
        ("do", "not"),
        ("can", "not"),
        ("may", "be"),
        ("have", "a"),
        ("which", "is"),
        *(("was", word) for word in ("nicht", "mich", "mir", "ich", "wir", "uns", "gar")),  # German
    }
)
"""… unless it goes on like this."""
QUESTION = patterns(
    """
    i ~1 wonder|wondering
    was|am wondering
    do not know|understand ~2 how|what|where|when|which|if|why|whether
    tell|show|explain|inform me ~2 how|what|where|when|which|if|why|whether|about|more|the
    like|want|need to know|ask|find|check|see|learn
    know|ask|check|see|find|understand if|whether|how|what|when|where|which|about
    i have|got ~1 a question|questions
    question ~1 about|regarding|on|for
    help me ~2 to|with|find|how|change|set|check|see|get|understand
    need|want|looking|require ~2 help|information|info|details|assistance
    need|want|like|looking|trying|have|wish to
    please help|explain|tell|advise
    not sure how|what|where|when|which|if|why|whether
    """
)
QUESTION_ZH = (
    r"[吗嘛呢么][\s~～]*$",
    r"请问|想问|问一下|问下|咨询|请教|想知道|想了解",
    (
        r"怎么(?!这么|那么|又|还|搞|能这|可能|样都)|如何|多少|几点|什么时候|哪里|哪儿|哪个|哪些|"
        r"哪家|是不是|有没有|能不能|可不可以|可以.{0,6}吗|多久|几天|为什么|为何"
    ),
)

GREETING_WORDS = listed("""
    hi hello hey hiya howdy greetings yo good morning afternoon evening day night there dear team everyone
    all sir madam bot again friend folks guys how are you doing is it going nice to meet bye goodbye see
    later hola bonjour
    buenos buenas dias tardes noches saludos bonsoir salut madame monsieur
    bom boa dia tarde noite ola oi tudo bem
    hallo guten tag morgen abend moin servus gruß gott liebes liebe damen und herren
    ciao buongiorno buonasera buon giorno buona sera salve
""")
GREETING_FIRST = listed("""
    hi hello hey hiya howdy greetings yo good morning bye goodbye hola bonjour dear see nice evening
    afternoon how
    buenos buenas saludos bonsoir salut bom boa ola oi hallo guten moin servus gruß liebes ciao
    buongiorno buonasera buon buona salve
""")
GREETING_NOT_ALONE = listed("good nice see how dear buenos buenas bom boa guten liebes buon buona")
GREETING_LONGEST = 7
GREETING_ZH = listed("""
    你好 您好 哈喽 哈啰 嗨 喂 早上好 上午好 中午好 下午好 晚上好 早安 晚安 早 在吗 在么 在不在 有人吗 再见
    拜拜 大家好 亲 啊 呀 哦 呢 老板 客服
    नमस्ते नमस्कार مرحبا اهلا السلام عليكم ورحمة الله وبركاته صباح مساء الخير النور
""")
"""A message made of these alone is a greeting: Chinese, Hindi and Arabic, as ``tongues.alike`` leaves it."""
