"""How often: each stress test takes its count from an option, small by default."""
import pytest
from hypothesis import HealthCheck, settings

COUNTS = {"inputs": (1000, "spoilt files, texts and command lines for every parser"),
          "steps": (200, "random steps of every loss"),
          "kills": (4, "times that training is killed"),
          "texts": (64, "random texts to write")}


def pytest_addoption(parser):
    for name, (count, what) in COUNTS.items():
        parser.addoption(f"--{name}", type=int, default=count, help=f"how many {what} (default: {count})")


def pytest_configure(config):
    # other inputs every time; `--hypothesis-seed` repeats a run
    settings.register_profile("stress", max_examples=config.getoption("inputs"), deadline=None, database=None,
                              suppress_health_check=list(HealthCheck))
    settings.load_profile("stress")


@pytest.fixture
def count(request):
    return request.config.getoption
