"""Tell whether a text was written in several rows, one below the other."""
import itertools

import numpy as np


def has_rows(pen):
    """Return whether the pen ever starts a new row.

    It does if it goes back by more than half the width of the whole, which the dot of an i doesn't
    ask for; or if a gap runs between the ink so far and all that follows, the rest below it, so
    that the two are one above the other.

    Args:
        pen: list of polylines (N, 2), y up.

    Example:

    >>> row = np.array([(0, 9), (3, 7), (6, 9)])
    >>> has_rows([row, row + (7, 0)]), has_rows([row, row + (2, -5)])
    (False, True)
    """
    if len(pen) < 2:
        return False
    width, height = np.ptp(np.concatenate(pen), axis=0)
    back = [before[-1, 0] - after[0, 0] for before, after in itertools.pairwise(pen)]
    if max(back) > width / 2:
        return True
    low = np.array([stroke.min(axis=0) for stroke in pen])
    high = np.array([stroke.max(axis=0) for stroke in pen])
    low_so_far = np.minimum.accumulate(low)[:-1]
    high_so_far = np.maximum.accumulate(high)[:-1]
    low_after = np.minimum.accumulate(low[::-1])[::-1][1:]
    high_after = np.maximum.accumulate(high[::-1])[::-1][1:]
    is_below = high_after[:, 1] < low_so_far[:, 1]
    size_so_far, size_after = high_so_far - low_so_far, high_after - low_after
    smaller = np.minimum(size_so_far, size_after)
    shared = np.minimum(high_so_far, high_after) - np.maximum(low_so_far, low_after)
    is_stacked = (shared[:, 0] > smaller[:, 0] / 2) & (smaller[:, 1] > height / 5)
    return bool((is_below & is_stacked).any())
