"""What English words tell of sentiment beyond TextBlob's lexicon: data, no logic.

TextBlob knows mostly adjectives. What customers report ("still waiting", "charged twice") has none in it, so
it gives them 0; these tables are what it misses, in the pattern language of ``feedback.matching``. A matched
word is not scored again by TextBlob. Weights are on TextBlob's scale: 0.3 mild, 0.6 clear, 0.9 strong.
"""

from feedback.lexicon_en import WORDS
from feedback.matching import weighted

PROBLEMS = weighted(
    """
    # What does not work.
    -0.6  not ~2 work|works|working|worked|function|functioning|load|loading|charge|charging|connect
    -0.6  not ~1 open|start|starting|respond|responding|turn|print|power|syncing
    -0.5  not ~1 go|going|gone through
    -0.6  stopped|quit working|charging|functioning|responding
    -0.6  keeps|kept crash*|fail*|freez*|say*|disconnect*|dropping|stopping|asking|getting|cutting
    -0.5  fell|falls|falling|came|comes apart|off
    -0.5  broke|broken|died|dead|cracked|leaks|leaked|snapped ~1 after|within|when|in|and|on|down|already
    -0.55 is|are|was|were|arrived|came|got|has|have|been ~2 broken|damaged|defective|faulty|smashed
    -0.5  it|app|site|website|page|phone|machine|system|screen crash*|freez*|froze|fails|failed|died|broke
    -0.5  can|could not ~1 log|login|pay|access|open|use|reach|connect|transfer|withdraw|send
    -0.5  can|could not ~1 make|complete|activate|verify|top|download|update|install|cancel|place|order
    -0.5  unable to
    -0.5  will|would not let
    -0.4  error message|code|when|while|every
    -0.5  getting|get|got|gives|shows|showing|seeing|with ~1 an|this|the error
    -0.45 having|have|had|experiencing|encountered ~2 problem|problems|trouble|issue|issues
    -0.45 facing|was|with ~2 problem|problems|trouble|issue|issues
    -0.5  problem|problems|trouble|issue|issues with|using|when|while|logging|paying|getting
    -0.5  something|what|whats|anything|has|went|goes|gone ~1 wrong
    -0.5  leaks|leaking|leaked|malfunctioned|malfunctions|overcharged|misdelivered
    -0.5  another|more|two|three broken|cracked|chipped|damaged|smashed
    -0.5  tea|coffee|soup|food|meal|pizza was|is|came|arrived|got|tasted ~1 cold|stale|raw|lukewarm|burnt
    -0.5  tea|coffee|soup|food|meal|pizza was|is|came|arrived|got|tasted ~1 bitter|spoiled|off|bad|soggy
    -0.5  rice|dish|fries|noodles|steak|dinner|lunch|bread|milk was|came|arrived|tasted ~1 cold|stale|raw
    -0.5  rice|dish|fries|noodles|steak|dinner|lunch|bread|milk was|came|arrived|tasted ~1 spoiled|off|bad
    -0.5  fries|noodles were ~1 cold|soggy|stale
    -0.5  arrived|came|delivered ~1 late|cold|open|opened|empty|crushed|bent|wet
    -0.8  thanks|thank ~3 for the|a|an|another|my|your broken|damaged|cold|wrong|lost|missing|ruined|stale
    -0.8  thanks|thank ~3 for the|a|an|another|my|your dirty|rude|smashed|spoiled|cracked|useless|mess
    -0.7  caught|catches|catching fire
    -0.7  burst|went into|in flames
    # Threats.
    -0.7  sue|suing you|your|them|this|for
    -0.7  see you ~1 in court
    -0.6  my|our lawyer|lawyers|attorney|solicitor
    -0.7  legal action|proceedings|steps
    -0.6  report|reporting you|this ~2 to ~2 police|trading|authorities|consumer|bank
    # What did not come.
    -0.6  still|have|has|did|was|is|does|do not ~2 arrive|arrived|received|receive|come|shown|showed|here
    -0.6  never ~1 arrived|arrive|came|come|received|receive
    -0.6  never ~1 got|showed|delivered|shipped|responded|replied
    -0.6  never ~1 called|answered|contacted|fixed|refunded|heard|works|worked|got
    -0.55 still waiting|pending|missing|broken|stuck|nothing|unresolved
    -0.5  still|yet not|no
    -0.55 not|never|hardly|rarely|seldom ~3 on time
    -0.5  still have|has|is|did|does|can not
    -0.5  not ~4 yet
    -0.5  been waiting|trying|delayed|overcharged|ignored
    -0.5  waiting|waited ~1 for|over|more|hours|days ~2 hours|days|weeks|months|minutes
    -0.5  waiting|waited ~1 weeks|months|forever|ages ~2 hours|days|weeks|months|minutes
    -0.5  waited|waiting ~2 hour|hours|days|weeks|months|forever|ages|long
    -0.5  is|are|was|were|went|been|gone|still ~1 missing|lost|delayed|overdue
    -0.5  it|now|everything lost|missing|broken|gone
    -0.5  hours|days|weeks|minutes|months|hour|day|week|minute late
    -0.5  where is|are|was my refund|money|cash|salary
    -0.5  order|parcel|package|delivery|driver|food|refund|flight|train|bus ~2 late
    -0.6  not ~1 solved|resolved|fixed|sorted
    -0.55 not showing|appeared|appear|appearing|show|updated|credited|reflected|reflecting|updating
    # Nobody there.
    -0.65 nobody|noone ~2 answer*|respon*|repl*|help*|pick*|call*|care*|came|told|know*
    -0.65 no one ~2 answer*|respon*|repl*|help*|pick*|call*|care*|came|told|know*
    -0.6  no response|reply|answer|update|help|explanation|apology|refund|reaction|feedback|communication
    -0.6  not ~1 answer|answered|answering|reply|replied|respond|responded|responding|call|called|helping
    -0.55 ignored|ignoring|ignore ~1 me|us|my|our|messages|emails|calls
    -0.6  hung up on
    # Money.
    -0.6  charged|billed|debited|paid ~4 twice|double|again|extra|wrongly|incorrectly
    -0.6  taken|deducted|pay|charge ~4 twice|double|again|extra|wrongly|incorrectly
    -0.5  was|were|been|got ~1 charged|debited|billed|fined
    -0.55 same ~1 charge|payment|transaction|amount|debit ~5 twice|times|again
    -0.55 charge|payment|transaction|debit|money|taken|processed|showing ~5 twice
    -0.5  dispute|disputing|contest ~3 charge|payment|transaction|debit|withdrawal|bill|fee
    -0.6  double|over|wrongly|incorrectly|mistakenly|also charged|charging|billed
    -0.6  charged|charging ~1 me|us
    -0.6  stop charging|calling|ignoring|taking|billing ~1 me|my|us|money|people
    -0.6  stop lying|wasting|sending|overcharging ~1 me|my|us|money|people
    -0.6  overcharged|overcharging|overbilled
    -0.55 unknown|wrong|strange|unexpected|hidden|weird|incorrect|double|duplicate charge*|fee*|amount
    -0.55 unknown|strange|unauthorised|unauthorized transaction*|payment*|withdrawal*|activity
    -0.55 duplicate|suspicious|unfamiliar|unusual transaction*|payment*|withdrawal*|activity
    -0.6  took|taken|stole|stolen|deducted|taking ~2 money|cash
    -0.5  want|need|get|give|gave|demand|like|getting|got ~2 money|refund back|please|now|immediately
    -0.55 want|need|demand|where|give|deserve|expect ~3 refund|refunded
    -0.5  refund not|never|missing|yet
    -0.5  money ~2 gone|disappeared|missing|vanished|lost
    -0.5  payment|payments|transaction|transactions|debit ~7 did|do|have not ~1 make|made|do
    -0.5  payment|payments|transaction|transactions|debit ~7 did|do|have not ~1 approve|authorise|mine
    -0.5  payment|payments|transaction|transactions|debit ~7 was|is|had not ~1 make|made|do
    -0.5  payment|payments|transaction|transactions|debit ~7 was|is|had not ~1 approve|authorise|mine
    -0.5  charge|charges|withdrawal|purchase ~7 did|do|have not ~1 make|made|do|approve|authorise|mine
    -0.5  charge|charges|withdrawal|purchase ~7 was|is|had not ~1 make|made|do|approve|authorise|mine
    -0.5  payment|transaction|debit|charge|withdrawal|purchase ~2 i never ~1 make|made|approved|authorised
    -0.5  payment|payments|transaction|transactions ~3 not|never ~1 recognise|recognize|aware
    -0.5  payment|payments|transaction|transactions ~3 not|never ~1 done|authorised
    -0.5  debit|charge|charges|withdrawal ~3 not|never ~1 recognise|recognize|aware|done|authorised
    -0.5  not make|made|do|did|approve ~2 payment|purchase|transaction|withdrawal
    -0.45 not ~4 amount|cash|money ~2 asked|requested|wanted|withdrew
    -0.45 less money|cash|than ~2 asked|requested|wanted|ordered|paid|i
    -0.4  only ~1 got|get|received|receive|gave|give|allowed ~4 half|amount|instead|of
    -0.5  not recognise|recognize|authorise|authorize
    -0.45 money ~2 not
    # What was wrong.
    -0.55 wrong|incorrect|different ~1 item|order|size|colour|color|product|amount
    -0.55 wrong|incorrect|different ~1 address|one|rate|price|food|bill
    -0.5  is|are|was|were|looks|seems|be ~1 wrong|incorrect|false|off
    -0.6  not as described|advertised|ordered|promised|expected
    -0.55 not what i|we
    -0.55 was|were|been|got|keeps ~2 declined|rejected|refused|blocked|cancelled|canceled|reverted|denied
    -0.55 is|gets|be|being ~2 declined|rejected|refused|blocked|cancelled|canceled|reverted|denied
    -0.55 payment|transfer|card|transaction ~2 failed|declined|rejected|failing|reverted
    -0.55 top-up|topup|withdrawal|order ~2 failed|declined|rejected|failing|reverted
    -0.55 declined|rejected|refused|reverted|failed|declining my|payment|transfer|transaction|top|the
    -0.5  atm|machine ~2 ate|swallowed|kept|took|stole
    -0.55 has|have|been|was|were|got|someone|somebody|is ~2 stolen|hacked|compromised|scammed|stole
    -0.5  stolen|missing my|card|phone|package|parcel|luggage|order
    -0.5  you|they|courier|driver|airline lost ~1 my|our
    -0.6  someone|somebody ~2 using|used|stole|hacked|accessed|charged|took|copied ~2 my|me
    -0.5  someone|somebody else ~3 using|used|charged|made
    -0.45 why is|was|are|were|did|does|has|have|can|could|will|would|am ~4 not
    -0.45 why do i|my|we|our|the ~3 not|still|always
    -0.5  why is|was|are|were|did|does ~5 fail*|decline*|declining|revert*|reject*
    -0.5  why is|was|are|were|did|does ~5 cancel*|block*|pending|stuck
    -0.5  why has|have|do|am|would ~5 fail*|decline*|declining|revert*|reject*
    -0.5  why has|have|do|am|would ~5 cancel*|block*|pending|stuck
    -0.4  what is|was going|happening ~2 on|here|with
    -0.5  weeks|days|months|week|month ago ~4 not|nothing|still|no|never
    -0.55 file|make|lodge|submit|register|filing ~2 complaint|claim|reclamation
    -0.55 making|lodging|submitting|open|raise|have ~2 complaint|claim|reclamation
    -0.5  complaint|claim|reclamation against
    -0.55 want|like|wish|need to complain
    -0.5  no longer work*|available|function*|worth|open*
    -0.5  damaged|broken|empty|crushed ~1 package|parcel|box|item|packages|parcels|boxes|items|when
    -0.6  product|device|kettle|teapot|pot|cup|lid broke
    -0.6  broken|damaged|cracked|smashed|faulty|wrong cups|teapots|pots|kettles|lids|products|goods|stuff
    """,
    problem=True,
)
"""Reports that something went wrong. A question with one of these in it is a complaint."""

PHRASES = weighted(
    """
    # What only looks like praise or blame.
    0.0   refund|refunds|return|returns policy|policies|procedure|process
    0.0   cancellation|complaint|complaints policy|policies|procedure|process
    0.0   would ~1 like|love ~1 to|a|an|some|more|my|your|the|if
    0.0   if|whether you|anyone|they|i|we like|need|want
    0.0   lost or stolen
    0.0   is|are|was there ~1 problem|problems|issue|issues|trouble with|on|in
    # negates no more
    0.0   not know|understand|sure|see|tell ~1 why|how|what|if|where|when|who|which|whether
    # "never been so happy", "never had such a bad day": it only strengthens
    0.0   never ~3 so|such|as
    0.0   5|five|four|4|3|three star|stars hotel|hotels|resort|restaurant
    0.0   look|looks|looked|looking|feel|feels|seem|seems|seemed like
    0.0   taste|tastes|tasted|smells|sounds|felt|just|more like
    0.0   as well
    0.0   how|very|too|so|pretty much|long|many
    0.0   last|first|second|some time
    0.0   happy|merry|good birthday|hour|new|morning|afternoon|evening|night
    0.0   customer service|support
    0.0   fast|free|frozen|fried|hot|cold food|fries|fried|dog|dogs|water|coffee
    0.0   fast|free|frozen|fried|hot|cold drink|drinks|beer|weather|tea|brew
    0.0   black|white|green|red|dark|dry|hard|soft|heavy|light tea|coffee|cleaning|drive|cover|copy
    0.0   kind|type|sort|right|even|up|just of|now|though|then
    0.0   no idea|matter|longer
    0.0   sorry|excuse to|me|if|for|about|but
    0.0   sorry i|we ~2 late|am|was|missed|forgot
    0.0   no thanks|thank
    0.0   nothing short of
    # Blame.
    -0.5  great|lovely|wonderful|brilliant|fantastic|perfect , just great|lovely|wonderful|perfect
    -0.6  thanks for nothing
    -0.8  thanks|thank ~1 for ruining|wasting|ignoring|nothing|losing|breaking|spoiling
    -0.8  never ~2 again|returning|return|come|coming|go|going|buy|buying|order|ordering
    -0.7  will|would|can|could|do not ~3 back|again|recommend|reccommend|return|here|there
    -0.55 do not buy|go|come|waste|rent|eat|spend|purchase|expect|bother|trust|believe
    -0.6  not ~1 up to par|standard|standards|scratch|expectations
    -0.5  below|under mediocre|average|par|standard|expectations
    -0.6  save ~1 your|money ~1 money|yourself|time
    -0.7  down the drain|toilet|tubes
    -0.5  not ~2 well|funny|working|interested|edible|comfortable|easy|warm|hot|ready|safe|true
    -0.5  nothing|no|none|not ~1 whatsoever
    -0.4  can not believe
    -0.4  am|are|be returning|leaving|cancelling|canceling|switching
    -0.7  not ~2 coming|going|come|go|buy|order|be ~1 back|again|here|anymore
    -0.75 rip|ripped|ripping off
    -0.7  waste|wasted|wasting of|my|your ~1 time|money
    -0.7  stay|steer|keep away|clear
    -0.6  go|going|went|take|taking ~1 elsewhere
    -0.7  not ~2 worth|recommend|recommended|happy|satisfied|impressed|pleased
    -0.65 not ~2 good|great|nice|helpful|enjoy|care|impress|deserve|acceptable|friendly|fresh|clean
    -0.5  not ~1 like|love|fit|last|help|trust|hold|taste|bother|understand|impressive
    -0.5  not enough|even|much
    -0.5  nothing special|good|great|but|works|worked|impressive
    -0.5  too long|loud|slow|small|big|expensive|much|many|salty
    -0.5  too sweet|tight|short|late|hard|cold|dry|greasy
    -0.5  way|far|really too
    -0.5  could|should|would have|be ~1 better|more
    -0.5  would|had|was|were|is|i hoped|expected|expecting|hoping|expect ~1 better|more
    -0.55 poor|bad|terrible|awful|horrible ~1 service|quality|experience|support|staff
    -0.55 worst|slow|rude|lousy ~1 service|quality|experience|support|staff
    -0.5  lack|lacks|lacking|lacked of|in|any
    -0.6  sick|tired|fed of|up
    -0.6  had enough of
    -0.6  what|such|total|complete|huge|absolute ~1 joke|mess|shame|disaster|waste|disgrace|letdown|rip
    -0.5  let|lets|letting|letdown ~1 down
    -0.5  gave|give|giving up
    -0.5  go|goes|going|went|gone downhill|down
    -0.5  at best
    -0.4  used|supposed|claims|claimed|promised|advertised to ~1 be|work|have|do|love|come
    -0.4  not even
    -0.45 wish i|we ~1 had|could|never|would
    -0.5  zero|0|one|1|two|2|minus stars|star
    -0.4  how|why dare|on|the|do|is|are earth|hell|you|it|they always|never
    -0.5  send|sent|sending|took|take|returned|return|returning|ship ~1 it|them back
    -0.5  leave|leaves|left ~3 desired
    -0.6  falling|fell|fall|falls apart
    # Praise.
    0.35  i|we|really|kids|also|always|everyone like|likes
    0.4   much|even|so|far|way better
    0.4   better than ~1 expected|ever|before|i|any|most
    0.4   very|so|really|works|worked|went|did|all|treated ~1 well
    0.6   no problem|problems|issue|issues|complaint|complaints|trouble|hassle|worries|doubt|fuss|regrets
    0.6   without ~1 problem|problems|issue|issues|hassle|trouble|fuss|hitch|delay
    0.6   not|never ~3 problem|problems|issue|issues|complain
    0.6   not|never ~3 disappoint|disappointed|disappoints|fail|fails
    0.6   not ~2 regret|wait|complain
    0.6   can|could not wait to|for|until|till
    0.6   can|could not ~1 beat|recommend|fault|stop|ask|complain|praise|thank
    0.6   can|could not ~1 say enough
    -0.5  can|could not ~1 say ~3 enjoyed|liked|good|great|happy|impressed|recommend
    0.6   can|could not ~1 be|have ~1 better|happier|asked
    0.4   not ~2 bad|worst|terrible|expensive
    0.5   nothing but ~2 good|great|praise|positive|kind
    0.7   well worth|done|made|built|cooked|prepared|designed|organised|organized|packed|trained
    0.6   works|worked|working|fits|runs|does ~2 great|well|perfectly|fine
    0.6   works|worked|working|fits|runs|does ~2 wonderfully|charm|perfect|flawlessly
    0.6   like|as a charm
    0.5   is|are|was|were|definitely|totally|so worth
    0.6   will|would|definitely|certainly ~3 back|again|return|recommend
    0.6   come|coming|go|going|be|keep ~1 back ~1 for|again|soon
    0.7   keep up
    0.6   thank you|u|god ~3 much|kindly|help|helping
    0.45  thank you
    0.6   thanks for|to|so
    0.6   big|huge thanks|thumbs|fan
    0.6   thumbs up
    0.6   you|u|guys rock
    -0.6  thumbs down
    0.6   five|5|ten|10 stars|star
    0.3   four|4 stars|star
    0.6   made|makes|make my|our day
    0.5   above|beyond and beyond|expectations
    0.5   exceeded|exceeds|surpassed ~1 expectations
    0.5   top|first|high notch|class|quality|rate
    0.5   spot on
    0.4   as described|advertised|promised|expected
    0.5   always|everyone|everything|staff|super|very|really|so ~2 kind|quick|clean|fresh|fast|easy
    0.5   reasonably|good|great|fair|affordable|best|amazing priced|price|prices|value|deal
    0.4   fixed|solved|sorted|repaired|resolved ~1 it|quickly|promptly|immediately
    0.4   fixed|solved|sorted|repaired|resolved ~1 everything|problem|issue
    0.3   arrived|came|delivered|shipped ~2 early|quickly|fast|time|promptly
    0.5   arrived|came|delivered|was|were|always|right|exactly|again|here|everything ~2 on time
    """
)
"""Turns of phrase whose words mislead one by one."""

RULES = (*PROBLEMS, *PHRASES, *WORDS)
