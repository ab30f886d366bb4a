"""README lists every lesson once, and its code runs."""
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def test_the_lessons_are_listed_once_each():
    listed = re.findall(r"^\| \[.*?\]\((notebooks/.*?)\)", README.read_text("utf-8"), re.MULTILINE)
    assert listed == [str(path.relative_to(ROOT)) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def test_the_model_in_readme_is_built_and_compiled():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        names = {}
        exec(block, names)
        assert names["model"].compiled
