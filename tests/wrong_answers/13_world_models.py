# %% at_temperature: the probabilities divided, and normalised again
# says: divide the logits before the softmax
def at_temperature(logits, log_sigma, tau):
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True)) / tau
    return weights / weights.sum(axis=-1, keepdims=True), np.exp(log_sigma) * np.sqrt(tau)


# %% at_temperature: sigma times tau
# says: a variance of 1 becomes 0.5
def at_temperature(logits, log_sigma, tau):
    scaled = logits / tau
    weights = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True), np.exp(log_sigma) * tau


# %% at_temperature: exp without care
# says: exp overflows
def at_temperature(logits, log_sigma, tau):
    weights = np.exp(logits / tau)
    return weights / weights.sum(axis=-1, keepdims=True), np.exp(log_sigma) * np.sqrt(tau)


# %% at_temperature: not normalised
# says: each row of weights should sum to 1
def at_temperature(logits, log_sigma, tau):
    return np.exp(logits / tau), np.exp(log_sigma) * np.sqrt(tau)


# %% nats: a choice for each number, as in the paper
# says: each number makes its own choice
def nats(z, logits, mean, sigma):
    pi = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    height = np.exp(-(((z[:, None] - mean) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))
    return -np.log((pi[:, :, None] * height).sum(axis=1)).sum(axis=1)


# %% nats: logits for logarithms of weights
# says: weights that sum to 1
def nats(z, logits, mean, sigma):
    away = (z[:, None] - mean) / sigma
    each = -(away**2 / 2 + np.log(sigma) + np.log(2 * np.pi) / 2).sum(axis=-1)
    return -np.logaddexp.reduce(logits + each, axis=-1)


# %% nats: the factor of the normal once instead of once per number
# says: one per number
def nats(z, logits, mean, sigma):
    away = (z[:, None] - mean) / sigma
    each = -(away**2 / 2 + np.log(sigma)).sum(axis=-1) - np.log(2 * np.pi) / 2
    log_weight = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    return -np.logaddexp.reduce(log_weight + each, axis=-1)


# %% nats: densities multiplied, not logarithms added
# says: far from every mean
def nats(z, logits, mean, sigma):
    pi = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    height = np.exp(-(((z[:, None] - mean) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))
    with np.errstate(divide="ignore"):
        return -np.log((pi * height.prod(axis=2)).sum(axis=1))


# %% returns: everything counts
# says: after a miss doesn't count
def returns(caught, missed):
    return caught.sum(axis=0)


# %% returns: only the step of the miss is left out
# says: once an episode is over it stays over
def returns(caught, missed):
    over = np.maximum(missed, np.roll(missed, 1, axis=0))
    return (caught * (1 - over)).sum(axis=0)


# %% returns: an episode without a miss loses everything
# says: keeps all that it caught
def returns(caught, missed):
    first = missed.argmax(axis=0)
    return np.array([caught[:end, b].sum() for b, end in enumerate(first)])


# %% returns: summed over the batch
# says: one return per episode
def returns(caught, missed):
    return (caught * (np.cumsum(missed, axis=0) == 0)).sum(axis=1)


# %% generation: the worst survive
# says: larger is better
def generation(mean, std, tried, worth, keep):
    best = tried[np.argsort(worth)[:keep]]
    return best.mean(axis=0), np.sqrt(((best - mean) ** 2).mean(axis=0))


# %% generation: the spread around their own mean
# says: measure from the old one
def generation(mean, std, tried, worth, keep):
    best = tried[np.argsort(worth)[-keep:]]
    return best.mean(axis=0), best.std(axis=0)


# %% generation: absolute distances
# says: an average of squares
def generation(mean, std, tried, worth, keep):
    best = tried[np.argsort(worth)[-keep:]]
    return best.mean(axis=0), np.abs(best - mean).mean(axis=0)


# %% generation: everybody survives
# says: the best two lie around
def generation(mean, std, tried, worth, keep):
    return tried.mean(axis=0), np.sqrt(((tried - mean) ** 2).mean(axis=0))
