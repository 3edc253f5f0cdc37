"""What somebody has had enough of who wants no more messages, in all languages that we understand."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.opt_out_purposes import EVERY_PURPOSE, purposes_in
from feedback.rules_stops import CALLS, IN_DOUBT, ONLY_ALONE, OPT_OUT_ALONE
from feedback.stops import says_opt_out
from feedback.tongues import BY_SCRIPT, BY_WORDS
from feedback.understanding import understand
from feedback.words import tidy
from store.tables.customers import Purpose
from store.tables.feedback import FeedbackKind

SOME = {
    Purpose.OFFERS: """
        No more offers
        Stop sending me offers!
        stop sending me promotional emails
        Unsubscribe me from your newsletter
        Keine Angebote mehr bitte
        Je ne veux plus recevoir vos offres
        ne m'envoyez plus d'offres
        No quiero recibir más ofertas
        Não quero mais receber promoções
        Non voglio più ricevere offerte
        stop offers
        no more offers thanks
        Don't bother me with offers
        不要再给我发优惠信息了
        别再发优惠给我了
        退订优惠信息
        别再发优惠了
        别再给我发促销短信
        لا اريد عروض
        मुझे ऑफर मत भेजो
    """,
    Purpose.INVITATIONS: """
        please don't send me any more invitations
        stop sending me messages about events
        stop events
        no more events
        No more events, please!
        Bitte keine Einladungen mehr
        Plus d'invitations s'il vous plaît
        no me envíen más invitaciones
        não quero mais convites
        basta inviti
        不要再邀请我参加活动
        别发邀请了
        لا ترسلوا لي دعوات
        निमंत्रण मत भेजो
    """,
    Purpose.VISITS: """
        I don't want to receive surveys anymore
        stop the surveys
        stop surveys
        Bitte keine Umfragen mehr schicken
        plus de sondages
        no más encuestas
        chega de pesquisas
        basta sondaggi
        请不要再回访
        不想再收到问卷
        不要再发调查问卷了
        لا أريد استبيانات بعد الآن
        सर्वे बंद करो
    """,
    Purpose.GREETINGS: """
        do not send me birthday wishes
        no more holiday greetings
        Bitte keine Grüße mehr
        plus de voeux
        no quiero más felicitaciones
        non mandatemi più auguri
        不要再发节日祝福了
        لا اريد تهاني
        शुभकामनाएं मत भेजो
    """,
}
EVERYTHING = """
    I want to unsubscribe, your newsletters suck
    I want to unsubscribe and your newsletters suck
    stop sending me stuff, fake discounts
    I do not want to hear from you, silly surveys
    I want to unsubscribe - your newsletters bore me
    Unsubscribe me (the discounts are fake)
    Unsubscribe me 😡 silly surveys
    退订，活动没意思
    退订活动没意思
    不要再发了，优惠都是骗人的
    不要再发了优惠都是骗人的
    别发了。你们的问卷太烦
    no more messages or offers
    no more offers or messages
    stop all messages
    Stop texting me, I hate your offers
    stop sending me ads
    I do not want to hear from you anymore
    Ich möchte keine Werbung mehr
    Bitte schickt mir keine Nachrichten und Angebote mehr
    No quiero más mensajes
    别再发消息和优惠了
    不要再发广告了
    لا اريد رسائل
    मैसेज मत भेजो
"""


PLAIN_STOPS = """
    STOP thanks
    STOP, thank you
    stop spamming
    leave me alone
    Please just leave us alone!
    do not disturb
    can you leave me alone
    don't message me
    please don't contact me
    cancel subscription
    cancel my subscription please
    停
    停，谢谢
    停止发送
    不要再发
    不要再给我发
    别再联系我了
    不要再联系我
    别联系我
    请勿打扰
    请勿打扰，我很忙
    勿扰
    拉黑
    别再联系我了，谢谢
    别再骚扰我
    alto
    alto, por favor
    no me contacten
    não me contatem
    Aufhören!
    Lasst mich in Ruhe
    bitte lassen Sie mich in Ruhe
    laissez-moi tranquille
    stop grazie
    Smettetela
    lasciatemi in pace
    संपर्क मत करो
    मुझे परेशान मत करो
    لا تتصلوا بي
    اتركوني وشأني
"""
NO_STOPS = """
    Thanks, T
    Many thanks, TD
    stop, order 123456
    The waiter would not leave us alone
    Your staff do not contact me
    先别发，地址写错了
    لماذا لا تتصلوا بي
    There are no more events in June
    The do not disturb sign was missing
"""


def lines(table: str) -> list[str]:
    return [line.strip() for line in table.strip().splitlines()]


@pytest.mark.parametrize(
    ("purpose", "words"), [(purpose, words) for purpose, table in SOME.items() for words in lines(table)]
)
def test_what_is_named_is_what_they_have_had_enough_of(purpose: Purpose, words: str) -> None:
    assert understand(words).kind is FeedbackKind.OPT_OUT
    assert purposes_in(words) == {purpose}


@pytest.mark.parametrize("words", lines(EVERYTHING))
def test_all_else_is_everything(words: str) -> None:
    assert understand(words).kind is FeedbackKind.OPT_OUT
    assert purposes_in(words) == EVERY_PURPOSE


@pytest.mark.parametrize("words", lines(PLAIN_STOPS))
def test_a_plain_stop_ends_everything_and_blames_nobody(words: str) -> None:
    found = understand(words)
    assert (found.kind, found.also_complains) == (FeedbackKind.OPT_OUT, False)
    assert purposes_in(words) == EVERY_PURPOSE


@pytest.mark.parametrize("words", lines(NO_STOPS))
def test_what_only_sounds_like_a_stop_is_none(words: str) -> None:
    assert understand(words).kind is not FeedbackKind.OPT_OUT


@pytest.mark.parametrize(
    "words",
    ["leave me alone, your product broke", "stop sending me broken cups", "Stop sending me broken parcels!"],
)
def test_a_stop_beside_a_problem_is_both(words: str) -> None:
    found = understand(words)
    assert (found.kind, found.also_complains) == (FeedbackKind.OPT_OUT, True)


@pytest.mark.parametrize(
    "words",
    [
        "no more invitations, surveys and greetings",
        "no more invitations, surveys or silly greetings",
        "no more invitations and greetings. No more surveys!",
        "别发邀请、问卷和祝福了",
    ],
)
def test_a_list_is_all_that_it_lists(words: str) -> None:
    assert purposes_in(words) == EVERY_PURPOSE - {Purpose.OFFERS}


ALONE = sorted(
    OPT_OUT_ALONE.union(*(one.opt_out_alone for one in chain(BY_WORDS.values(), BY_SCRIPT.values())))
)


@pytest.mark.parametrize("word", ALONE)
def test_a_stop_word_stops_everything(word: str) -> None:
    assert understand(word).kind is FeedbackKind.OPT_OUT
    assert purposes_in(word) == EVERY_PURPOSE


WORDS = (
    "stop no more sending me messages offers , . and about invitations keine Angebote mehr 不要再发 优惠 消息"
)
words = st.sampled_from(WORDS.split())


@given(st.lists(words, min_size=1, max_size=12).map(" ".join))
def test_never_less_than_what_is_asked(text: str) -> None:
    """Whatever the words, something is stopped; and everything, where a part names nothing."""
    found = purposes_in(text)

    assert found
    if not any(one in text for one in ("offers", "invitations", "Angebote", "优惠")):
        assert found == EVERY_PURPOSE
    if says_opt_out(tidy("no more messages")):
        assert purposes_in(f"no more messages. {text}") == EVERY_PURPOSE


@pytest.mark.parametrize(
    "words",
    [
        "Where are the discounts you promised?",
        "I loved the invitation, thank you",
        "The survey was fun",
        "Are there more events?",
        "活动很棒",
        "优惠什么时候结束？",
    ],
)
def test_who_speaks_of_them_wants_no_less_of_them(words: str) -> None:
    assert understand(words).kind is not FeedbackKind.OPT_OUT


def test_what_counts_less_is_a_stop_by_itself() -> None:
    """A word that is only in the tables of what counts less would never be one."""
    assert {word for word in IN_DOUBT | ONLY_ALONE if not says_opt_out(tidy(word))} == set()
    assert CALLS <= IN_DOUBT
    assert not IN_DOUBT & ONLY_ALONE
