"""Every exercise is proven: the empty answer fails, each wrong answer fails and is told why, the solution passes."""

import itertools
import re
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.append(str(REPOSITORY / "tools"))
from assignments import EXERCISES, SOLUTIONS, student_copy  # noqa: E402

NOTEBOOKS = sorted(SOLUTIONS.glob("*.ipynb"))
WRONG = re.compile(r"^# %% (\w+): (.+)\n# says: (.+)\n", re.MULTILINE)
LIMIT = 20  # seconds a check may take


def named(notebook):
    """The cells that nbgrader knows, by name."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def wrong_answers(name):
    """{exercise: [(mistake, what the check must say, code)]} of the sheet `name`."""
    text = (Path(__file__).parent / "wrong_answers" / f"{name}.py").read_text("utf-8")
    found, (_, *parts) = {}, WRONG.split(text)
    for exercise, mistake, says, code in zip(*[iter(parts)] * 4, strict=True):
        found.setdefault(exercise, []).append((mistake, says, code))
    return found


class Kernel(NotebookClient):
    """Runs single cells, one after the other, and says what they had to say."""

    def run(self, source):
        """(name and text of the error or "", whether something was written to stderr, seconds)"""
        self.nb.cells.append(nbformat.v4.new_code_cell(source))
        start = time.perf_counter()
        outputs = self.execute_cell(self.nb.cells[-1], len(self.nb.cells) - 1).outputs
        error = next(
            (
                f"{output.ename}: {output.evalue}"
                for output in outputs
                if output.output_type == "error"
            ),
            "",
        )
        return (
            error,
            any(output.get("name") == "stderr" for output in outputs),
            time.perf_counter() - start,
        )


def faults(notebook, student, wrong):
    """Runs a notebook with solutions as a learner would who first makes every mistake; one sentence each fault."""
    found, student, checks = [], named(student), 0
    kernel = Kernel(
        nbformat.v4.new_notebook(metadata=notebook.metadata),
        timeout=300,
        allow_errors=True,
        resources={"metadata": {"path": SOLUTIONS}},
    )
    with kernel.setup_kernel():
        for answer, check in itertools.pairwise(
            [cell for cell in notebook.cells if cell.cell_type == "code"] + [None]
        ):
            name = answer.metadata.get("nbgrader", {}).get("grade_id", "")
            if not answer.metadata.get("nbgrader", {}).get("solution"):
                if error := kernel.run(answer.source)[0]:
                    found.append(f"{name or answer.source[:40]!r} fails: {error}")
                continue
            checks += 1
            if not check or check.metadata.get("nbgrader", {}).get("grade_id") != f"check_{name}":
                found.append(f"{name} is not followed by check_{name}")
                continue
            kernel.run(student[name].source)
            error = kernel.run(check.source)[0]
            if not re.match(r"(NotImplementedError|AssertionError): .", error):
                found.append(f"{name}: for the empty answer the check says {error!r}")
            if len({says for _, says, _ in wrong.get(name, [])}) < 2:
                found.append(f"{name} has fewer than two wrong answers that are told apart")
            for mistake, says, code in wrong.get(name, []):
                error = kernel.run(code)[0] or kernel.run(check.source)[0]
                if says not in error:
                    found.append(f"{name}, {mistake}: the check says {error!r}, not {says!r}")
            kernel.run(answer.source)
            error, stderr, seconds = kernel.run(check.source)
            if error or stderr or seconds > LIMIT:
                found.append(
                    f"{name}: the solution gets {error!r}, stderr {stderr}, {seconds:.0f} s"
                )
    if not 4 <= checks <= 6:
        found.append(f"{checks} exercises; 4 to 6 are wanted")
    return found + [
        f"wrong answers to {name!r}, which is no exercise" for name in wrong.keys() - student.keys()
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_exercises(path):
    notebook = nbformat.read(path, as_version=4)
    student = nbformat.reads(student_copy(notebook), as_version=4)
    assert not faults(notebook, student, wrong_answers(path.stem))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_student_copies_are_current_and_hold_no_solution(path):
    text = (EXERCISES / path.name).read_text("utf-8")
    assert text == student_copy(nbformat.read(path, as_version=4)), "run make assignments"
    assert "SOLUTION" not in text and "MARK SCHEME" not in text


def test_the_syllabus_has_the_points_and_minutes_of_the_sheets():
    syllabus = (REPOSITORY / "INSTRUCTORS.md").read_text("utf-8")
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        checks = [
            cell.metadata.nbgrader
            for cell in named(notebook).values()
            if cell.metadata.nbgrader.grade
        ]
        prose = "\n".join(cell.source for cell in notebook.cells)
        told = re.findall(r"^\*(\d+) minutes, (\d+) points\.\*$", prose, re.MULTILINE)
        assert [int(points) for _, points in told] == [check.points for check in checks], path
        minutes, points = (sum(map(int, column)) for column in zip(*told))
        project = notebook.cells[-1].metadata.nbgrader.points
        row = next(line for line in syllabus.splitlines() if f"(notebooks/{path.name})" in line)
        assert f"| {minutes} minutes, {points} + {project} points |" in row
