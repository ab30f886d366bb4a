"""The mathematics once more on the backends that are installed besides; all else runs on TensorFlow."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

MATHEMATICS = ["tests/layers", "tests/test_networks.py", "tests/test_keras_objects.py"]


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the run on TensorFlow starts the others"
)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_mathematics_on(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    # what is compiled runs once: little optimizing saves most of the time
    environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *MATHEMATICS],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
