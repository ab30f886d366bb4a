"""Write docs/api.md, one line for each public class and function: python tools/api.py [--check]"""

import importlib
import inspect
import os
import pkgutil
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import mdn_utils  # noqa: E402

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
HEAD = """# What is in `mdn_utils`

Every public class and function with the first line of its docstring, which goes on with shapes,
units, errors, equation numbers and an example: `help(mdn_utils.layers.SoftWindowLSTM)`. How the
modules stand on one another: [design.md](design.md). Made by `make api`; a test keeps it current.
"""
LEFT_OUT = ("__main__", "commands", "old_records")


def page():
    parts = [HEAD]
    for _, name, is_package in pkgutil.walk_packages(mdn_utils.__path__, "mdn_utils."):
        if is_package or name.split(".")[-1] in LEFT_OUT:
            continue
        module = importlib.import_module(name)
        entries = [
            entry(thing, value)
            for thing, value in sorted(vars(module).items())
            if is_public(thing, value, name)
        ]
        if entries:
            parts.append(f"## {name}\n\n{first_line(module)}\n\n" + "\n".join(entries) + "\n")
    return "\n".join(parts)


def is_public(name, value, module):
    return (
        not name.startswith("_") and callable(value) and getattr(value, "__module__", "") == module
    )


def entry(name, value):
    return f"- `{name}{arguments(value)}`: {first_line(value)}"


def arguments(value):
    names = []
    if inspect.isclass(value) and issubclass(value, Exception):
        return ""
    for argument in inspect.signature(value).parameters.values():
        if argument.kind is argument.VAR_KEYWORD:
            names.append(f"**{argument.name}")
        elif argument.default is argument.empty:
            names.append(argument.name)
        elif isinstance(argument.default, (int, float, str, tuple, type(None))):
            names.append(f"{argument.name}={argument.default!r}")
        else:
            names.append(f"{argument.name}=...")
    return f"({', '.join(names)})"


def first_line(value):
    return inspect.getdoc(value).partition("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page())
    elif PAGE.read_text() != page():
        sys.exit(f"{PAGE} is not current; run make api")
