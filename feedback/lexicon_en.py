"""English words, one by one: short forms, negations, and weights beyond TextBlob's lexicon. Data, no logic.

Weights are on TextBlob's scale: 0.3 mild, 0.6 clear, 0.9 strong. What several words mean together stands in
``rules_en``.
"""

from collections.abc import Mapping

from feedback.matching import graded, listed

NEGATIONS = listed("""
    not no never nobody nothing none neither nor without hardly barely lack lacks lacked cannot
""")
NEGATION_REACH = 4
"""Words after a negation that it turns round."""
NEGATION_STOPS = frozenset([",", "but", "because", "until", "unless", "since", "only"])
"""After these a negation is over; "not only" negates nothing."""
ANSWERED_NO = listed("still it i the they we you this that my your nothing nobody there he she is not")
"""After one of these a "no" that begins the sentence answers something, and negates nothing."""
FUNCTION_WORDS = listed("""
    a an the i you he she it we they me him her us them my your his its our their mine yours this that these
    those there here is am are was were be been being do does did have has had having will would can could
    shall should may might must to of in on at by for from with into onto over under about as and or if than
    then so too very just also what which who whom whose when where why how not no nor yes s t re ve ll d m
""")
"""They may weigh in the model, but explain nothing to anybody."""
CONTRASTS = frozenset(["but", "however", "although", "though"])

CONTRACTIONS: Mapping[str, tuple[str, ...]] = {
    "cannot": ("can", "not"),
    "cant": ("can", "not"),
    "can't": ("can", "not"),
    "wont": ("will", "not"),
    "won't": ("will", "not"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "dosnt": ("does", "not"),
    "dosent": ("does", "not"),
    "doesent": ("does", "not"),
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

MUTED = listed("""
    able absolute absolutely action active actual actually afraid ahead all alone alright american
    appropriate available average aware back base basic behind big black blue bottom brown certain
    certainly chicken chinese clear clearly close closed cold coma common complete completely complex
    concerned considerable content correct crazy current dark dead deep different direct double down dry
    due early easily enough entire especially everyday exact exactly expected experienced extra extremely
    familiar far fast few filled final fine first fit fixed fly former free french fresh full funny
    further game general good-bye gray great-grandfather green half hard heavy high higher hot hungry ill
    important incredibly inner involved joint just kind large last late later latest least left less light
    likely limited little live long loud low main major many married mean medium mental mere mini minor
    missing mobile modern more morning most mostly much narrow natural near nearly necessary needed new
    next normal normally obvious obviously official ok okay old only open original other overall own part
    particular particularly past personal physical plain plastic popular possible present pretty previous
    prime private proper public quick quiet quite rare raw ready real really recent red regular related
    relative remote responsible rich right rough round same scheduled second secret self separate serious
    seriously several sexual short sick similar simple simply single slight slightly small social soft
    some sound special specific spent square straight strange strong subject subtle such sudden suddenly
    super sure surprised tall then thick thin tight tiny top total totally tough true typical unlikely
    upper used usual usually various very warm wants watery wet white whole wide wild wooden worth yellow
    young
""") - listed("afraid fresh good-bye quick quiet serious sick tough crazy strange surprised missing fine")
"""Words that TextBlob scores alone though they say nothing of a customer's mood ("first", "more", "able"):
they keep their effect on the word that follows them ("really good")."""

WORDS = (
    *graded(
        {
            -0.9: """
                scam scams scammed scammers scammer fraud fraudulent thieves thief robbed robbery stole
                cheated ripoff crooks appalling atrocious abysmal dreadful unacceptable disgraceful
                outrageous disgusted furious unforgivable
            """,
            -0.75: """
                useless worthless pathetic garbage trash junk crap shit bullshit sucks sucked suck lousy
                hate hated hates liar liars lied lies despicable insult insulting insulted incompetent
                incompetence nightmare unprofessional unreliable unusable ridiculous shambles rubbish
                horrendous horrific misleading deceptive deceived rude filthy wtf
            """,
            -0.6: """
                disappointing disappointment disappointed frustrating frustrated frustration annoying
                annoyed unhappy dissatisfied dissatisfaction upset angry mediocre overpriced inedible
                defective faulty poorly regret regretted shame shameful waste wasted wasting avoid beware
                fails failed fail failure failing sadly unfortunately ignored ignoring ignores broken
                broke ruined ruins destroyed careless clueless horribly terribly worse worst poor
                tasteless flavorless flavourless unhelpful neglected disrespectful stinks stunk shoddy
                flimsy unsafe rotten mistreated unresponsive dissapointed dissapointing fuming aggressive
                moldy mouldy appalled displeased underwhelming underwhelmed disservice disaster
                nightmarish inexcusable dumb dumbest pissed deafening loathe unwatchable flop letdown
                awefull
            """,
            -0.45: """
                crash crashed crashes crashing stuck slow slowly sluggish laggy buggy glitchy glitch
                glitches bug bugs bland stale soggy greasy undercooked overcooked burnt dirty smelly
                smells smelled stained cracked scratched torn leaking leaked damaged missing wrong lost
                delayed delays delay pricey expensive refused refuses refuse rejected declined unable
                mistake mistakes error errors confusing confused uncomfortable noisy messy mess crowded
                lazy unfair problem problems issue issues trouble troubles complaint complaints complain
                complained hassle headache pain hurts painful drawback downside flaw flaws flawed weak
                bother bothered disturbing concerning worried worrying worry wasteful gross nasty awkward
                tired exhausted sad sorry lacking lacks lacked lack lame inconvenient inconvenience
                unclear inaccurate unauthorised unauthorized died dies fell malfunction malfunctioned
                misplaced whatsoever downhill joke overcharged shrunk disconnected uninstalled stressed
                stressful leak leaky horror cramped outdated unpleasant hesitant shut
            """,
            -0.3: """
                refund refunds refunded overdue late cancelled canceled disputed dispute waited waiting
                ugh meh returned nonexistent elsewhere damn hurt dead unknown unexpected limited
                suspicious suspended blocked tiny smell forgot forgotten unnecessary supposedly scared
                nervous ashamed risky sucky excuses excuse tough hard inconsistent
            """,
        }
    ),
    *graded(
        {
            0.8: """
                awesome amazing excellent fantastic wonderful perfect perfectly superb outstanding
                brilliant love loved loves loving delicious incredible flawless flawlessly phenomenal
                exceptional impeccable delighted thrilled yummy heavenly unbeatable magnificent fabulous
                terrific marvelous marvellous stellar gorgeous adore adored adores
            """,
            0.6: """
                great recommend recommended recommending best pleased glad happy enjoyed enjoy enjoying
                enjoyable impressed impressive helpful friendly favorite favourite beautiful beautifully
                lovely grateful appreciate appreciated appreciates thankful yay congrats kudos gem
                delightful attentive tasty courteous knowledgeable seamless seamlessly satisfied pleasure
                pleasant welcoming wow rocks winner adorable cute joy fun hilarious
            """,
            0.45: """
                good nice nicely thank thanks comfortable cozy cosy easy clean cool polite professional
                reliable convenient generous fresh smooth smoothly sturdy affordable reasonable efficient
                bargain works helps helped solved resolved excited proud entertaining interesting yum
                crisp relaxing timely prompt promptly worthwhile accommodating caring tender moist durable
                intuitive effortless thoughtful patient prettier liked welcome bless
            """,
            0.3: """
                fine fast quick quickly decent solid hope hopefully improved improvement safe useful glad
                lol haha hahaha fits plus bonus compliments patience support ease sweet thankfully luckily
            """,
        }
    ),
)
"""Single words; a negation before them turns them round."""
