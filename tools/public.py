"""What is public in the package, for the pages made from its docstrings."""

import importlib
import pkgutil

import mdn_utils

LEFT_OUT = ("__main__", "commands", "old_records")


def modules():
    """Yield each module that defines something public: its name, itself, and what it defines.

    The last is a list of (name, class or function), in alphabetical order.
    """
    for _, name, is_package in pkgutil.walk_packages(mdn_utils.__path__, "mdn_utils."):
        if is_package or name.split(".")[-1] in LEFT_OUT:
            continue
        module = importlib.import_module(name)
        own = [
            (thing, value) for thing, value in sorted(vars(module).items())
            if not thing.startswith("_") and callable(value)
            and getattr(value, "__module__", "") == name
        ]
        if own:
            yield name, module, own
