"""Give lines the texts that they say: from a file, or as the reader reads them."""
from .data.formats.recording import decode
from .data.pasted import clean, letters_and_marks
from .errors import InputError
from .reading import read


def with_texts(lines, path):
    """Return lines with the texts of a file, one per row, in order. Blank rows don't count.

    Args:
        lines: a list of `Line`.
        path: a text file, UTF-8.

    Raises:
        InputError: if there are more or fewer texts than lines.

    Example:

    >>> from mdn_utils.data import simulated
    >>> with_texts(simulated.lines(2), __import__("pathlib").Path("nowhere.txt"))
    Traceback (most recent call last):
    mdn_utils.errors.InputError: nowhere.txt: no such file
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    texts = list(filter(None, map(clean, decode(path.read_bytes(), path).splitlines())))
    if len(texts) != len(lines):
        raise InputError(
            f"{path}: {len(texts)} texts for {len(lines)} lines of handwriting; expected one row "
            "for each line"
        )
    return [line._replace(text=text) for line, text in zip(lines, texts)]


def with_proposals(lines, reader, width):
    """Return lines with what a reader reads where they have no text, and a note on each.

    Args:
        lines: a list of `Line`.
        reader: a `reading.Reader`, or None, and then no text is proposed.
        width: of the beam.

    Returns:
        A list of `Line`, and a list of strings: how sure the reader is, or nothing.

    Example:

    >>> from mdn_utils.data import simulated
    >>> with_proposals(simulated.lines(2), None, 1)[1]
    ['', '']
    """
    notes = [""] * len(lines)
    unlabelled = [number for number, line in enumerate(lines) if not line.text]
    if reader is None or not unlabelled:
        return lines, notes
    lines = list(lines)
    found = read(reader, [lines[number].strokes for number in unlabelled], width)
    for number, proposal in zip(unlabelled, found):
        lines[number] = lines[number]._replace(text=clean(proposal.text))
        least = min(proposal.confidence, default=0)
        notes[number] = f"   (read; least sure of a character: {least:.0%})"
    return lines, notes


def check(lines):
    """Raise InputError if lines lack a text, or have characters that no hand here can write.

    Example:

    >>> from mdn_utils.data import simulated
    >>> check(simulated.lines(2))
    """
    empty = [str(number) for number, line in enumerate(lines, 1) if not line.text]
    if empty:
        raise InputError(
            f"{len(empty)} of {len(lines)} lines have no text (number {', '.join(empty[:9])}); "
            "give --text-file with one text per row, or --read to have them proposed"
        )
    letters_and_marks(" ".join(line.text for line in lines), "texts")
