"""The mathematics once more on JAX; the other tests run on TensorFlow, or whatever KERAS_BACKEND names."""
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

MATHEMATICS = [f"tests/test_{part}.py" for part in ("mixture", "window", "networks", "recurrent")]


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="this run is on JAX already")
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_mathematics_on_jax():
    # what is compiled runs once: little optimizing saves most of the time
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *MATHEMATICS],
        cwd=Path(__file__).parents[1], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
