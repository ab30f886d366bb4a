# %% wait_cost: the slope forgotten
# says: where is the slope of the logarithm
def wait_cost(dt, mean, std):
    z = (np.log(dt) - mean) / std
    return z**2 / 2 + np.log(std * np.sqrt(2 * np.pi))


# %% wait_cost: the slope's logarithm with the wrong sign
# says: has its logarithm the right sign
def wait_cost(dt, mean, std):
    z = (np.log(dt) - mean) / std
    return z**2 / 2 + np.log(std * np.sqrt(2 * np.pi)) - np.log(dt)


# %% wait_cost: a normal in dt
# says: the slope of the distribution function gives
def wait_cost(dt, mean, std):
    z = (dt - np.exp(mean)) / std
    return z**2 / 2 + np.log(std * np.sqrt(2 * np.pi))


# %% wait_cost: log p instead of its negative
# says: a cost is minus the logarithm
def wait_cost(dt, mean, std):
    z = (np.log(dt) - mean) / std
    return -(z**2) / 2 - np.log(std * np.sqrt(2 * np.pi)) - np.log(dt)


# %% touch_cost: three mixtures instead of one
# says: Multiply within a component first
def touch_cost(z, weight, mean, std):
    density = np.exp(-(((z[:, None] - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))
    return -np.log((weight[:, None] * density).sum(axis=1)).sum(axis=1)


# %% touch_cost: exp without care
# says: exp underflows
def touch_cost(z, weight, mean, std):
    density = np.exp(-(((z[:, None] - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))
    with np.errstate(divide="ignore"):
        return -np.log((weight * density.prod(axis=2)).sum(axis=1))


# %% touch_cost: logarithms averaged over the components
# says: weights, the product over three
def touch_cost(z, weight, mean, std):
    distance = (z[:, None] - mean) / std
    log_part = -(distance**2 / 2 + np.log(std * np.sqrt(2 * np.pi))).sum(axis=2)
    return -(weight * log_part).sum(axis=1)


# %% touch_cost: the mean over the touches
# says: one number for each touch
def touch_cost(z, weight, mean, std):
    distance = (z[:, None] - mean) / std
    log_part = np.log(weight) - (distance**2 / 2 + np.log(std * np.sqrt(2 * np.pi))).sum(axis=2)
    return -np.logaddexp.reduce(log_part, axis=1).mean()


# %% place_cost: the slope forgotten
# says: where is its slope
def place_cost(x, mean, std):
    z = (np.log(x / (1 - x)) - mean) / std
    return z**2 / 2 + np.log(std * np.sqrt(2 * np.pi))


# %% place_cost: the slope of the logarithm
# says: differentiate log(1 - x) as well
def place_cost(x, mean, std):
    z = (np.log(x / (1 - x)) - mean) / std
    return z**2 / 2 + np.log(std * np.sqrt(2 * np.pi)) + np.log(x)


# %% place_cost: the slope with the wrong sign
# says: minus its logarithm is part of the cost
def place_cost(x, mean, std):
    z = (np.log(x / (1 - x)) - mean) / std
    return z**2 / 2 + np.log(std * np.sqrt(2 * np.pi)) - np.log(x * (1 - x))


# %% p_value: the true pairing left out
# says: add the true pairing itself
def p_value(call, reply, shuffles, rng):
    true = np.abs(reply - call).mean()
    by_chance = [np.abs(rng.permutation(reply) - call).mean() for _ in range(shuffles)]
    return np.mean(np.array(by_chance) <= true)


# %% p_value: counts the shuffles that are farther apart
# says: as near or nearer
def p_value(call, reply, shuffles, rng):
    true = np.abs(reply - call).mean()
    by_chance = [np.abs(rng.permutation(reply) - call).mean() for _ in range(shuffles)]
    return (1 + np.sum(np.array(by_chance) >= true)) / (1 + shuffles)


# %% p_value: both shuffled alike
# says: shuffle one of the two only
def p_value(call, reply, shuffles, rng):
    true, count = np.abs(reply - call).mean(), 1
    for _ in range(shuffles):
        order = rng.permutation(len(call))
        count += np.abs(reply[order] - call[order]).mean() <= true + 1e-9
    return count / (1 + shuffles)


# %% p_value: the mean before the distance
# says: take the distance before the mean
def p_value(call, reply, shuffles, rng):
    true = abs((reply - call).mean())
    by_chance = [abs((rng.permutation(reply) - call).mean()) for _ in range(shuffles)]
    return (1 + np.sum(np.array(by_chance) <= true + 1e-9)) / (1 + shuffles)


# %% p_value: only strictly nearer shuffles count
# says: every shuffle is as near
def p_value(call, reply, shuffles, rng):
    true = np.abs(reply - call).mean()
    by_chance = [np.abs(rng.permutation(reply) - call).mean() for _ in range(shuffles)]
    return (1 + np.sum(np.array(by_chance) < true)) / (1 + shuffles)
