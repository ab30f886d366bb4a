"""Sequence generation with recurrent networks: the layers, losses and samplers that the notebooks share."""
import contextlib
import logging
import os


@contextlib.contextmanager
def quiet():
    """Nothing on file descriptor 2, where TensorFlow's C++ logs its greetings whatever TF_CPP_MIN_LOG_LEVEL says."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


# lines differ in length, and TensorFlow would warn that one more is being compiled
logging.getLogger("tensorflow").addFilter(lambda record: "tf.function retracing" not in record.getMessage())
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with quiet():
    import keras  # noqa: F401
