"""The shapes of accents, in letter heights, as a pen draws them."""
import numpy as np


def _ring(radius=0.15):
    angle = np.linspace(np.pi / 2, np.pi / 2 + 2.1 * np.pi, 10)
    return np.stack([radius * np.cos(angle), radius + radius * np.sin(angle)], 1)


_ACUTE = [(0.17, 0.4), (0.06, 0.22), (-0.06, 0.04)]
_DOT = [(0.02, 0.16), (0.0, 0.09), (-0.01, 0.05)]


def _shifted(part, by):
    return [(x + by, y) for x, y in part]


# Each is a list of strokes; y = 0 is where the accent begins above the letter, or where the letter
# ends below it.
SHAPES = {
    "acute": [_ACUTE],
    "grave": [[(-0.19, 0.4), (-0.06, 0.22), (0.06, 0.06)]],
    "circumflex": [[(-0.24, 0.03), (-0.1, 0.2), (0.0, 0.32), (0.1, 0.2), (0.22, 0.02)]],
    "tilde": [[(-0.32, 0.05), (-0.2, 0.2), (-0.08, 0.2), (0.06, 0.09), (0.18, 0.07), (0.32, 0.24)]],
    "macron": [[(-0.28, 0.12), (0.0, 0.13), (0.28, 0.14)]],
    "breve": [[(-0.22, 0.28), (-0.14, 0.1), (0.0, 0.04), (0.14, 0.1), (0.22, 0.28)]],
    "dot": [_DOT],
    "diaeresis": [_shifted(_DOT, -0.2), _shifted(_DOT, 0.2)],
    "ring": [_ring().tolist()],
    "double acute": [_shifted(_ACUTE, -0.16), _shifted(_ACUTE, 0.16)],
    "caron": [[(-0.22, 0.32), (-0.1, 0.15), (0.0, 0.02), (0.1, 0.16), (0.22, 0.34)]],
    "apostrophe": [[(0.05, 0.3), (0.03, 0.15), (-0.05, 0.02)]],
    "dot below": [[(0.0, -0.2), (0.0, -0.28)]],
    "comma below": [[(0.04, -0.15), (0.02, -0.28), (-0.07, -0.4)]],
    "cedilla": [[(0.0, 0.0), (-0.04, -0.12), (0.1, -0.16), (0.14, -0.28), (0.04, -0.38),
                 (-0.1, -0.36)]],
    "ogonek": [[(0.1, 0.0), (0.0, -0.12), (0.0, -0.26), (0.1, -0.32), (0.2, -0.28)]],
}
BELOW = {"dot below", "comma below", "cedilla", "ogonek"}
