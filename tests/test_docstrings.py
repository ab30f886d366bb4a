"""Every public class and function has a docstring with an example, and the examples run."""
import doctest
import importlib
import inspect
import pkgutil

import keras
import numpy as np
import pytest
from keras import ops

import mdn_utils
from mdn_utils import weights

MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(mdn_utils.__path__, "mdn_utils.")
    if not name.endswith("__main__") and "shipped" not in name
)
# Drawing on axes, and what changes the process, is shown in the notebooks and in docs/scaling.md;
# the base classes are shown by what derives from them.
WITHOUT_EXAMPLE = {
    "mdn_utils.plots", "mdn_utils.distribution", "mdn_utils.commands", "mdn_utils.checkpoints",
    "mdn_utils.old_records",
}
BASES = {"SkipNetwork", "HandwritingNetwork", "RunCallback", "Batches", "Gates", "WindowState"}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def public(module):
    """The public classes and functions that a module defines."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(thing) or inspect.isroutine(thing) or hasattr(thing, "__wrapped__"))
        and getattr(thing, "__module__", None) == module.__name__
    }


@pytest.fixture(scope="module")
def reader():
    """The shipped reader, which no example changes: TensorFlow has to trace it only once."""
    return weights.load_shipped("reader")


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, reader, monkeypatch, tmp_path):
    monkeypatch.setenv("MDN_UTILS_CACHE", str(tmp_path / "mdn_utils"))
    module = importlib.import_module(name)
    names = {**vars(module), "np": np, "keras": keras, "ops": ops}
    finder = doctest.DocTestFinder(recurse=True)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    tests, told, load = finder.find(module, name, module=module, globs=names), [], weights.load_shipped
    monkeypatch.setattr(
        weights, "load_shipped", lambda name: reader if name == "reader" else load(name)
    )
    for test in tests:
        runner.run(test, out=told.append, clear_globs=False)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


@pytest.mark.parametrize("name", [name for name in MODULES if name not in WITHOUT_EXAMPLE])
def test_everything_public_has_an_example(name):
    for thing, value in public(importlib.import_module(name)).items():
        text = inspect.getdoc(value) or ""
        assert text, f"{name}.{thing} has no docstring"
        if thing in BASES or thing.endswith("Carry") or thing.startswith(("arrange_", "lstm_scan", "window_scan")):
            continue
        assert ">>>" in text, f"{name}.{thing} has no example"
