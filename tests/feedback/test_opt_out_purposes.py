"""What somebody has had enough of who wants no more messages, in all languages that we understand."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.kinds import says_opt_out
from feedback.opt_out_purposes import EVERY_PURPOSE, purposes_in
from feedback.rules_kinds import OPT_OUT_ALONE
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
        不要再给我发优惠信息了
        别再发优惠了
        别再给我发促销短信
        لا اريد عروض
        मुझे ऑफर मत भेजो
    """,
    Purpose.INVITATIONS: """
        please don't send me any more invitations
        stop sending me messages about events
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


def test_a_list_is_all_that_it_lists() -> None:
    assert purposes_in("no more invitations, surveys and greetings") == EVERY_PURPOSE - {Purpose.OFFERS}


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
