"""Weight noise and adaptive weight noise around any Keras model.

Graves 2011, "Practical variational inference for neural networks"; Graves 2013, section 3.1.
"""
import math

import keras
from keras import ops

from ..errors import InputError


class _NoisyWeights(keras.Model):
    """`model` with w + sigma * epsilon for its weights w, epsilon ~ N(0, 1) anew at each batch."""

    def __init__(self, model, seed=None, **kwargs):
        # Noise and KL are computed in the precision of the weights, even if `model` uses less.
        super().__init__(dtype=model.variable_dtype, **kwargs)
        if not model.built:
            raise InputError(
                f"{type(self).__name__}: the model {model.name!r} has no weights yet; call it on a "
                "batch first, or begin it with keras.Input"
            )
        self.model = model
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def sample(self):
        """Draw noisy weights once: tensors shaped like `model.trainable_variables`."""
        noisy = []
        for w, sigma in zip(self.model.trainable_variables, self.sigmas(), strict=True):
            epsilon = keras.random.normal(w.shape, dtype=w.dtype, seed=self.seed_generator)
            noisy.append(w + sigma * epsilon)
        return noisy

    def call(self, inputs, training=False):
        if not training:
            return self.model(inputs, training=False)
        # Noisy weights replace the weights; everything else (seeds, running statistics) stays
        # itself. All are read here, outside the new scope, because in `fit` on JAX their present
        # values live in the scope around this one.
        rest = self.model.non_trainable_variables
        replaced = list(zip(self.model.trainable_variables, self.sample()))
        replaced += [(variable, ops.convert_to_tensor(variable)) for variable in rest]
        with keras.StatelessScope(replaced, collect_losses=True) as scope:
            outputs = self.model(inputs, training=True)
        if scope.losses:
            raise InputError(
                f"{type(self).__name__}: a layer of {self.model.name!r} calls add_loss or "
                "regularises its activity, which would be lost here; put that term into the "
                "compiled loss"
            )
        for variable in rest:
            variable.assign(scope.get_current_value(variable))
        return outputs

    def get_config(self):
        return {
            "name": self.name,
            "model": keras.saving.serialize_keras_object(self.model),
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "model": keras.saving.deserialize_keras_object(config["model"])})


@keras.saving.register_keras_serializable(package="mdn_utils")
class WeightNoise(_NoisyWeights):
    """Train a model with Gaussian noise of one size on its weights.

    Each training batch sees w + sigma * epsilon in place of every trainable weight w, and the
    gradient found there is applied to w (Graves 2013, section 3.1; Jim et al. 1996). The paper
    draws noise for each sequence; a batch of one sequence does that here. Outside training the
    weights are w. `model` itself, which shares them, then does the same.

    Args:
        model: a built Keras model.
        sigma: standard deviation of the noise; 0.075 for text in the paper.
        seed: an integer, or None.

    Raises:
        InputError: if the model isn't built, or `sigma` isn't a number from 0.

    Example:

    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> noisy = WeightNoise(model, sigma=0.075)
    >>> noisy.compile("adam", "mse")
    """

    def __init__(self, model, sigma, seed=None, **kwargs):
        super().__init__(model, seed, **kwargs)
        if not 0 <= sigma < math.inf:
            raise InputError(
                f"WeightNoise: sigma is {sigma}; expected a standard deviation, 0 or more"
            )
        self.sigma = sigma

    def sigmas(self):
        """Return the standard deviation of the noise for each of `model.trainable_variables`."""
        return [self.sigma] * len(self.model.trainable_variables)

    def get_config(self):
        return {**super().get_config(), "sigma": self.sigma}


@keras.saving.register_keras_serializable(package="mdn_utils")
class AdaptiveWeightNoise(_NoisyWeights):
    """Train a model with noise whose size is learned for each weight.

    This minimises a description length per training sequence, in nats, of weights and data
    together: the compiled loss at one sample of the weights from the posterior N(w, sigma^2), plus
    KL(posterior || prior) / `sequences`. The prior N(m, s^2) is shared by all weights and at its
    optimum at every step. The gradient for sigma is the exact one through the sample, where Graves
    (2011) takes squared gradients for it. Validation uses w and adds no KL.

    Args:
        model: a built Keras model.
        sequences: how many of the units that the loss is an average over the training set holds:
            its sequences if the loss is in nats per sequence, its points if it is in nats per
            point.
        initial_sigma: where every standard deviation starts; 0.075 in the paper.
        seed: an integer, or None.

    Raises:
        InputError: if the model isn't built, or a number isn't above 0.

    Example:

    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> noisy = AdaptiveWeightNoise(model, sequences=1000)
    >>> bool(noisy.kl() > 0)
    True
    """

    def __init__(self, model, sequences, initial_sigma=0.075, seed=None, **kwargs):
        super().__init__(model, seed, **kwargs)
        if not (sequences > 0 and 0 < initial_sigma < math.inf):
            raise InputError(
                f"AdaptiveWeightNoise: sequences is {sequences} and initial_sigma "
                f"{initial_sigma}; expected two numbers above 0"
            )
        self.sequences = sequences
        self.initial_sigma = initial_sigma
        # Kept as logarithms, the standard deviations stay positive.
        start = keras.initializers.Constant(math.log(initial_sigma))
        self.log_sigma = [
            self.add_weight(w.shape, start, dtype=w.dtype, name=f"log_sigma_{k}")
            for k, w in enumerate(model.trainable_variables)
        ]

    def sigmas(self):
        """Return the posterior's standard deviations for each of `model.trainable_variables`."""
        return [ops.exp(s) for s in self.log_sigma]

    def kl(self):
        """Return KL(posterior || prior), what all weights together cost: a scalar, in nats.

        Graves 2011, section 5.2: the best prior has m = mean of w and s^2 = mean of
        sigma^2 + (w - m)^2. With it the quadratic terms of the KL cancel, and
        sum(log s - log sigma) is left.
        """
        w = ops.concatenate([ops.ravel(v) for v in self.model.trainable_variables])
        log_sigma = ops.concatenate([ops.ravel(v) for v in self.log_sigma])
        variance = ops.mean(ops.exp(2 * log_sigma) + ops.square(w - ops.mean(w)))
        return ops.sum(0.5 * ops.log(variance) - log_sigma)

    def call(self, inputs, training=False):
        outputs = super().call(inputs, training=training)
        if training:
            self.add_loss(self.kl() / self.sequences)
        return outputs

    def get_config(self):
        return {
            **super().get_config(),
            "sequences": self.sequences,
            "initial_sigma": self.initial_sigma,
        }
