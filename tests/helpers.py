"""What several test files use."""
import warnings

import numpy as np

from mdn_utils.strokes import InputError, Line, check, from_pen


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def some_lines(count, who=lambda number: f"w{number}"):
    rng = np.random.default_rng(0)
    return [Line(from_pen([rng.normal(size=(4, 2)), rng.normal(size=(1, 2))]), f"né {number}", who(number))
            for number in range(count)]


def lines_or_input_error(read):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            for line in read():
                check(line.strokes)
                assert line.text.strip()
    except InputError:
        pass
