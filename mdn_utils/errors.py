"""The error that bad input raises, and the warning that counts what was left out."""
import warnings


class InputError(ValueError):
    """Report bad input in one sentence: what was wrong, where, and what would be right.

    Example:

    >>> raise InputError("the text is empty; give at least one character")
    Traceback (most recent call last):
    mdn_utils.errors.InputError: the text is empty; give at least one character
    """


def warn_skipped(corpus, reasons):
    """Warn once how many lines or files of a corpus were left out, and why the first one was.

    Args:
        corpus: name of the corpus.
        reasons: list of sentences, one for each; no warning if it is empty.

    Example:

    >>> warn_skipped("iam", [])
    """
    if reasons:
        warnings.warn(
            f"{corpus}: left out {len(reasons)} lines or files, the first because {reasons[0]}",
            stacklevel=4,
        )
