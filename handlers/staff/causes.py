"""What staff read of causes: pure wording."""

from collections.abc import Mapping, Sequence

from customers.phrases import Phrases


def causes_in_words(causes: Sequence[str], say: Phrases) -> Mapping[str, str]:
    """Name causes as staff read them; those that only the company knows are named as it wrote them."""
    standard = {
        "delivery": say("Delivery"),
        "product": say("Product"),
        "price": say("Price"),
        "staff": say("Staff"),
        "billing": say("Billing"),
        "app": say("App or website"),
        "waiting": say("Waiting time"),
        "misunderstanding": say("Misunderstanding"),
        "other": say("Something else"),
    }
    return {cause: standard.get(cause, cause) for cause in causes}
