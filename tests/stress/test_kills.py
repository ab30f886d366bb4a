"""Training killed, interrupted, short of disk or shut out: nothing is half written, and the next start goes on."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from helpers import is_whole, same_end, training_in, wait_until

from mdn_utils import training


def test_killed_at_any_moment(count, tmp_path):
    out, kills = tmp_path / "run", count("kills")
    options = {
        "epochs": kills + 3,
        "steps": 100,
    }  # so many that no run comes to its end before the last
    start = time.perf_counter()
    with training_in(tmp_path / "undisturbed", **options) as run:
        run.join()
    an_epoch, writing, steps = (time.perf_counter() - start) / options["epochs"], 0, []

    def checkpoints():
        return list(out.glob("checkpoint-*"))

    for number in range(kills):
        before = checkpoints()
        with training_in(out, **options) as run:
            if number % 3 == 0:  # while it starts, or at any time
                run.join(random.uniform(0, 5 * an_epoch))
            else:
                assert wait_until(lambda: checkpoints() != before, run)
                run.join(random.uniform(0, an_epoch))
                if number % 3 == 2:  # while it writes
                    assert wait_until(lambda: list(out.glob(".[0-9]*-*")), run)
                    time.sleep(random.uniform(0, 0.002))
            assert run.is_alive()
            run.kill()
            run.join()
        writing += bool(list(out.glob(".[0-9]*-*")))
        is_whole(out)
        assert (
            len(list(out.glob("*"))) <= 9
        )  # state, best weights, record, lock, two checkpoints, parts
        steps.append(
            json.loads((out / training.STATE).read_bytes())["step"]
            if (out / training.STATE).exists()
            else 0
        )
    with training_in(out, **options) as run:
        run.join()
    same_end(out, tmp_path / "undisturbed")
    print(f"{kills} kills, {writing} of them while a file was written, at steps {steps}")


def command(folder, out):
    (folder / "text.txt").write_text("to be or not to be, that is the question\n" * 200)
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "mdn_utils",
            "train",
            "text",
            "--corpus",
            str(folder / "text.txt"),
            "--size",
            "1x64",
            "--epochs",
            "2",
            "--out",
            str(out),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def sentence(run):
    """The one line that a run ends with, which is no traceback."""
    _, told = run.communicate()
    assert run.returncode == 1 and told.count("\n") == 1 and told.startswith("mdn_utils train: "), (
        told
    )
    return told


def finish(folder, out):
    run = command(folder, out)
    assert not run.communicate()[1] and run.returncode == 0
    return out


def test_ctrl_c_and_a_second_run(tmp_path):
    out = tmp_path / "run"
    run = command(tmp_path, out)
    while not (out / training.STATE).exists():
        assert run.poll() is None
        time.sleep(0.01)
    assert "another run is at work" in sentence(command(tmp_path, out))
    run.send_signal(signal.SIGINT)
    assert "the same command goes on" in sentence(run)
    is_whole(out)
    same_end(finish(tmp_path, out), finish(tmp_path, tmp_path / "undisturbed"))


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, 2 MB: room for one checkpoint and a half."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]).returncode
    ):
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_and_a_read_only_one(disk, tmp_path):
    out = disk / "run"
    assert "No space left" in sentence(command(tmp_path, out))
    is_whole(out)
    assert (out / training.STATE).exists()  # the first checkpoint had room
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert "Read-only" in sentence(command(tmp_path, out))
    is_whole(out)
    subprocess.run(["mount", "-o", "remount,rw,size=9m", disk], check=True)
    same_end(finish(tmp_path, out), finish(tmp_path, tmp_path / "undisturbed"))
