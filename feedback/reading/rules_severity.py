"""How it shows that a message weighs heavily: data, no logic.

English in the pattern language of ``feedback.matching``, Chinese as regular expressions. Made to miss little:
a false alarm costs a glance, a missed one a lawsuit or worse.
"""

from collections.abc import Mapping

from feedback.matching import Rule, patterns
from feedback.reading.severity_signals import Severity

ENGLISH: Mapping[Severity, tuple[Rule, ...]] = {
    Severity.SAFETY: patterns(
        """
        caught|catching|catches|set|sets|on fire
        smoke|sparks|sparked|sparking|smoking|smouldering|explode|exploded|explodes|exploding|explosion
        overheats|overheated|overheating|melted|melting|burst|shocked ~2 me|us|it|plug|battery|smoke
        electric|electrical|electrocuted shock|shocks|me
        electrocuted
        burned|burnt|burning|burns|cut|injured|hurt ~2 my|me|myself|hand|hands|finger|child|son|daughter
        got|was|were|been|is|am|are|badly|seriously injured|hurt|burned|poisoned|bleeding
        food poisoning
        poisoned
        allergic|allergy|anaphylactic ~1 reaction|shock
        allergic|allergy ~6 there|had|contained|contains|served|gave|ate|found|put
        made|making|makes ~2 sick|ill|vomit
        fainted|fainting|unconscious
        i|we|he|she|son|daughter|wife|husband|almost|nearly passed out
        threw|throwing|vomited|vomiting|sick ~1 up|after|from|since
        ended|went|taken|rushed ~3 hospital|er|emergency
        hospital|hospitalised|hospitalized|ambulance
        dangerous|hazard|hazardous|unsafe|toxic
        choked|choking|choke
        glass|metal|needle|plastic|nail|blade ~1 in ~2 food|soup|meal|salad|bread|drink|box|bottle|it
        found ~3 glass|metal|needle|blade|cockroach|rat|mould|mold
        gas leak|smell|leaking
        carbon monoxide
        brakes|brake ~2 fail*|broke
        """
    ),
    Severity.LEGAL: patterns(
        """
        sue|suing|lawsuit|litigation|attorney|solicitor|barrister|ombudsman
        my|our|a|the|with|call|contact|see lawyer|lawyers
        take|taking|see|go|going ~3 court
        small claims
        legal action|proceedings|steps|advice|team|department|notice
        take|taking|pursue|seek legal
        report|reporting|reported ~2 to ~3 police|authorities|regulator|ombudsman|bbb|fca|ftc|trading
        consumer protection|rights|association|authority|court
        trading standards
        better business
        press charges
        police
        against the law
        illegal
        breach ~1 of
        chargeback
        """
    ),
    Severity.MONEY_LOST: patterns(
        """
        owe|owes|owed ~1 me|us ~3 money|refund|euros|euro|dollars|dollar|pounds|cash|change|deposit|bucks
        owe|owes|owed ~1 me|us ~3 rupees|yuan|francs|quid|usd|eur|gbp
        charged|billed|debited|paid ~4 twice|double|again|wrongly|incorrectly|extra
        deducted|taken|pay|charge ~4 twice|double|again|wrongly|incorrectly|extra
        double charged|charge|billed|payment
        overcharged|overbilled|stolen|defrauded|robbed|scammed|swindled
        took|taken|stole|stealing|taking ~3 money|cash|savings|deposit|refund
        keep|kept|withdrew|lost|losing ~3 money|cash|savings|deposit|refund
        money|cash|salary|payment|funds|refund|deposit ~3 gone|missing|vanished|disappeared|lost|stolen
        where is ~1 my money|refund|cash|deposit
        want|need|demand|give|return|expect ~2 money|cash|deposit back|now|returned|immediately
        refund not|never|missing|still|denied|refused
        not|never|no|still ~4 refund|refunded|reimbursed
        unauthorised|unauthorized|unknown|fraudulent charge|charges|transaction
        unauthorised|unauthorized|unknown|fraudulent transactions|payment|withdrawal
        not|never ~2 make|made|authorise|authorised ~3 payment|charge
        not|never ~2 authorize|authorized|recognise|recognize ~3 payment|charge
        not|never ~2 make|made|authorise|authorised ~3 transaction
        not|never ~2 authorize|authorized|recognise|recognize ~3 transaction
        payment|charge|transaction|withdrawal ~4 not|never ~1 make|made|recognise
        payment|charge|transaction|withdrawal ~4 not|never ~1 recognize|authorise|authorize
        lost|cost|costing|costs ~1 me|us
        someone|somebody ~2 used|using|emptied|cloned ~2 card|account
        out of pocket
        someone|somebody|thief|thieves|who stole|robbed|hacked
        fraud
        hidden fee|fees|charge|charges
        """
    ),
    Severity.LEAVING: patterns(
        """
        cancel|cancelling|canceling ~2 account|subscription|membership|contract|plan
        close|closing|delete|deleting ~2 account|subscription|membership|contract|plan
        switch|switching|moving ~2 competitor|provider|bank|another|elsewhere|competition
        move|changing|going ~2 competitor|provider|bank|another|elsewhere|competition
        take|taking ~2 business ~1 elsewhere|somewhere
        go|going|shop|shopping|buy elsewhere
        never ~3 again|back
        last ~2 time|order|chance|purchase|straw
        lost|losing ~2 customer
        will|would|do|am|are not ~3 again|back|anymore|renew|renewing
        leaving you|for
        done with you|this|your
        had enough of|with
        through with you|your
        am|are leaving
        not come|coming|buy|buying|order|ordering|return|use ~2 again|anymore|back|from
        unless you ~4
        """
    ),
    Severity.ASKED_BEFORE: patterns(
        """
        second|third|fourth|fifth|2nd|3rd time|email|message|call|complaint|attempt
        4th|5th|sixth|umpteenth|hundredth|tenth time|email|message|call|complaint|attempt
        asked|asking|told|written|wrote|called ~4 times|twice|before|already|again
        emailed|complained|reported|contacted|messaged|mailed ~4 times|twice|before|already|again
        already asked|told|wrote|called|emailed|complained
        already reported|contacted|explained|sent|written|messaged|mentioned
        again and again
        time and again|time
        keep|kept|have asking|calling|writing|emailing|telling|complaining|chasing
        how many times|more
        once again
        yet again
        still no|not|nobody|nothing|waiting|unanswered|unresolved
        as|like ~1 i said|mentioned|wrote|told|asked
        same issue|problem|question|complaint ~1 again|still|twice
        no|not|never|nobody|without ~1 reply|response|answer|replied|answered|responded|answers
        last|previous|earlier|first|other message|messages|email|emails|complaint|request|ticket
        for ~1 weeks|days|months|ages
        following up
        follow up
        been trying|waiting|chasing|calling|asking
        three|two|four|five|several|many|multiple times|emails|calls|messages|attempts
        numerous|2|3|4|5|6|7|8 times|emails|calls|messages|attempts
        """
    ),
    Severity.DISCRIMINATION: patterns(
        """
        racist|racism|racial|racially|sexist|sexism
        homophobic|transphobic|xenophobic|islamophobic|antisemitic|ableist
        discriminate|discriminated|discriminates|discriminating|discrimination|discriminatory
        because ~1 i|we am|are ~2 black|asian|muslim|jewish|gay|woman
        because ~1 i|we am|are ~2 disabled|foreign|chinese|indian|old|trans
        because ~1 i|we am|are ~2 african|latino|latina|deaf|blind
        because ~1 i|we am|are ~2 pregnant|immigrant|foreigner|female|hispanic
        because of ~1 my|our skin|race|religion|accent|colour|color
        because of ~1 my|our gender|age|disability|nationality|hijab|wheelchair
        slur|slurs|harassed|harassment|harassing|molested|groped|assaulted|assault
        sexually
        skin colour|color
        mocked|laughed|insulted|imitated ~3 accent|disability|religion|headscarf|hijab|language
        refused ~4 wheelchair|disabled|guide
        not wheelchair
        """
    ),
    Severity.DISTRESS: patterns(
        """
        kill|killing|hurt|harm|hurting|harming myself
        suicidal|suicide
        end|ending|take my|it life|all
        want|wish|rather|going ~2 die|dead
        not ~1 want ~1 live|go
        not go on
        desperate|desperately|despair|hopeless|helpless
        panic|panicking|panicked|anxiety|crying|cry|tears|breakdown|terrified|traumatised|traumatized
        can|could not ~1 sleep|cope|breathe|afford|eat|feed
        cannot cope|sleep|breathe|feed|afford
        stranded|homeless|evicted|starving
        stuck ~4 alone|night|dark|airport|abroad|snow
        please ~1 help ~1 me ~3 urgent|please|desperate|alone
        not ~2 money ~2 left|food|eat
        no money|food|heating|electricity|insulin|medication left|for|to|until
        no heating|electricity|insulin|medication|medicine
        need ~2 insulin|medication|medicine
        scared|afraid ~3 life|home|safety|alone
        my baby|child|kid|kids|children ~3 died|dying|dead|sick|ill|hungry|hospital
        my son|daughter|mother|father|husband|wife ~3 died|dying|dead|sick|ill|hungry|hospital
        passed away
        funeral
        """
    ),
}

CHINESE: Mapping[Severity, str] = {
    Severity.SAFETY: (
        r"起火|着火|冒烟|冒火|爆炸|炸了|自燃|触电|漏电|电到|烫伤|烧伤|割伤|划伤|受伤|流血|食物中毒|中毒|过敏|呕吐|吐了|"
        r"拉肚子|腹泻|住院|医院|急救|救护车|危险|安全隐患|不安全|有毒|窒息|噎|碎玻璃|玻璃渣|异物|刀片|钉子|蟑螂|老鼠|煤气|"
        r"刹车失灵|烧起来|烧焦|起泡|红肿|进了?急诊"
    ),
    Severity.LEGAL: (
        r"起诉|律师|法院|法庭|打官司|告你们?|告到|消协|消费者协会|(?<!\d)(?:12315|12345)(?!\d)|工商局|市场监管|监管部门|银保监|维权|报警|警察|"
        r"派出所|公安|违法|犯法|侵权|法律|投诉到|仲裁|媒体曝光|曝光"
    ),
    Severity.MONEY_LOST: (
        r"(?:多|重复|重|乱|错|被|偷|双|私自|擅自)了?(?:扣|收)(?:了|费|款|钱)?|扣了?我?(?:两|2|二|三|3|多)(?:次|笔|遍)|盗刷|被盗|"
        r"钱(?:没了|不见|丢|被|去哪|还没|没到|没退)|不退(?:钱|款)|没(?:有)?退(?:钱|款)|退款(?:还?没|一直|不|呢|失败)|"
        r"(?:把|将)(?:我的?)?钱(?:都)?(?:还|退)给?我|(?:还|退)我的?钱|钱还我|要(?:退钱|退款)|"
        r"不给退|被骗|骗钱|诈骗|损失|赔偿|乱收费|坑钱|余额(?:少|不对|没了)|未到账|没到账|还没退"
    ),
    Severity.LEAVING: (
        r"再也不|不会再|不再(?:来|买|用|光顾|续)|最后一次|(?:换|去)(?:别|其他|另)(?:的|家|一家)|换一家|换别家|注销|销户|退会|"
        r"不续费|不续了|取消(?:会员|订阅|账号|合同)|卸载|拉黑|以后不(?:来|买|用|会)|不(?:来|买|用)了|转投|没有下次|失去(?:一个|我)"
    ),
    Severity.ASKED_BEFORE: (
        r"第?[二三四五六七八九十两几\d]+(?:次|遍|回)(?:问|联系|打|说|反映|投诉|催|了|找)|(?:问|联系|打|说|反映|投诉|催|找)(?:过|了)"
        r"(?:好|你们|很)?(?:[二三四五六七八九十两几多\d]+)(?:次|遍|回)|多次|一再|再三|反复|已经(?:问|说|反映|投诉|联系|催|打|发)|"
        r"上次(?:说|反映|投诉|问)|之前(?:说|反映|投诉|问|联系)|又来问|还是没(?:人|有|解决|回)|一直(?:没|不|联系)|没人(?:回|理|接|管)|"
        r"至今|到现在(?:还|也|都)|等了[^，。]{0,6}(?:天|周|月|久)|催了"
    ),
    Severity.DISCRIMINATION: (
        r"歧视|种族|性骚扰|骚扰|侮辱|辱骂|瞧不起|看不起|狗眼看人|因为我(?:是|们是)(?:女|外地|农村|黑人|穆斯林|残疾|老人|同性恋|外国|"
        r"少数民族|回民)|地域黑|区别对待|嘲笑|看人下菜|不尊重(?:女|老|残)|残疾人?(?:不让|进不)|猥亵"
    ),
    Severity.DISTRESS: (
        r"不想活|自杀|想死|轻生|活不下去|崩溃|绝望|撑不下去|走投无路|无助|痛哭|哭了|哭死|焦虑|抑郁|睡不着|失眠|吓死|吓坏|害怕|"
        r"救命|救救|急死|没钱吃饭|吃不起|揭不开锅|无家可归|被困|困在|回不了家|(?:孩子|宝宝|妈妈|爸爸|老人|父亲|母亲)[^，。]{0,4}"
        r"(?:病|去世|住院|没吃|饿|不行)|去世|救命钱|药(?:没了|断了|用完)|没有?(?:暖气|电|药)"
    ),
}
