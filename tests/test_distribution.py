"""Training over several devices and several processes ends where one process ends on the same batches."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers import QUICK_JAX, arrays

from mdn_utils import distribution, training
from mdn_utils.errors import InputError

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="starts processes of its own"
)
HERE = Path(__file__).parent
TRAIN = """
import sys
import keras
import numpy as np
from mdn_utils import compiling, distribution, networks, training
from mdn_utils.data import batches
from mdn_utils.data.strokes import Line

out, devices, spread = sys.argv[1], int(sys.argv[2]), len(sys.argv) > 3
keras.utils.set_random_seed(1)
if spread:
    distribution.distribute()
assert distribution.device_count() == devices
rng = np.random.default_rng(0)
strokes = [np.column_stack([rng.normal(0.3, 1, (n, 2)), rng.random(n) < 0.1]) for n in rng.integers(9, 17, 24)]
lines = [Line(s.astype("float32"), "ab"[k % 2] * 3, "w") for k, s in enumerate(strokes)]  # one shape, uneven masks
size = 128 // devices
network = networks.SynthesisNetwork((8,), mixtures=2, gaussians=1)
compiling.compile_network(network, rate=0.05)
training.fit(network, batches.LineBatches(lines[:16], points=size, steps=4, augment=True),
             batches.LineBatches(lines[16:], points=size, repeat=True), out, epochs=3)
"""


def start(out, devices, *spread, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, str(out), str(devices), *spread],
        cwd=HERE.parent,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "KERAS_BACKEND": "jax", **QUICK_JAX, **environment},
    )


def finish(*processes):
    for process in processes:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output[-3000:]


def several(out):
    """Two processes of one device each, as two machines would start them."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        address = f"localhost:{free.getsockname()[1]}"
    return [
        start(
            out,
            2,
            "spread",
            KERAS_DISTRIBUTION_JOB_ADDRESSES=address,
            KERAS_DISTRIBUTION_NUM_PROCESSES="2",
            KERAS_DISTRIBUTION_PROCESS_ID=str(number),
        )
        for number in range(2)
    ]


def end(out):
    """Curve without the times, and all weights in one row."""
    curve = json.loads((out / training.STATE).read_text())["curve"]
    weights = np.concatenate(
        [array.ravel() for array in arrays(out / training.BEST_WEIGHTS).values()]
    )
    return [[point["training"], point["validation"]] for point in curve], weights


def assert_same_end(out, other):
    curve, weights = end(out)
    np.testing.assert_allclose(end(other)[0], curve, atol=1e-4)
    np.testing.assert_allclose(end(other)[1], weights, atol=2e-3)  # they are kept in half precision


def test_two_devices_and_two_processes_train_like_one(tmp_path):
    pytest.importorskip("jax")
    finish(start(tmp_path / "one", 1))
    finish(
        start(
            tmp_path / "devices", 2, "spread", XLA_FLAGS="--xla_force_host_platform_device_count=2"
        )
    )
    finish(*several(tmp_path / "processes"))
    curve, _ = end(tmp_path / "one")
    assert curve[-1][0] < curve[0][0] - 0.1
    assert_same_end(tmp_path / "one", tmp_path / "devices")
    assert_same_end(tmp_path / "one", tmp_path / "processes")


def test_tensorflow_is_told_to_use_jax():
    with pytest.raises(InputError, match="KERAS_BACKEND=jax"):
        distribution.distribute()
