"""What several test files use."""

import contextlib
import json
import multiprocessing
import sys
import time
import warnings
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import ops

from mdn_utils import compiling, training, weights
from mdn_utils.data import simulated
from mdn_utils.data.batches import TextBatches
from mdn_utils.data.strokes import Line, check, from_pen, to_pen
from mdn_utils.errors import InputError
from mdn_utils.networks import TextNetwork

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.append(str(REPOSITORY / "tools"))
from train_lesson import training_code  # noqa: E402

# On JAX most of a test's time goes into compiling, and what is compiled runs a few times only.
QUICK_JAX = {"JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}


def kiwi(dots=True):
    """A simulated line that says "a kiwi", with the dots of its i's or without."""
    pen = to_pen(simulated.write("a kiwi", simulated.Style(connectedness=1)))
    pen = [stroke for stroke in pen if dots or np.ptp(stroke, 0).max() > 0.5]
    return Line(from_pen(pen), "a kiwi", "me")


def shortened(lesson, shorter):
    """The code that trains a lesson's networks, with parts of it replaced; each has to be there."""
    code = training_code(REPOSITORY / "notebooks" / f"{lesson}.ipynb")
    for old, new in shorter.items():
        assert old in code
        code = code.replace(old, new)
    return code


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def some_lines(count, who=lambda number: f"w{number}"):
    rng = np.random.default_rng(0)
    return [
        Line(
            from_pen([rng.normal(size=(4, 2)), rng.normal(size=(1, 2))]),
            f"né {number}",
            who(number),
        )
        for number in range(count)
    ]


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
    network = TextNetwork((64,))
    compiling.compile_network(network)
    training.fit(
        network,
        TextBatches(text, 20, 8, steps=steps),
        TextBatches(text, 20, 8, steps=1, repeat=True),
        out,
        epochs=epochs,
    )


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
    if (out / training.BEST_WEIGHTS).exists():
        weights.load(out / training.BEST_WEIGHTS)
    if (out / training.STATE).exists():
        step = json.loads((out / training.STATE).read_bytes())["step"]
        assert arrays(out / training.CHECKPOINT.format(step=step))


def arrays(path):
    """All arrays in a weights file: {name: array}."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: found.update(
                {name: item[()]} if isinstance(item, h5py.Dataset) else {}
            )
        )
    return found


def same_end(out, undisturbed):
    """Whether two runs ended alike: the same weights and optimizer, and no files left over."""
    (ended,), (expected,) = (list(folder.glob("checkpoint-*")) for folder in (out, undisturbed))
    ended, expected = arrays(ended), arrays(expected)
    assert ended.keys() == expected.keys() and len(expected) > 10
    for name, array in expected.items():
        np.testing.assert_allclose(ended[name], array, rtol=0, atol=1e-5)
    assert {path.name for path in out.iterdir()} == {path.name for path in undisturbed.iterdir()}


# --- numbers ---

BACKEND = keras.backend.backend()
JIT = {"tensorflow": [False, True], "jax": [True]}.get(BACKEND, [False])
# only on TensorFlow does Keras compute in float64 throughout
DTYPE, EXACT, CLOSE = (
    ("float64", 1e-12, 1e-6) if BACKEND == "tensorflow" else ("float32", 1e-6, 1e-4)
)


def gradients(loss, variables, compiled=False):
    """d loss() / d variables as NumPy arrays, on whichever backend runs; compiled by XLA where there is one."""
    if BACKEND == "jax":
        import jax

        def at(values):
            with keras.StatelessScope(list(zip(variables, values))):
                return loss()

        gradient = jax.grad(at)
        found = (jax.jit(gradient) if compiled else gradient)([v.value for v in variables])
    elif BACKEND == "torch":
        import torch

        found = torch.autograd.grad(loss(), [v.value for v in variables])
    else:
        import tensorflow as tf

        def taped():
            with tf.GradientTape() as tape:
                value = loss()
            return tape.gradient(value, [v.value for v in variables])

        found = tf.function(taped, jit_compile=True)() if compiled else taped()
    return [ops.convert_to_numpy(g) for g in found]


def slopes(function, arrays, step=1e-5):
    """d function(*arrays) / d arrays by central differences, in NumPy and float64."""
    arrays = [np.array(a, "float64") for a in arrays]
    result = [np.zeros_like(a) for a in arrays]
    for array, slope in zip(arrays, result):
        for at in np.ndindex(array.shape):
            here = array[at]
            array[at] = here + step
            above = function(*arrays)
            array[at] = here - step
            slope[at] = (above - function(*arrays)) / (2 * step)
            array[at] = here
    return result


def randomise(weights, scale=0.5):
    rng = np.random.default_rng(0)
    for w in weights:
        w.assign(rng.normal(0, scale, w.shape))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def plain_lstm(x, kernel, recurrent, bias, peephole):
    """Graves 2013, equations 7 to 11, one step after another. x: (B, T, D) -> h (B, T, H), last c."""
    H = peephole.shape[1]
    W = {
        g: (
            kernel[:, k * H : (k + 1) * H],
            recurrent[:, k * H : (k + 1) * H],
            bias[k * H : (k + 1) * H],
        )
        for k, g in enumerate("ifco")
    }
    h = c = np.zeros((len(x), H))
    outputs = []
    for x_t in x.swapaxes(0, 1):
        a = {g: x_t @ w_x + h @ w_h + b for g, (w_x, w_h, b) in W.items()}
        i, f = sigmoid(a["i"] + peephole[0] * c), sigmoid(a["f"] + peephole[1] * c)
        c = f * c + i * np.tanh(a["c"])
        h = sigmoid(a["o"] + peephole[2] * c) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1), c


def run(function, *arrays):
    """function(*arrays) as NumPy; on JAX compiled as a whole, which is faster than one operation at a time."""
    if BACKEND == "jax":
        import jax

        function = jax.jit(function)
    return ops.convert_to_numpy(function(*keras.tree.map_structure(ops.convert_to_tensor, arrays)))
