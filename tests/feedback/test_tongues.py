"""Seven languages beside English and Chinese: blame, danger, stop, praise and wishes reach whom they must."""

import re

import pytest

from feedback import tongues
from feedback.complaint_rules import needs_case
from feedback.reading.language import Language
from feedback.reading.severity_signals import Severity
from feedback.requests import needs_reader
from feedback.understanding import understand
from feedback.words import tidy, words_of
from store.feedback_kinds import FeedbackKind

COMPLAINTS = {
    Language.GERMAN: """
        Es ist eine Frechheit, wie ich behandelt wurde
        Ich warte seit drei Wochen auf mein Paket
        Der Deckel ist schon wieder kaputt
        Ich möchte mein Geld zurück
        Niemand meldet sich bei mir
        Die Ware ist nie angekommen
        Nie wieder!
        Das ist doch ein Witz, ich will eine Erstattung
        Der Kellner hat uns ignoriert
        Sie haben mir zweimal Geld abgebucht
    """,
    Language.SPANISH: """
        Es una vergüenza
        El hervidor llegó roto
        Quiero que me devuelvan el dinero
        Me han cobrado dos veces
        Nadie me responde
        El camarero nos ignoró toda la noche
        Me vendieron un producto caducado
        El pedido nunca llegó
        La aplicación no funciona
        Estoy muy decepcionada con ustedes
    """,
    Language.FRENCH: """
        C'est inadmissible
        J'attends mon colis depuis trois semaines
        Je n'ai toujours pas été remboursée
        Personne ne me répond
        Commande jamais reçue
        L'application ne fonctionne pas
        C'est une honte
        C'est du vol
        Service client injoignable
        Plus jamais
    """,
    Language.PORTUGUESE: """
        É uma vergonha
        O bule chegou quebrado
        Quero meu dinheiro de volta
        Fui cobrada duas vezes
        Ninguém me responde
        O pedido nunca chegou
        O aplicativo não funciona
        Péssimo atendimento
        Produto vencido
    """,
    Language.ITALIAN: """
        È una vergogna
        Il bollitore è arrivato rotto
        Voglio indietro i miei soldi
        Mi avete addebitato due volte
        Nessuno mi risponde
        L'ordine non è mai arrivato
        L'app non funziona
        È un furto
        Aspetto il mio pacco da tre settimane
    """,
    Language.HINDI: """
        यह बहुत शर्मनाक है
        सामान टूटा हुआ आया
        मुझे अपने पैसे वापस चाहिए
        कोई जवाब नहीं दे रहा
        ऑर्डर कभी नहीं आया
        ऐप काम नहीं कर रहा
        बहुत ही खराब सेवा
        मैं आपकी सेवा से बहुत निराश हूँ
    """,
    Language.ARABIC: """
        هذا عيب عليكم
        وصل الجهاز مكسورا
        أريد استرداد نقودي
        لا أحد يرد علي
        لم يصل الطلب أبدا
        التطبيق لا يعمل
        لا يوجد رد على الهاتف
        تم خصم المبلغ مرتين
    """,
}
SEVERE = """
    legal | Mein Anwalt wird sich melden
    safety | Das Kabel ist in Brand geraten
    safety | Ich bin allergisch und da waren Nüsse drin
    legal | Mi abogado se pondrá en contacto
    safety | Soy alérgica y había nueces en la comida
    legal | Mon avocat va vous contacter
    safety | Le câble a pris feu
    legal | Meu advogado vai entrar em contato
    safety | O cabo pegou fogo
    legal | Il mio avvocato vi contatterà
    safety | Sono allergico e c'erano noci nel piatto
    legal | मेरा वकील आपसे संपर्क करेगा
    safety | तार में आग लग गई
    legal | سيتصل بكم المحامي
    safety | عندي حساسية وكان في الطعام مكسرات
    money_lost | Man hat mir doppelt abgebucht
    leaving | Plus jamais chez vous
    asked_before | Ya les escribí tres veces
"""
STOPS = """
    BAJA
    Abmelden
    ARRÊT
    Parar
    Darme de baja
    Ich möchte keine Nachrichten mehr
    Bitte schreiben Sie mir nicht mehr
    No quiero recibir más mensajes
    Je ne veux plus recevoir de messages
    Ne m'écrivez plus
    Não quero mais receber mensagens
    Non voglio più ricevere messaggi
    Disiscrivimi
    मैसेज मत भेजो
    إلغاء الاشتراك
    توقف
"""
FOR_A_PERSON = """
    Ich würde gerne einen Tisch für vier Personen reservieren
    Leider kann ich am Freitag nicht kommen
    Mein Name ist Thomas Müller
    Quisiera reservar una mesa para cuatro personas
    ¿Cuándo llega mi paquete?
    Je voudrais réserver une table pour quatre personnes
    Gostaria de reservar uma mesa para quatro pessoas
    Vorrei prenotare un tavolo per quattro persone
    मेरा पार्सल कब आएगा?
    أريد حجز طاولة لأربعة أشخاص
    Где мой заказ, скажите пожалуйста
    Mein Kind hat sich an der Kante geschnitten
    Somos quatro
    Siamo in quattro
    Je passe demain
    Das Wetter ist heute kalt
    Nunca he estado ahí
"""
PRAISE = """
    Vielen Dank, alles war sehr lecker
    Die Lieferung war nicht schlecht, sehr freundlich
    La comida estaba muy rica
    Merci beaucoup, tout est parfait
    Muito obrigada, tudo perfeito
    Il cibo era molto buono
    खाना बहुत स्वादिष्ट था
    كان الطعام لذيذا جدا
"""
SMALL = """
    greeting | Hola, buenos días
    greeting | Bom dia
    greeting | Buongiorno
    greeting | Guten Tag
    greeting | नमस्ते
    greeting | السلام عليكم
    small_talk | Muchas gracias
    small_talk | Danke schön
    small_talk | Merci beaucoup
"""


ALIKE = {Language.SPANISH, Language.PORTUGUESE}


def rows(table: str) -> list[str]:
    """Give the sentences of a table."""
    return [row.strip() for row in table.strip().splitlines()]


def pairs(table: str) -> list[list[str]]:
    """Give the rows of a table of two columns."""
    return [[part.strip() for part in row.split("|", 1)] for row in rows(table)]


@pytest.mark.parametrize(
    ("language", "text"), [(one, text) for one, some in COMPLAINTS.items() for text in rows(some)]
)
def test_blame_becomes_a_complaint_in_its_language(language: Language, text: str) -> None:
    found = understand(text)
    assert (found.kind, found.sentiment) == (FeedbackKind.COMPLAINT, "negative"), found
    # Two of them share many words; and of two words nobody need know the language.
    assert found.language in ({language, Language.UNKNOWN} | (ALIKE if language in ALIKE else set()))


@pytest.mark.parametrize(("severity", "text"), pairs(SEVERE))
def test_what_weighs_heavily_is_found(severity: str, text: str) -> None:
    found = understand(text).severity
    assert Severity(severity) in {one.severity for one in found}
    assert needs_case(found) == (severity in ("legal", "safety"))


@pytest.mark.parametrize("text", rows(STOPS))
def test_a_stop_is_a_stop_in_any_language(text: str) -> None:
    assert understand(text).kind is FeedbackKind.OPT_OUT


@pytest.mark.parametrize("text", rows(FOR_A_PERSON))
def test_what_is_no_blame_is_no_complaint_and_reaches_a_person(text: str) -> None:
    found = understand(text)
    assert found.kind in (FeedbackKind.QUESTION, FeedbackKind.OTHER)
    assert found.kind is FeedbackKind.QUESTION or needs_reader(text, found.language)


@pytest.mark.parametrize("text", rows(PRAISE))
def test_praise_is_praise(text: str) -> None:
    assert understand(text).kind is FeedbackKind.PRAISE


@pytest.mark.parametrize(("kind", "text"), pairs(SMALL))
def test_politeness_is_politeness(kind: str, text: str) -> None:
    assert understand(text).kind is FeedbackKind(kind)


@pytest.mark.parametrize(("stop", "other"), [("बंद", "बाद"), ("बंद", "बंदी"), ("रोको", "राका")])
def test_hindi_words_that_differ_by_their_signs_alone_are_not_one(stop: str, other: str) -> None:
    assert words_of(tidy(f"{stop} {other}")) == (stop, other)
    assert understand(stop).kind is FeedbackKind.OPT_OUT
    assert understand(other).kind is not FeedbackKind.OPT_OUT


def test_what_reports_a_problem_and_says_stop_is_both() -> None:
    found = understand("Das Gerät ist kaputt. Ich möchte keine Nachrichten mehr")
    assert (found.kind, found.also_complains) == (FeedbackKind.OPT_OUT, True)


@pytest.mark.parametrize(
    "text",
    [
        "The waiter said plus ça change, which we found very funny",
        "I would like to know whether you have a brand new box",
        "We had the crème brûlée and it was wonderful",
    ],
)
def test_english_stays_english(text: str) -> None:
    assert understand(text).language is Language.ENGLISH
    assert understand(text).kind is not FeedbackKind.COMPLAINT


def test_tables_are_written_as_messages_are_read() -> None:
    for tongue in tongues.BY_WORDS.values():
        tables = (tongue.problems, tongue.opt_out, tongue.asks, tongue.person, *tongue.severity.values())
        for rule in (rule for table in tables for rule in table):
            for word in re.split(r"[ |]", rule.pattern):
                read = words_of(tidy(word.rstrip("*")))
                assert word.startswith("~") or read == (word.rstrip("*"),), (rule.pattern, word, read)
