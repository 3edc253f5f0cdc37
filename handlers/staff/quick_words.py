"""Quick replies: which there are, and what a customer would read; those that ship, and the company's own."""

from collections.abc import Mapping

from customers.company import Company
from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from customers.speaking import company_name, spoken_name
from feedback.case_clocks import due_of
from feedback.complaint_rules import reference
from feedback.quick_replies import QuickReplyError, Template, fill, find_word, in_language
from handlers.context import StaffContext
from handlers.staff.alert_text import shortened
from scheduler.manners import zone_of
from store.tables.complaints import ENDED, Complaint
from store.tables.customers import Customer

COMMAND = "r"
SHOWN = 60
"""Characters of a text that a list shows."""


def standard(say: Phrases) -> Mapping[str, str]:
    """Give the texts that ship with Rapport, in one language, with their variables."""
    return {
        "thanks-wait": say(
            "Thank you for your patience, {name}. We are looking into {reference} and answer you by {due}."
        ),
        "need-order-number": say("So that we can look into it, {name}: what is your order number?"),
        "need-photo": say("Could you send us a photo of it, {name}? Then we see at once what is wrong."),
        "resolved-ask": say("{name}, we have seen to {reference}. Is everything all right for you now?"),
    }


def texts_for(company: Company, language: str) -> Mapping[str, str]:
    """Give all quick replies by their words, in a language as far as there is one; the company's own win."""
    own = {
        word: text
        for word, reply in company.desk.quick_replies.items()
        if (text := in_language(reply.texts, language=language, otherwise=company.language))
    }
    return {**standard(phrases(language)), **own}


def compose(context: StaffContext, customer: Customer, complaint: Complaint | None, word: str) -> str | None:
    """Write what a customer would read; None where there is no such quick reply.

    Raises:
        QuickReplyError: it holds a variable that has no value here.
    """
    texts = texts_for(context.company, customer.language)
    found = find_word(texts, word)
    if found is None:
        return None
    return fill(Template(found, texts[found]), _values(context, customer, complaint))


def _values(context: StaffContext, customer: Customer, complaint: Complaint | None) -> Mapping[str, str]:
    company = context.company
    values = {
        "name": customer.display_name,
        "staff": spoken_name(context.staff, company),
        "company": company_name(company, phrases(customer.language)),
    }
    if complaint is None:
        return values
    values["reference"] = reference(complaint.id)
    if complaint.state not in ENDED:
        due = due_of(complaint)
        values["due"] = moment_in(
            due, zone_of(customer, company), phrases(customer.language, customer.country)
        )
    return values


def list_in_words(context: StaffContext) -> str:
    """List all quick replies, as staff read them."""
    say = context.say
    texts = texts_for(context.company, context.company.language)
    lines = [f"/{COMMAND} {word} – {shortened(text, SHOWN)}" for word, text in texts.items()]
    return "\n".join([say("Quick replies, to be sent as a reply to a case:"), *lines])


def trouble_in_words(error: QuickReplyError, word: str, say: Phrases) -> str:
    """Say why a quick reply cannot be sent."""
    if not error.variables:
        return say(
            "The quick reply “{word}” has a brace without its other half, so nothing went out. Whoever wrote "
            "it must mend it.",
            word=word,
        )
    missing = ", ".join(f"{{{name}}}" for name in error.variables)
    return say(
        "The quick reply “{word}” needs {variables}, and that has no value here, so nothing went out.",
        word=word,
        variables=missing,
    )
