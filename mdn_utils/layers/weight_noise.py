"""Weight noise and adaptive weight noise around any Keras model (Graves 2011; Graves 2013, section 3.1)."""
import math

import keras
from keras import ops

from ..errors import InputError


class _NoisyWeights(keras.Model):
    """`model` with w + sigma * epsilon for its trainable weights w, epsilon ~ N(0, 1) anew at every training batch."""

    def __init__(self, model, seed=None, **kwargs):
        # noise and KL are computed in the precision of the weights, also where `model` computes in less
        super().__init__(dtype=model.variable_dtype, **kwargs)
        if not model.built:
            raise InputError(f"{type(self).__name__}: the model {model.name!r} has no weights yet; call it on a batch "
                             "first, or begin it with keras.Input")
        self.model, self.seed = model, seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def sample(self):
        """One draw of the noisy weights: tensors shaped like `model.trainable_variables`."""
        return [w + sigma * keras.random.normal(w.shape, dtype=w.dtype, seed=self.seed_generator)
                for w, sigma in zip(self.model.trainable_variables, self.sigmas(), strict=True)]

    def call(self, inputs, training=False):
        if not training:
            return self.model(inputs, training=False)
        # Noisy weights stand in for the weights, and everything else (seeds, running statistics) for itself. All are
        # read here, outside the new scope: in `fit` on JAX their present values live in the scope around this one.
        rest = self.model.non_trainable_variables
        noisy = [*zip(self.model.trainable_variables, self.sample())]
        with keras.StatelessScope(noisy + [(v, ops.convert_to_tensor(v)) for v in rest], collect_losses=True) as scope:
            outputs = self.model(inputs, training=True)
        if scope.losses:
            raise InputError(f"{type(self).__name__}: a layer of {self.model.name!r} calls add_loss or regularises its "
                             "activity, which would be lost here; put that term into the compiled loss")
        for variable in rest:
            variable.assign(scope.get_current_value(variable))
        return outputs

    def get_config(self):
        return {"name": self.name, "model": keras.saving.serialize_keras_object(self.model), "seed": self.seed}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "model": keras.saving.deserialize_keras_object(config["model"])})


@keras.saving.register_keras_serializable(package="mdn_utils")
class WeightNoise(_NoisyWeights):
    """`model`, trained with Gaussian noise of one size on its weights (Graves 2013, section 3.1; Jim et al. 1996).

    Each training batch sees w + sigma * epsilon in place of every trainable weight w, and the gradient found there is
    applied to w. Outside training the weights are w; `model` itself, which shares them, then does the same.

    model: a built Keras model.
    sigma: standard deviation of the noise (Graves: 0.075 for text).
    """

    def __init__(self, model, sigma, seed=None, **kwargs):
        super().__init__(model, seed, **kwargs)
        if not 0 <= sigma < math.inf:
            raise InputError(f"WeightNoise: sigma is {sigma}; expected a standard deviation, 0 or more")
        self.sigma = sigma

    def sigmas(self):
        """Standard deviations of the noise, one for each of `model.trainable_variables`: the same number."""
        return [self.sigma] * len(self.model.trainable_variables)

    def get_config(self):
        return {**super().get_config(), "sigma": self.sigma}


@keras.saving.register_keras_serializable(package="mdn_utils")
class AdaptiveWeightNoise(_NoisyWeights):
    """`model`, trained with noise whose size is learned for each weight (Graves 2011; Graves 2013, section 3.1).

    Minimises a description length in nats, of weights and data together, a training sequence: the compiled loss at one
    sample of the weights from the posterior N(w, sigma^2), plus KL(posterior || prior) / `sequences`. The prior
    N(m, s^2) is shared by all weights and at its optimum at every step. The gradient for sigma is the exact one through
    the sample, where Graves 2011 takes squared gradients for it. Validation uses w and adds no KL.

    model: a built Keras model.
    sequences: how many of the units that the loss is an average over the training set holds: its sequences
        where the loss is in nats a sequence, its points where it is in nats a point.
    initial_sigma: where every standard deviation starts (Graves: 0.075).
    """

    def __init__(self, model, sequences, initial_sigma=0.075, seed=None, **kwargs):
        super().__init__(model, seed, **kwargs)
        if not (sequences > 0 and 0 < initial_sigma < math.inf):
            raise InputError(f"AdaptiveWeightNoise: sequences is {sequences} and initial_sigma {initial_sigma}; "
                             "expected two numbers above 0")
        self.sequences, self.initial_sigma = sequences, initial_sigma
        start = keras.initializers.Constant(math.log(initial_sigma))  # as logarithms they stay positive
        self.log_sigma = [self.add_weight(w.shape, start, dtype=w.dtype, name=f"log_sigma_{k}")
                          for k, w in enumerate(model.trainable_variables)]

    def sigmas(self):
        """Standard deviations of the posterior, one tensor for each of `model.trainable_variables`."""
        return [ops.exp(s) for s in self.log_sigma]

    def kl(self):
        """KL(posterior || prior) in nats, all weights together: what the weights cost, a scalar.

        Graves 2011, section 5.2: the best prior has m = mean of w, s^2 = mean of sigma^2 + (w - m)^2. With it the
        quadratic terms of the KL cancel, and sum(log s - log sigma) is left.
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
        return {**super().get_config(), "sequences": self.sequences, "initial_sigma": self.initial_sigma}
