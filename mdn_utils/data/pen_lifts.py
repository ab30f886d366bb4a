"""Cut a line that came as one stroke where the pen must have been up."""
import warnings

import numpy as np

JUMP = 2.5  # times the upper quartile of the steps


def lift(pen, text, where):
    """Return polylines with the pen lifted between words.

    A pen lifts at least between words. Where a single stroke says several, the lifts got lost on
    the way here, and long steps show where they were.

    Args:
        pen: list of polylines (N, 2).
        text: what they say.
        where: what to call the line in the warning.

    Example:

    >>> words = np.array([(0, 0), (1, 0), (2, 0), (3, 0), (9, 0), (10, 0), (11, 0)])
    >>> lift([words], "one", "line 1")[0].shape
    (7, 2)
    """
    if len(pen) != 1 or " " not in text.strip() or len(pen[0]) < 3:
        return pen
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.hypot(*np.diff(pen[0], axis=0).T)
        jumps = np.flatnonzero(steps > JUMP * np.percentile(steps, 75))
    if not len(jumps):
        return pen
    pieces = np.split(pen[0], jumps + 1)
    warnings.warn(
        f"{where}: one stroke for several words, so it was cut at {len(jumps)} long steps; "
        "expected one stroke for each time the pen is down",
        stacklevel=2,
    )
    return pieces
