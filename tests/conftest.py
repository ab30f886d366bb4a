"""One setting for all property tests: the same examples every time, no matter how busy the machine."""

from hypothesis import settings

settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
