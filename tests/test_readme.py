"""README lists every lesson once, and the model in docs/design.md runs."""
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def test_the_lessons_are_listed_once_each():
    listed = re.findall(r"^\| \[.*?\]\((notebooks/.*?)\)", README.read_text("utf-8"), re.MULTILINE)
    assert listed == [str(path.relative_to(ROOT)) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def test_the_model_of_ones_own_is_built_and_compiled():
    page = ROOT / "docs" / "design.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        names = {}
        exec(block, names)
        assert names["model"].compiled
