"""Files are written completely or not at all."""

import pytest

from mdn_utils import safe_files


def test_whole_keeps_the_ending_and_leaves_nothing_behind(tmp_path):
    with safe_files.atomic_write(tmp_path / "new/a.weights.h5") as part:
        assert part.parent == tmp_path / "new" and part.name.endswith(".weights.h5")
        part.write_text("first")
    with pytest.raises(KeyError), safe_files.atomic_write(tmp_path / "new/a.weights.h5") as part:
        part.write_text("half")
        raise KeyError
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_text() == "first"
