"""What somebody who wants no more messages has had enough of: all of them, or only some.

"No more offers" stops offers; "stop", and all else that names nothing, stops everything. So does what is in
doubt: who said stop must hear nothing, and who meant less is told how to turn the rest on again.
"""

import re
from collections.abc import Iterator, Mapping

from feedback.stops import says_opt_out
from feedback.tongues import alike
from feedback.words import tidy
from store.purposes import Purpose

EVERY_PURPOSE = frozenset(Purpose)

NAMED: Mapping[Purpose, str] = {
    Purpose.OFFERS: """
        offers? promotions? promos? promotional deals? discounts? sales newsletters? coupons?
        angebote?n? rabatte? rabattaktionen aktionen gutscheine?
        offres? reductions? soldes promotionnels? promotionnelles?
        ofertas? promociones promocion descuentos? promocionales
        promocoes promocao descontos? promocionais
        offerte offerta promozioni promozione sconti sconto promozionali
        优惠券? 促销 折扣 特价 打折 电子报
        عروض العروض خصومات الخصومات تخفيضات التخفيضات
        ऑफर ऑफ़र छूट
    """,
    Purpose.GREETINGS: """
        greetings? wishes
        \\w*gru(?:ss|ß)en? gluckwunsche\\w*
        voeux felicitations salutations
        felicitaciones saludos
        felicitacoes saudacoes parabens
        auguri saluti
        祝福 祝贺 贺词 节日问候 问候
        تهاني التهاني تهنئه معايدات المعايدات تحيات
        शुभकामना\\S* बधाई\\S*
    """,
    Purpose.INVITATIONS: """
        invitations? invites? events?
        einladung(?:en)? veranstaltung(?:en)?
        evenements?
        invitaciones invitacion eventos?
        convites?
        inviti invito eventi evento
        邀请函? 请柬 活动
        دعوات الدعوات فعاليات الفعاليات
        निमंत्रण आमंत्रण न्योता न्योते
    """,
    Purpose.VISITS: """
        surveys? questionnaires? check-?\\s?ins? follow-?\\s?ups?
        umfragen? befragung(?:en)? nachfragen fragebogen
        sondages? enquetes?
        encuestas? cuestionarios?
        pesquisas? questionarios?
        sondaggi sondaggio questionari questionario
        回访 问卷 调查 调研
        استبيانات الاستبيانات استبيان استطلاعات الاستطلاعات
        सर्वे सर्वेक्षण
    """,
}
"""How each purpose is called, in all languages that we understand; as ``words.tidy`` leaves a text."""

ANYTHING = """
    messages? messaging texts? texting sms e-?mails? mails? mailings? mailing contact(?:ing)? writ(?:e|ing)
    notifications? anything everything nothing spam(?:ming)? ads? adverts? advertis\\w+ marketing
    bother(?:ing)? all\\sof\\s(?:it|this|that)
    nachrichten nachricht werbung schreiben schreibt anschreiben kontaktieren kontaktiert nichts alles
    messages? message publicites? pub ecrire ecrivez contacter contactez rien harceler tout
    mensajes? publicidad correos? notificaciones anuncios? nada escribir\\w* escriban contacten todo
    molest\\w+
    mensagens mensagem publicidade propagandas? notificacoes nada escrever escrevam incomod\\w+ tudo
    messaggi messaggio pubblicita notifiche niente scriver\\w* scrivete contattat\\w+ tutto
    消息 信息 讯息 简讯 短信 邮件 广告 推销 营销 推送 打扰 骚扰 任何 所有 全部 一切
    رسائل الرسائل رساله الاعلانات اعلانات كل\\sشيء جميع
    मैसेज मेसेज संदेश विज्ञापन ईमेल एसएमएस सब\\sकुछ सभी
"""
"""Words for whatever we send; advertising is what many call all of it."""

ABOUT = (
    "about|with|for|regarding|on|of|uber|zu|mit|von|zum|zur|de|d'|des|sur|concernant|avec|sobre|con|com|acerca"
    "|su|di|per|del|della|delle|في|عن|के|की|का|关于"
)
"""Words between such a word and what it is about."""

_CHINESE = re.compile("[\u3400-\u9fff]")
_WIDE = r"\u0900-\u097f\u0600-\u06ff"
_CLAUSE = re.compile(
    rf"(?:[^\w\s'&/+\-{_WIDE}]|[\n،؛؟।॥]|\s-+\s)+"
    r"|\s(?:because|but|since|aber|weil|denn|car|parce|pero|porque|ma|perche|pois)\s"
    r"|因为|但是|可是|لكن|लेकिन|(?<=了)(?!解)(?=\w)"
)
"""Where something else begins: at punctuation, at such words, and after a Chinese 了."""
_AND = re.compile(r"\s(?:and|und|et|y|e|&|और)\s|而且|并且|\sو")
LONGEST_LISTED = 4
"""Words of a part between commas that only goes on with a list."""


def _any_of(words: str) -> str:
    """Make a pattern of words: whole ones where words are parted by spaces, anywhere in Chinese."""
    parts = sorted(set(words.split()), key=len, reverse=True)
    spaced = "|".join(one for one in parts if not re.match("[\u3400-\u9fff]", one))
    chinese = "|".join(one for one in parts if re.match("[\u3400-\u9fff]", one))
    return rf"(?:(?<![\w{_WIDE}])و?(?:{spaced})(?![\w{_WIDE}])|{chinese})"


_NAMED = {purpose: re.compile(_any_of(words)) for purpose, words in NAMED.items()}
_SOME = _any_of(" ".join(NAMED.values()))
_ANYTHING = _any_of(ANYTHING)
_LINKS = _any_of(r"""
    and or nor no not any more other also plus your the these of please thanks & \+ / und oder noch keine auch
    bitte et ou ni de des les plus merci y o tampoco mas gracias e nem mais obrigado obrigada ne piu grazie
    و او ولا شكرا और या
    和 或者? 以及 还有 与 及 也 都 等 的 了 吧 啦 啊 类 通知 提醒 给我 这些 你们 谢谢
""")
_LISTED_ONLY = re.compile(rf"\s*(?:(?:{_SOME}|{_ANYTHING}|{_LINKS})\s*)+")
_BEGINS_LISTED = re.compile(rf"\s*(?:{_LINKS}\s+)*{_SOME}")
_NAMES_SOME = re.compile(_SOME)
_ANY_KIND = re.compile(_ANYTHING)
_QUALIFIED = re.compile(
    rf"(?P<of>{_SOME})(?:'s)?[\s的-]*(?:{_ANYTHING})|(?:{_ANYTHING})(?:\s(?:me|us|mir|mich|uns))?\s?(?:{ABOUT})"
    rf"(?:\s?\S+){{0,2}}?\s?(?P<about>{_SOME})"
)


def purposes_in(text: str) -> frozenset[Purpose]:
    """Tell what a message that wants no more of ours has had enough of.

    Args:
        text: as it was written; it was understood as an opt-out.

    Returns:
        Some purposes, or all.

    >>> sorted(purposes_in("No more offers, please")), len(purposes_in("Stop texting me, I hate your offers"))
    ([<Purpose.OFFERS: 'offers'>], 4)
    """
    clauses = [clause for clause in _clauses(alike(tidy(text))) if says_opt_out(clause)]
    found = [_named_in(clause) for clause in clauses]
    return frozenset().union(*found) if found else EVERY_PURPOSE


def _clauses(text: str) -> Iterator[str]:
    """Cut a tidied text where something else begins; what only goes on with a list stays with it."""
    whole = ""
    for part in filter(str.strip, _CLAUSE.split(text)):
        if names_what_we_send(whole) and _goes_on(part):
            whole = f"{whole} and {part.strip()}"
            continue
        if whole:
            yield whole.strip()
        whole = part
    if whole:
        yield whole.strip()


def names_what_we_send(part: str) -> bool:
    """Tell whether a tidied text names something that we send, or all of it."""
    return (_NAMES_SOME.search(part) or _ANY_KIND.search(part)) is not None


def _goes_on(part: str) -> bool:
    """Whether a part is the rest of a list, and not another thought that happens to name a purpose."""
    if not names_what_we_send(part) or says_opt_out(part):
        return False
    if _LISTED_ONLY.fullmatch(part):
        return True
    is_spaced = _CHINESE.search(part) is None
    return is_spaced and len(part.split()) <= LONGEST_LISTED and _BEGINS_LISTED.match(part) is not None


def _named_in(clause: str) -> frozenset[Purpose]:
    """Tell what a part that says stop names; if it has said so before it names anything, that is all."""
    named = frozenset(purpose for purpose, words in _NAMED.items() if words.search(clause))
    if not named or _stops_first(clause):
        return EVERY_PURPOSE
    rest = _QUALIFIED.sub(lambda found: f" {found['of'] or found['about']} ", clause)
    return EVERY_PURPOSE if _ANY_KIND.search(rest) else named


def _stops_first(clause: str) -> bool:
    """Whether what stands before an "and" says stop and names nothing: "unsubscribe and your offers bore"."""
    border = _AND.search(clause)
    before = clause[: border.start()] if border else ""
    if not _NAMES_SOME.search(before) and says_opt_out(before):
        return True
    # Without spaces or punctuation: what comes after the name makes it the beginning of another thought.
    first = _NAMES_SOME.search(clause)
    if first is None or not _CHINESE.search(first[0]) or _LISTED_ONLY.fullmatch(clause, first.end()):
        return False
    return first.end() < len(clause) and says_opt_out(clause[: first.start()])
