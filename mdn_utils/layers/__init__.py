"""Keras layers, losses and metrics of the course; they know nothing about data.

Each works on its own in any Keras model, on TensorFlow, JAX and torch.
"""
from .ctc import CTCLoss
from .fast_lstm import FastLSTM
from .lstm import ClipGradient, PeepholeLSTMCell, clip_gradient
from .mixture import MixtureLoss, NatsPerPoint
from .soft_window import SoftWindowLSTM, attention
from .weight_noise import AdaptiveWeightNoise, WeightNoise

__all__ = [
    "AdaptiveWeightNoise",
    "CTCLoss",
    "ClipGradient",
    "FastLSTM",
    "MixtureLoss",
    "NatsPerPoint",
    "PeepholeLSTMCell",
    "SoftWindowLSTM",
    "WeightNoise",
    "attention",
    "clip_gradient",
]
