"""In which language a customer reads what is written in several: one rule for all that a company writes."""

from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from customers.phrases import SOURCE_LANGUAGE, language_of


def _check_tag(tag: str) -> str:
    language = language_of(tag, "")
    if language and language == tag:
        return tag
    message = (
        f"write {language} in place of {tag}: of customers the language alone is known, without a country"
        if language
        else "it must be the short name of a language, such as en or zh"
    )
    raise PydanticCustomError("rule", "{message}", {"message": message})


LanguageTag = Annotated[str, AfterValidator(_check_tag)]
"""The tag of a language in a definition, such as ``pt``: written as customers' languages are kept, or nobody
would ever be found to read it."""


def find_language(texts: Collection[str], language: str, company_language: str) -> str | None:
    """Find the language in which a customer reads something.

    Args:
        texts: in which languages there is a text.
        language: the customer's.
        company_language: the company's.

    Returns:
        The customer's; where there is no text in it, the company's, else English. None where there is none in
        these three.
    """
    for wanted in (language, company_language, SOURCE_LANGUAGE):
        if wanted in texts:
            return wanted
        if (primary := language_of(wanted, wanted)) in texts:
            return primary
    return None


def choose_language(texts: Collection[str], language: str, company_language: str) -> str:
    """Choose the language as ``find_language`` does; where it finds none, the first by its tag.

    ``texts`` must not be empty.
    """
    found = find_language(texts, language, company_language)
    return min(texts) if found is None else found
