"""The path of an instructor, with the commands of INSTRUCTORS.md: quickstart, release, submit, grade, feedback."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from test_exercises import EXERCISES, REPOSITORY, SOLUTIONS, named, wrong_answers

SHEET = "08_rnn_transducer"  # it trains nothing, so it's soon graded
COMMANDS = (REPOSITORY / "INSTRUCTORS.md").read_text("utf-8").replace("01_rnn_and_lstm", SHEET)
START, RELEASE, GRADE = re.findall("```sh\n(.+?)```", COMMANDS, re.DOTALL)


def run(commands, folder):
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["sh", "-e"],
        input=commands,
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout


def test_marks_are_as_expected(tmp_path):
    shutil.copytree(SOLUTIONS, tmp_path / "notebooks" / "solutions")
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    run(START, tmp_path)
    course = tmp_path / "handwriting"
    run(RELEASE, course)

    # one student works on what was released, one on the copy in the repository, as from Colab
    solved = nbformat.read(SOLUTIONS / f"{SHEET}.ipynb", as_version=4)
    answers = {
        name: cell.source for name, cell in named(solved).items() if cell.metadata.nbgrader.solution
    }
    points = {name: named(solved)[f"check_{name}"].metadata.nbgrader.points for name in answers}
    empty, wrong, *_ = answers
    _, message, code = wrong_answers(SHEET)[wrong][0]
    given = {"ada": answers, "ben": {**answers, empty: None, wrong: code}}
    for student, source in ("ada", course / "release" / SHEET), ("ben", EXERCISES):
        sheet = nbformat.read(source / f"{SHEET}.ipynb", as_version=4)
        for name, cell in named(sheet).items():
            cell.source = given[student].get(name) or cell.source
        folder = course / "submitted" / student / SHEET
        folder.mkdir(parents=True)
        nbformat.write(sheet, folder / f"{SHEET}.ipynb")
    run(GRADE, course)

    with (course / "grades.csv").open() as file:
        marks = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert marks == {
        "ada": sum(points.values()),
        "ben": sum(points.values()) - points[empty] - points[wrong],
    }
    feedback = (course / "feedback" / "ben" / SHEET / f"{SHEET}.html").read_text("utf-8")
    assert "write your answer here" in feedback and message in feedback
