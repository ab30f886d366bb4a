"""Write what the page that writes in the browser needs of ours: python tools/web_data.py FOLDER

NAME.f16 holds the arrays of a network one after the other, in half precision, as they ship. NAME.json
says what the network is, and the name and shape of each array, in order. print.json says how much ink
each character takes in print, and has the shapes of accents and constants.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from mdn_utils import accent_shapes, weights  # noqa: E402
from mdn_utils.data import glyphs, prepare, words  # noqa: E402
from mdn_utils.data.alphabet import ALPHABET  # noqa: E402

NAMES = ("synthesis_real", "reader")


def export_network(name, folder):
    """Write one network that comes with the course."""
    path = weights.shipped_path(name)
    model = weights.load(path)
    if getattr(model, "peepholes", False):
        sys.exit(f"{path}: the page's LSTM has no peepholes")
    arrays = [np.asarray(value, "<f2") for value in model.get_weights()]
    content = b"".join(array.tobytes() for array in arrays)
    manifest = {
        "class": type(model).__name__,
        "config": model.get_config(),
        "source": json.loads(weights.record_path(path).read_text("utf-8"))["source"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "arrays": [
            {"name": variable.path, "shape": list(array.shape)}
            for variable, array in zip(model.weights, arrays, strict=True)
        ],
    }
    (folder / f"{name}.f16").write_bytes(content)
    (folder / f"{name}.json").write_text(json.dumps(manifest, indent=1), "utf-8")


def export_print(folder):
    """Write what `prepare.normalise` and `pages` know of printed letters, and `accents` of shapes."""
    entry = {
        "ink": {c: glyphs.printed_ink_length(c) for c in ALPHABET},
        "middle": {c: glyphs.printed_middle(c) if c != " " else 0.0 for c in ALPHABET},
        "letterInk": prepare.LETTER_INK,
        "pointsPerCharacter": prepare.POINTS_PER_CHARACTER,
        "xHeight": words.X_HEIGHT,
        "accents": {"shapes": accent_shapes.SHAPES, "below": sorted(accent_shapes.BELOW)},
    }
    (folder / "print.json").write_text(json.dumps(entry), "utf-8")


def export(folder):
    """Write everything."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        export_network(name, folder)
    export_print(folder)


if __name__ == "__main__":
    export(sys.argv[1])
