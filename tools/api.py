"""Write docs/api.md, one line for each public class and function: python tools/api.py [--check]"""

import inspect
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import public  # noqa: E402

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
HEAD = """# What is in `mdn_utils`

Every public class and function with the first line of its docstring, which goes on with shapes,
units, errors, equation numbers and an example: `help(mdn_utils.layers.SoftWindowLSTM)`. How the
modules stand on one another: [design.md](design.md). Made by `make api`; a test keeps it current.
"""


def page():
    parts = [HEAD]
    for name, module, own in public.modules():
        entries = "\n".join(entry(thing, value) for thing, value in own)
        parts.append(f"## {name}\n\n{first_line(module)}\n\n{entries}\n")
    return "\n".join(parts)


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
