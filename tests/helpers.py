"""What several test files use."""
import contextlib
import json
import multiprocessing
import sys
import time
import warnings

import h5py
import keras
import numpy as np

from mdn_utils import training
from mdn_utils.batches import TextBatches
from mdn_utils.networks import Network
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


def train_a_little(out, epochs=3, steps=20):
    """The training that is killed and started again: a second or two."""
    keras.utils.set_random_seed(1)
    text = b"to be or not to be " * 40
    training.fit(Network("text", (64,)), TextBatches(text, 20, 8, steps=steps),
                 TextBatches(text, 20, 8, steps=1, repeat=True), out, epochs=epochs)


@contextlib.contextmanager
def training_in(out, **options):
    """A process of its own that trains in the folder `out`; on Linux forked from one that has imported all it needs."""
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    context.set_forkserver_preload(["helpers"])
    process = context.Process(target=train_a_little, args=(out,), kwargs=options)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def wait_until(condition, process):
    """Waits for `condition()`, at most as long as `process` lives; whether it came true."""
    while not (true := condition()) and process.is_alive():
        time.sleep(0.0005)
    return true


def is_whole(out):
    """A run's folder after whatever happened to it: what is there can be used, but for parts of files."""
    if (out / training.SAVED).exists():
        training.load(out / training.SAVED)
    if (out / training.STATE).exists():
        step = json.loads((out / training.STATE).read_bytes())["step"]
        assert arrays(out / training.CHECKPOINT.format(step=step))


def arrays(path):
    """All arrays in a weights file: {name: array}."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]} if isinstance(item, h5py.Dataset) else {}))
    return found


def same_end(out, undisturbed):
    """Whether two runs ended alike: the same weights and optimizer, and no files left over."""
    (ended,), (expected,) = (list(folder.glob("checkpoint-*")) for folder in (out, undisturbed))
    ended, expected = arrays(ended), arrays(expected)
    assert ended.keys() == expected.keys() and len(expected) > 10
    for name, array in expected.items():
        np.testing.assert_allclose(ended[name], array, rtol=0, atol=1e-5)
    assert {path.name for path in out.iterdir()} == {path.name for path in undisturbed.iterdir()}
