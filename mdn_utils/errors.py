"""The error that bad input raises, and the warning that counts what was left out."""
import warnings


class InputError(ValueError):
    """Report bad input in one sentence: what was wrong, where, and what would be right."""


def warn_skipped(corpus, skipped):
    if skipped:
        warnings.warn(f"{corpus}: left out {len(skipped)} lines or files, the first because {skipped[0]}", stacklevel=4)
