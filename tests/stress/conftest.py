"""How often: each stress test takes its count from an option, small by default."""

import pytest

COUNTS = {
    "inputs": (1000, "spoilt files, texts and command lines for every parser"),
    "steps": (200, "random steps of every loss"),
    "kills": (4, "times that training is killed"),
    "texts": (64, "random texts to write"),
}


def pytest_addoption(parser):
    for name, (count, what) in COUNTS.items():
        parser.addoption(
            f"--{name}", type=int, default=count, help=f"how many {what} (default: {count})"
        )


@pytest.fixture
def count(request):
    return request.config.getoption
