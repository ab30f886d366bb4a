"""The mathematics once more on the backends that are installed besides; all else runs on TensorFlow."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest
from helpers import QUICK_JAX

CACHE = {  # many tests compile the same thing
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}
MATHEMATICS = ["tests/layers", "tests/test_networks.py", "tests/test_keras_objects.py"]


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the run on TensorFlow starts the others"
)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_mathematics_on(backend, tmp_path):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    cache = {**CACHE, "JAX_COMPILATION_CACHE_DIR": str(tmp_path)}
    environment = {**os.environ, "KERAS_BACKEND": backend, **QUICK_JAX, **cache}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *MATHEMATICS],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
