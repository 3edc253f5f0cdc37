"""How long a text is as messaging apps count it: in UTF-16 units."""


def length(text: str) -> int:
    """Count the UTF-16 units of a text: one for most characters, two or more for an emoji."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
