"""The code in README runs."""
import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_model_in_readme_is_built_and_compiled():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        names = {}
        exec(block, names)
        assert names["model"].compiled
