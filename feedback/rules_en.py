"""What English words tell of sentiment beyond TextBlob's lexicon: data, no logic.

TextBlob knows mostly adjectives. What customers report ("still waiting", "charged twice") has none in it, so it
gives them 0; these tables are what it misses, in the pattern language of ``feedback.matching``. A matched word is
not scored again by TextBlob. Weights are on TextBlob's scale: 0.3 mild, 0.6 clear, 0.9 strong.
"""

from collections.abc import Mapping

from feedback.matching import Rule, graded

NEGATIONS = frozenset(
    "not no never nobody nothing none neither nor without hardly barely lack lacks lacked cannot".split()
)
NEGATION_REACH = 4
"""Words after a negation that it turns round."""
NEGATION_STOPS = frozenset([",", "but", "because", "until", "unless", "since", "only"])
"""After these a negation is over; "not only" negates nothing."""
CONTRASTS = frozenset(["but", "however", "although", "though"])

CONTRACTIONS: Mapping[str, tuple[str, ...]] = {
    "cannot": ("can", "not"),
    "cant": ("can", "not"),
    "can't": ("can", "not"),
    "wont": ("will", "not"),
    "won't": ("will", "not"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "isnt": ("is", "not"),
    "wasnt": ("was", "not"),
    "arent": ("are", "not"),
    "werent": ("were", "not"),
    "havent": ("have", "not"),
    "hasnt": ("has", "not"),
    "hadnt": ("had", "not"),
    "couldnt": ("could", "not"),
    "wouldnt": ("would", "not"),
    "shouldnt": ("should", "not"),
    "aint": ("is", "not"),
    "ain't": ("is", "not"),
    "ive": ("i", "have"),
    "im": ("i", "am"),
    "u": ("you",),
    "ur": ("your",),
    "pls": ("please",),
    "plz": ("please",),
    "thx": ("thanks",),
    "ty": ("thanks",),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
}
"""Short forms, with and without the apostrophe that many leave out, and what they stand for."""

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "n't": ("not",),
    "'ve": ("have",),
    "'re": ("are",),
    "'ll": ("will",),
    "'d": ("would",),
    "'m": ("am",),
    "'s": (),
}

MUTED = frozenset(
    """
    able absolute absolutely action active actual actually afraid ahead all alone alright american appropriate
    available average aware back base basic behind big black blue bottom brown certain certainly chicken chinese
    clear clearly close closed cold coma common complete completely complex concerned considerable content correct
    crazy current dark dead deep different direct double down dry due early easily enough entire especially
    everyday exact exactly expected experienced extra extremely familiar far fast few filled final fine first
    fit fixed fly former free french french fresh full funny further game general good-bye gray great-grandfather
    green half hard heavy high higher hot hungry ill important incredibly inner involved joint just kind large last
    late later latest least left less light likely limited little live long loud low main major many married mean
    medium mental mere mini minor missing mobile modern more morning most mostly much narrow natural near nearly
    necessary needed new next normal normally obvious obviously official old only open original other overall own
    part particular particularly past personal physical plain plastic popular possible present pretty previous
    prime private proper public quick quiet quite rare raw ready real really recent red regular related relative
    remote responsible rich right rough round round same scheduled second secret self separate serious seriously
    several sexual short sick similar simple simply single slight slightly small social soft some sound special
    specific spent square square straight strange strong subject subtle such sudden suddenly super sure surprised
    tall then thick thin tight tiny top total totally tough true typical unlikely upper used usual usually various
    very warm wants watery wet white whole wide wild wooden worth yellow young
    """.split()
) - frozenset(
    "afraid fresh good-bye quick quiet serious sick tough crazy strange surprised missing fine".split()
)
"""Words that TextBlob scores alone though they say nothing of a customer's mood ("first", "more", "able"):
they keep their effect on the word that follows them ("really good")."""

WORDS = (
    *graded(
        {
            -0.9: """scam scams scammed scammers scammer fraud fraudulent thieves thief robbed robbery stole
                     cheated ripoff crooks appalling atrocious abysmal dreadful unacceptable disgraceful outrageous
                     disgusted furious unforgivable""",
            -0.75: """useless worthless pathetic garbage trash junk crap shit bullshit sucks sucked suck lousy
                      hate hated hates liar liars lied lies despicable insult insulting insulted incompetent
                      incompetence nightmare unprofessional unreliable unusable ridiculous shambles rubbish
                      horrendous horrific misleading deceptive deceived rude filthy wtf""",
            -0.6: """disappointing disappointment disappointed frustrating frustrated frustration annoying annoyed
                     unhappy dissatisfied dissatisfaction upset angry mediocre overpriced inedible defective faulty
                     poorly regret regretted shame shameful waste wasted wasting avoid beware fails failed fail
                     failure failing sadly unfortunately ignored ignoring ignores broken broke ruined ruins
                     destroyed careless clueless horribly terribly worse worst poor tasteless flavorless
                     flavourless unhelpful neglected disrespectful stinks stunk shoddy flimsy unsafe rotten
                     mistreated unresponsive dissapointed dissapointing fuming aggressive moldy mouldy appalled
 displeased underwhelming underwhelmed disservice disaster nightmarish inexcusable dumb dumbest pissed deafening
 loathe unwatchable flop letdown awefull""",
            -0.45: """crash crashed crashes crashing stuck slow slowly sluggish laggy buggy glitchy glitch glitches bug
                      bugs bland stale soggy greasy undercooked overcooked burnt dirty smelly smells smelled stained
                      cracked scratched torn leaking leaked damaged missing wrong lost delayed delays delay pricey
                      expensive refused refuses refuse rejected declined unable mistake mistakes error
                      errors confusing confused uncomfortable noisy messy mess crowded lazy unfair
                      problem problems issue issues trouble troubles complaint complaints complain complained hassle
                      headache pain hurts painful drawback downside flaw flaws flawed weak bother bothered
                      disturbing concerning worried worrying worry wasteful gross nasty awkward tired exhausted
                      sad sorry lacking lacks lacked lack lame inconvenient inconvenience unclear
                      inaccurate unauthorised unauthorized died dies fell malfunction malfunctioned misplaced
                      whatsoever downhill joke overcharged shrunk disconnected uninstalled stressed stressful leak leaky horror cramped outdated unpleasant hesitant shut""",
            -0.3: """refund refunds refunded overdue late cancelled canceled disputed dispute waited waiting ugh meh
                     returned nonexistent elsewhere damn hurt dead unknown unexpected limited suspicious
                     suspended blocked tiny smell forgot forgotten unnecessary supposedly
                     scared nervous ashamed risky sucky excuses excuse tough hard inconsistent""",
        }
    ),
    *graded(
        {
            0.8: """awesome amazing excellent fantastic wonderful perfect perfectly superb outstanding brilliant love loved
                    loves loving delicious incredible flawless flawlessly phenomenal exceptional impeccable delighted
                    thrilled yummy heavenly unbeatable magnificent fabulous terrific marvelous marvellous stellar
                    gorgeous""",
            0.6: """great recommend recommended recommending best pleased glad happy enjoyed enjoy enjoying enjoyable
                    impressed impressive helpful friendly favorite favourite beautiful beautifully lovely grateful
                    appreciate appreciated appreciates thankful yay congrats kudos gem delightful attentive tasty
                    courteous knowledgeable seamless seamlessly satisfied pleasure pleasant welcoming
                    wow rocks winner adorable cute joy fun hilarious""",
            0.45: """good nice nicely thank thanks comfortable cozy cosy easy clean cool polite professional
                     reliable convenient generous fresh smooth smoothly sturdy affordable reasonable efficient
                     bargain works helps helped solved resolved excited proud entertaining interesting
                     yum crisp relaxing timely prompt promptly worthwhile accommodating caring tender moist
                     durable intuitive effortless thoughtful patient prettier liked welcome bless""",
            0.3: """fine fast quick quickly decent solid hope hopefully improved improvement safe
                    useful glad lol haha hahaha fits plus bonus compliments patience support ease                     sweet thankfully luckily""",
        }
    ),
)
"""Single words; a negation before them turns them round."""

PROBLEMS = tuple(
    Rule(weight, pattern, problem=True)
    for weight, pattern in (
        # What does not work.
        (-0.6, "not ~2 work|works|working|worked|function|functioning|load|loading|charge|charging|connect"),
        (-0.6, "not ~1 open|start|starting|respond|responding|turn|print|power|syncing"),
        (-0.5, "not ~1 go|going|gone through"),
        (-0.6, "stopped|quit working|charging|functioning|responding"),
        (-0.6, "keeps|kept crash*|fail*|freez*|say*|disconnect*|dropping|stopping|asking|getting|cutting"),
        (-0.5, "fell|falls|falling|came|comes apart|off"),
        (-0.5, "broke|broken|died|dead|cracked|leaks|leaked|snapped ~1 after|within|when|in|and|on|down|already"),
        (-0.55, "is|are|was|were|arrived|came|got|has|have|been ~2 broken|damaged|defective|faulty|smashed"),
        (-0.5, "it|app|site|website|page|phone|machine|system|screen crash*|freez*|froze|fails|failed|died|broke"),
        (-0.5, "can|could not ~1 log|login|pay|access|open|use|reach|connect|transfer|withdraw|send"),
        (-0.5, "can|could not ~1 make|complete|activate|verify|top|download|update|install|cancel|place|order"),
        (-0.5, "unable to"),
        (-0.5, "will|would not let"),
        (-0.4, "error message|code|when|while|every"),
        (-0.5, "getting|get|got|gives|shows|showing|seeing|with ~1 an|this|the error"),
        (-0.45, "having|have|had|experiencing|encountered|facing|is|was|with ~2 problem|problems|trouble|issue|issues"),
        (-0.5, "problem|problems|trouble|issue|issues with|using|when|while|logging|paying|getting"),
        (-0.5, "something|what|whats|anything|has|went|goes|gone ~1 wrong"),
        # What did not come.
        (-0.6, "still|have|has|did|was|is|does|do not ~2 arrive|arrived|received|receive|come|shown|showed|here"),
        (-0.6, "never ~1 arrived|arrive|came|come|received|receive|got|showed|delivered|shipped|responded|replied"),
        (-0.6, "never ~1 called|answered|contacted|fixed|refunded|heard|works|worked|got"),
        (-0.55, "still waiting|pending|missing|broken|stuck|nothing|unresolved"),
        (-0.5, "still|yet not|no"),
        (-0.5, "still have|has|is|did|does|can not"),
        (-0.5, "not ~4 yet"),
        (-0.5, "been waiting|trying|delayed|overcharged|ignored"),
        (-0.5, "waiting|waited ~1 for|over|more|hours|days|weeks|months|forever|ages ~2 hours|days|weeks|months|minutes"),
        (-0.5, "waited|waiting ~2 hour|hours|days|weeks|months|forever|ages|long"),
        (-0.5, "is|are|was|were|went|been|gone|still ~1 missing|lost|delayed|overdue"),
        (-0.5, "hours|days|weeks|minutes|months|hour|day|week|minute late"),
        (-0.5, "where is|are|was my refund|money|cash|package|parcel|order|delivery|salary|card"),
        (-0.55, "not showing|appeared|appear|appearing|show|updated|credited|reflected|reflecting|updating"),
        # Nobody there.
        (-0.65, "nobody|noone ~2 answer*|respon*|repl*|help*|pick*|call*|care*|came|told|know*"),
        (-0.65, "no one ~2 answer*|respon*|repl*|help*|pick*|call*|care*|came|told|know*"),
        (-0.6, "no response|reply|answer|update|help|explanation|apology|refund|reaction|feedback|communication"),
        (-0.6, "not ~1 answer|answered|answering|reply|replied|respond|responded|responding|call|called|helping"),
        (-0.55, "ignored|ignoring|ignore ~1 me|us|my|our|messages|emails|calls"),
        (-0.6, "hung up on"),
        # Money.
        (-0.6, "charged|billed|debited|paid|taken|deducted|pay|charge ~4 twice|double|again|extra|wrongly|incorrectly"),
        (-0.5, "was|were|been|got|i ~1 charged|debited|billed|fined"),
        (-0.55, "same ~1 charge|payment|transaction|amount|debit ~5 twice|times|again"),
        (-0.55, "charge|payment|transaction|debit|money|taken|processed|showing ~5 twice"),
        (-0.5, "dispute|disputing|contest ~3 charge|payment|transaction|debit|withdrawal|bill|fee"),
        (-0.6, "double|over|wrongly|incorrectly|mistakenly|also charged|charging|billed"),
        (-0.6, "charged|charging ~1 me|us"),
        (-0.6, "stop charging|calling|ignoring|taking|billing|lying|wasting|sending|overcharging ~1 me|my|us|money|people"),
        (-0.6, "overcharged|overcharging|overbilled"),
        (-0.55, "unknown|wrong|strange|unexpected|hidden|weird|incorrect|double|duplicate charge*|fee*|amount"),
        (-0.55, "unknown|strange|unauthorised|unauthorized|duplicate|suspicious|unfamiliar|unusual transaction*|payment*|withdrawal*|activity"),
        (-0.6, "took|taken|stole|stolen|deducted|taking ~2 money|cash"),
        (-0.5, "want|need|get|give|gave|demand|like|getting|got ~2 money|refund back|please|now|immediately"),
        (-0.55, "want|need|demand|where|give|deserve|expect ~3 refund|refunded"),
        (-0.5, "refund not|never|missing|yet"),
        (-0.5, "money ~2 gone|disappeared|missing|vanished|lost"),
        (-0.5, "payment|payments|transaction|transactions|debit|charge|charges|withdrawal|purchase ~4 not|never ~1 make|made|do|approve|authorise|mine"),
        (-0.5, "payment|payments|transaction|transactions|debit|charge|charges|withdrawal ~3 not|never ~1 recognise|recognize|aware|done|authorised"),
        (-0.5, "not make|made|do|did|approve ~2 payment|purchase|transaction|withdrawal"),
        (-0.45, "not ~4 amount|cash|money ~2 asked|requested|wanted|withdrew"),
        (-0.45, "less money|cash|than ~2 asked|requested|wanted|ordered|paid|i"),
        (-0.4, "only ~1 got|get|received|receive|gave|give|allowed ~4 half|amount|instead|of"),
        (-0.5, "not recognise|recognize|authorise|authorize"),
        (-0.45, "money ~2 not"),
        # What was wrong.
        (-0.55, "wrong|incorrect|different ~1 item|order|size|colour|color|product|amount|address|one|rate|price|food|bill"),
        (-0.5, "is|are|was|were|looks|seems|be ~1 wrong|incorrect|false|off"),
        (-0.6, "not as described|advertised|ordered|promised|expected"),
        (-0.55, "not what i|we"),
        (-0.55, "was|were|been|got|keeps|is|gets|be|being ~2 declined|rejected|refused|blocked|cancelled|canceled|reverted|denied"),
        (-0.55, "payment|transfer|card|transaction|top-up|topup|withdrawal|order ~2 failed|declined|rejected|failing|reverted"),
        (-0.55, "declined|rejected|refused|reverted|failed|declining my|payment|transfer|transaction|top|the"),
        (-0.5, "atm|machine ~2 ate|swallowed|kept|took|stole"),
        (-0.55, "has|have|been|was|were|got|someone|somebody|is ~2 stolen|hacked|compromised|scammed|stole"),
        (-0.5, "lost|stolen|missing my|card|phone|package|parcel|luggage|order"),
        (-0.6, "someone|somebody ~2 using|used|stole|hacked|accessed|charged|took|copied ~2 my|me"),
        (-0.5, "someone|somebody else ~3 using|used|charged|made"),
        (-0.45, "why is|was|are|were|did|does|has|have|can|could|will|would|am ~4 not"),
        (-0.45, "why do i|my|we|our|the ~3 not|still|always"),
        (-0.5, "why is|was|are|were|did|does|has|have|do|am|would ~5 fail*|decline*|declining|revert*|reject*|cancel*|block*|pending|stuck"),
        (-0.4, "what is|was going|happening ~2 on|here|with"),
        (-0.5, "weeks|days|months|week|month ago ~4 not|nothing|still|no|never"),
        (-0.55, "file|make|lodge|submit|register|filing|making|lodging|submitting|open|raise|have ~2 complaint|claim|reclamation"),
        (-0.5, "complaint|claim|reclamation against"),
        (-0.55, "want|like|wish|need to complain"),
        (-0.5, "no longer work*|available|function*|worth|open*"),
        (-0.5, "damaged|broken|opened ~1 package|parcel|box|item|when"),
    )
)
"""Reports that something went wrong. A question with one of these in it is a complaint."""

PHRASES = (
    # What only looks like praise or blame.
    Rule(0.0, "refund|refunds|return|returns|cancellation|complaint|complaints policy|policies|procedure|process"),
    Rule(0.0, "would ~1 like|love ~1 to|a|an|some|more|my|your|the|if"),
    Rule(0.0, "if|whether you|anyone|they|i|we like|need|want"),
    Rule(0.0, "lost or stolen"),
    Rule(0.0, "not know|understand|sure|see|tell ~1 why|how|what|if|where|when|who|which|whether"),  # negates no more
    Rule(0.0, "never ~3 so|such|as"),  # "never been so happy", "never had such a bad day": it only strengthens
    Rule(0.0, "5|five|four|4|3|three star|stars hotel|hotels|resort|restaurant"),
    Rule(0.0, "look|looks|looked|looking|feel|feels|seem|seems|seemed|taste|tastes|tasted|smells|sounds|felt|just|more like"),
    Rule(0.0, "as well"),
    Rule(0.0, "how|very|too|so|pretty much|long|many"),
    Rule(0.0, "last|first|second|some time"),
    Rule(0.0, "happy|merry|good birthday|hour|new|morning|afternoon|evening|night"),
    Rule(0.0, "customer service|support"),
    Rule(0.0, "fast|free|frozen|fried|hot|cold food|fries|fried|dog|dogs|water|coffee|drink|drinks|beer|weather|tea|brew"),
    Rule(0.0, "black|white|green|red|dark|dry|hard|soft|heavy|light tea|coffee|cleaning|drive|cover|copy"),
    Rule(0.0, "kind|type|sort|right|even|up|just of|now|though|then"),
    Rule(0.0, "no idea|matter|longer"),
    Rule(0.0, "sorry|excuse to|me|if|for"),
    # Blame.
    Rule(-0.8, "never ~2 again|returning|return|come|coming|go|going|buy|buying|order|ordering"),
    Rule(-0.7, "will|would|can|could|do not ~3 back|again|recommend|reccommend|return|here|there"),
    Rule(-0.55, "do not buy|go|come|waste|rent|eat|spend|purchase|expect|bother|trust|believe"),
    Rule(-0.6, "not ~1 up to par|standard|standards|scratch|expectations"),
    Rule(-0.5, "below|under mediocre|average|par|standard|expectations"),
    Rule(-0.6, "save ~1 your|money ~1 money|yourself|time"),
    Rule(-0.7, "down the drain|toilet|tubes"),
    Rule(-0.5, "not ~2 well|funny|working|interested|edible|comfortable|easy|warm|hot|ready|safe|true"),
    Rule(-0.5, "nothing|no|none|not ~1 whatsoever"),
    Rule(-0.4, "can not believe"),
    Rule(-0.4, "am|are|be returning|leaving|cancelling|canceling|switching"),
    Rule(-0.7, "not ~2 coming|going|come|go|buy|order|be ~1 back|again|here|anymore"),
    Rule(-0.75, "rip|ripped|ripping off"),
    Rule(-0.7, "waste|wasted|wasting of|my|your ~1 time|money"),
    Rule(-0.7, "stay|steer|keep away|clear"),
    Rule(-0.6, "go|going|went|take|taking ~1 elsewhere"),
    Rule(-0.7, "not ~2 worth|recommend|recommended|happy|satisfied|impressed|pleased"),
    Rule(-0.65, "not ~2 good|great|nice|helpful|enjoy|care|impress|deserve|acceptable|friendly|fresh|clean"),
    Rule(-0.5, "not ~1 like|love|fit|last|help|trust|hold|taste|bother|understand|impressive"),
    Rule(-0.5, "not enough|even|much"),
    Rule(-0.5, "nothing special|good|great|but|works|worked|impressive"),
    Rule(-0.5, "too long|loud|slow|small|big|expensive|much|many|salty|sweet|tight|short|late|hard|cold|dry|greasy"),
    Rule(-0.5, "way|far|really too"),
    Rule(-0.5, "could|should|would have|be ~1 better|more"),
    Rule(-0.5, "would|had|was|were|is|i hoped|expected|expecting|hoping|expect ~1 better|more"),
    Rule(-0.55, "poor|bad|terrible|awful|horrible|worst|slow|rude|lousy ~1 service|quality|experience|support|staff"),
    Rule(-0.5, "lack|lacks|lacking|lacked of|in|any"),
    Rule(-0.6, "sick|tired|fed of|up"),
    Rule(-0.6, "had enough of"),
    Rule(
        -0.6, "what|such|total|complete|huge|absolute ~1 joke|mess|shame|disaster|waste|disgrace|letdown|rip"
    ),
    Rule(-0.5, "let|lets|letting|letdown ~1 down"),
    Rule(-0.5, "gave|give|giving up"),
    Rule(-0.5, "go|goes|going|went|gone downhill|down"),
    Rule(-0.5, "at best"),
    Rule(-0.4, "used|supposed|claims|claimed|promised|advertised to ~1 be|work|have|do|love|come"),
    Rule(-0.4, "not even"),
    Rule(-0.45, "wish i|we ~1 had|could|never|would"),
    Rule(-0.5, "zero|0|one|1|two|2|minus stars|star"),
    Rule(-0.4, "how|why dare|on|the|do|is|are earth|hell|you|it|they always|never"),
    Rule(-0.5, "send|sent|sending|took|take|returned|return|returning|ship ~1 it|them back"),
    Rule(-0.5, "leave|leaves|left ~3 desired"),
    Rule(-0.6, "falling|fell|fall|falls apart"),
    # Praise.
    Rule(0.35, "i|we|really|kids|also|always|everyone like|likes"),
    Rule(0.4, "much|even|so|far|way better"),
    Rule(0.4, "better than ~1 expected|ever|before|i|any|most"),
    Rule(0.4, "very|so|really|works|worked|went|did|all|treated ~1 well"),
    Rule(
        0.6, "no problem|problems|issue|issues|complaint|complaints|trouble|hassle|worries|doubt|fuss|regrets"
    ),
    Rule(0.6, "without ~1 problem|problems|issue|issues|hassle|trouble|fuss|hitch|delay"),
    Rule(0.6, "not|never ~3 problem|problems|issue|issues|complain|disappoint|disappointed|disappoints|fail|fails"),
    Rule(0.6, "not ~2 regret|wait|complain"),
    Rule(0.6, "can|could not ~1 wait|beat|recommend|fault|stop|ask|complain|praise|thank|say"),
    Rule(0.6, "can|could not ~1 be|have ~1 better|happier|asked"),
    Rule(0.4, "not ~2 bad|worst|terrible|expensive"),
    Rule(0.5, "nothing but ~2 good|great|praise|positive|kind"),
    Rule(0.7, "well worth|done|made|built|cooked|prepared|designed|organised|organized|packed|trained"),
    Rule(0.6, "works|worked|working|fits|runs|does ~2 great|well|perfectly|fine|wonderfully|charm|perfect|flawlessly"),
    Rule(0.6, "like|as a charm"),
    Rule(0.5, "is|are|was|were|definitely|totally|so worth"),
    Rule(0.6, "will|would|definitely|certainly ~3 back|again|return|recommend"),
    Rule(0.6, "come|coming|go|going|be|keep ~1 back ~1 for|again|soon"),
    Rule(0.7, "keep up"),
    Rule(0.6, "thank you|u|god ~3 much|kindly|help|helping"),
    Rule(0.45, "thank you"),
    Rule(0.6, "thanks for|to|so"),
    Rule(0.6, "big|huge thanks|thumbs|fan"),
    Rule(0.6, "thumbs up"),
    Rule(-0.6, "thumbs down"),
    Rule(0.6, "five|5|ten|10 stars|star"),
    Rule(0.3, "four|4 stars|star"),
    Rule(0.6, "made|makes|make my|our day"),
    Rule(0.5, "above|beyond and beyond|expectations"),
    Rule(0.5, "exceeded|exceeds|surpassed ~1 expectations"),
    Rule(0.5, "top|first|high notch|class|quality|rate"),
    Rule(0.5, "spot on"),
    Rule(0.4, "as described|advertised|promised|expected"),
    Rule(0.5, "always|everyone|everything|staff|super|very|really|so ~2 kind|quick|clean|fresh|fast|easy"),
    Rule(0.5, "reasonably|good|great|fair|affordable|best|amazing priced|price|prices|value|deal"),
    Rule(0.4, "fixed|solved|sorted|repaired|resolved ~1 it|quickly|promptly|immediately|everything|problem|issue"),
    Rule(0.3, "arrived|came|delivered|shipped ~2 early|quickly|fast|time|promptly"),
)
"""Turns of phrase whose words mislead one by one."""

RULES = (*PROBLEMS, *PHRASES, *WORDS)
