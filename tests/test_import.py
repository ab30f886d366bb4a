"""Importing the package changes nothing in the process, and JAX users need no TensorFlow."""
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EVERYTHING = """
import importlib, pkgutil
import mdn_utils
names = [m.name for m in pkgutil.walk_packages(mdn_utils.__path__, "mdn_utils.")]
for name in names:
    if not name.endswith("__main__") and "shipped" not in name:
        importlib.import_module(name)
"""
UNCHANGED = (
    """
import logging, os
import keras  # changes a thing or two itself
environment, stderr = dict(os.environ), os.fstat(2)
filters = list(logging.getLogger("tensorflow").filters)
"""
    + EVERYTHING
    + """
assert dict(os.environ) == environment
assert os.fstat(2) == stderr
assert logging.getLogger("tensorflow").filters == filters

import gc
mdn_utils.silence_tensorflow()
assert gc.isenabled()  # again
"""
)
WITHOUT_TENSORFLOW = (
    """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "tf_keras", "tensorflow_probability"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
"""
    + EVERYTHING
    + """
from mdn_utils import weights, writing
written = writing.Writer(weights.load_shipped("synthesis_simulated")).write("hi", bias=1.0)
assert written.stopped and "tensorflow" not in sys.modules
"""
)


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_importing_changes_nothing():
    done = run(UNCHANGED)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="needs JAX")
def test_jax_needs_no_tensorflow():
    done = run(WITHOUT_TENSORFLOW, KERAS_BACKEND="jax")
    assert done.returncode == 0, done.stderr[-2000:]
