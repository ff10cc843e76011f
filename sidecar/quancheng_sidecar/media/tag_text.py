"""Text of tags as devices write it: UTF-8, or the Chinese code page of the device's firmware."""

_MOST = 2_048
_MOST_TAGS = 256


def decode(data: bytes) -> str:
    """Read bytes as UTF-8, else as GB 18030, without control characters and at most 2,048 characters long."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return clean(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return clean(data.decode("latin-1"))


def clean(text: str) -> str:
    """Drop what follows a NUL, control characters and surplus length; read undecoded bytes as `decode` does."""
    text = text.split("\0", 1)[0]
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        return decode(text.encode("utf-8", "surrogateescape"))
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()[:_MOST]


def clean_tags(tags: dict[str, str]) -> dict[str, str]:
    """Clean keys and values, drop empty ones and those beyond the 256th."""
    cleaned = ((clean(key), clean(value)) for key, value in list(tags.items())[:_MOST_TAGS])
    return {key: value for key, value in cleaned if key and value}
