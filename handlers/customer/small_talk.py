"""Small talk: a short, warm answer that bothers nobody of the staff."""

from collections.abc import Sequence

from customers.speaking import company_name
from feedback.complaints import reference
from feedback.small_talk import SmallTalk, small_talk
from handlers.context import CustomerContext
from handlers.customer.complaint import solved_buttons, who_answers
from handlers.matters import about_complaint
from store.outbox import Draft
from store.tables.complaints import Complaint


def chat(context: CustomerContext, words: str) -> Sequence[Draft]:
    """Answer small talk in kind."""
    say = context.say
    plain = say("All right! Just write when you need us.")
    answers = {
        SmallTalk.THANKS: _welcome(context),
        SmallTalk.GOODBYE: say("Goodbye, take care! Just write when you need us."),
        SmallTalk.YES_OR_NO: say("Sorry, I am not sure what that answers. What can I do for you?"),
        SmallTalk.LAUGHTER: say("😊 Just write when you need us."),
        SmallTalk.WISHES: say("Thank you, the same to you!"),
    }
    talk = small_talk(words)
    return (context.answer(plain if talk is None else answers.get(talk, plain)),)


def ask_if_solved(context: CustomerContext, complaint: Complaint) -> Sequence[Draft]:
    """Make sure that a customer who says so in passing means the complaint."""
    say = context.say
    text = say("That sounds good! Is {reference} solved?", reference=reference(complaint.id))
    about = about_complaint(complaint.id)
    return (context.answer(text, buttons=solved_buttons(complaint, say), about=about),)


def tell_who_we_are(context: CustomerContext) -> Sequence[Draft]:
    """Say honestly what answers here."""
    text = context.say(
        "I am a program, an assistant of {company}. People of our team read along and answer what I cannot. "
        "If you would like to talk to one of them, just say so.",
        company=company_name(context.company, context.say),
    )
    return (context.answer(text),)


def _welcome(context: CustomerContext) -> str:
    complaint = context.complaint
    if complaint is None:
        return context.say("You're welcome!")
    return context.say(
        "You're welcome! {reference} stays with {who}.",
        reference=reference(complaint.id),
        who=who_answers(context, complaint),
    )
