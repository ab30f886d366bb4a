"""Clean texts that people paste: quotes, dashes, blanks, and letters with accents."""
import re
import unicodedata
from string import punctuation

from ..errors import InputError
from .alphabet import ALPHABET

# What Unicode's own compatibility forms leave alone, or turn into what nobody means.
PLAIN = str.maketrans({
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u00b4\u02bc\u02b9\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u00a8", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043", "-"),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u2022\u00b7\u2219", "*"),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
    **dict.fromkeys(map(chr, range(0xFE00, 0xFE10))),  # the invisible second half of some emoji
})
# The marks that `accents` draws, by their combining characters.
MARKS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "circumflex", "\u0303": "tilde",
    "\u0304": "macron", "\u0306": "breve", "\u0307": "dot", "\u0308": "diaeresis",
    "\u030a": "ring", "\u030b": "double acute", "\u030c": "caron", "\u0323": "dot below",
    "\u0326": "comma below", "\u0327": "cedilla", "\u0328": "ogonek",
}


def clean(text):
    """Return a text as the network can write it, as far as that changes no letter.

    Unicode is normalised, curly quotes and long dashes become plain ones, an ellipsis three dots,
    any blank a space, several blanks one. Blanks at either end go, and invisible characters.

    Args:
        text: a string.

    Returns:
        A string, in which each letter is one character together with its accent.

    Example:

    >>> clean(" \u201cWait\u2026\u201d  she\u00a0said \u2013 \\n")
    '"Wait..." she said -'
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    text = unicodedata.normalize("NFKC", text.translate(PLAIN)).translate(PLAIN)
    text = "".join(
        letter for letter in text
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf")
    )
    text = re.sub(r"[^\S\n]+", " ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r" *\n *", "\n", text).strip(" \n")


def each_row(text, fit=clean):
    """Return a text of several rows, each of them clean, with the blanks at its beginning.

    Args:
        text: a string. Empty rows at the end go.
        fit: what cleans a row, `clean` or `replace_unknown`.

    Returns:
        A string. If it is a single row, blanks at its beginning go, too.

    Example:

    >>> each_row("Dear  all,\\r\\n  it\u2019s me\\n")
    "Dear all,\\n  it's me"
    """
    rows = []
    for row in re.split("\r\n|[\r\n\u0085\u2028\u2029]", text):
        blanks = len(row) - len(row.lstrip())
        rows.append(" " * blanks + fit(row.strip()))
    text = "\n".join(rows).rstrip()
    return text if "\n" in text else text.strip()


def split_accents(text):
    """Return the letters of a text without their accents, and the accents.

    Args:
        text: a clean string.

    Returns:
        A string of the same length, and a dictionary from the places of letters to lists of names
        in `MARKS`. A letter whose base or marks are unknown stays as it is.

    Example:

    >>> split_accents("d\u00e9j\u00e0")
    ('deja', {1: ['acute'], 3: ['grave']})
    """
    letters, marks = [], {}
    for place, letter in enumerate(text):
        base, *combining = unicodedata.normalize("NFD", letter)
        if combining and base in ALPHABET and set(combining) <= set(MARKS):
            letters.append(base)
            marks[place] = [MARKS[mark] for mark in combining]
        else:
            letters.append(letter)
    return "".join(letters), marks


def letters_and_marks(text, what="text"):
    """Return a pasted text as the letters that the network writes, and the accents to draw.

    Args:
        text: a string, as somebody typed or pasted it.
        what: what to call it in an error message.

    Returns:
        What `split_accents` does, of the clean text.

    Raises:
        InputError: if the text is empty, or has characters that can't be written; it names all of
            them.

    Example:

    >>> letters_and_marks(" caf\u00e9 ")
    ('cafe', {3: ['acute']})
    """
    text = clean(text)
    letters, marks = split_accents(text)
    if not letters:
        raise InputError(f"the {what} is empty; give at least one character that is not a space")
    unknown = sorted(set(letters) - set(ALPHABET))
    if unknown:
        shown = text if len(text) < 200 else f"{text[:200]}..."
        raise InputError(
            f"{what} {shown!r}: cannot write {', '.join(map(repr, unknown))}; known are A-Z, a-z, "
            f"0-9, space, {punctuation} and accents; --replace writes what comes close"
        )
    return letters, marks


def replace_unknown(text):
    """Return a clean text with all that can't be written transliterated.

    Example:

    >>> replace_unknown("stra\u00dfe, d\u00e9j\u00e0")
    'strasse, d\xe9j\xe0'
    """
    from anyascii import anyascii

    text = clean(text)
    plain, marks = split_accents(text)
    return clean("".join(
        letter if place in marks or known in ALPHABET else anyascii(letter)
        for place, (letter, known) in enumerate(zip(text, plain, strict=True))
    ))
