# %% mean: nothing is erased at a reset
# says: at a reset the cell holds what arrives, nothing else
def mean_gates(reset):
    count = np.arange(len(reset)) + 1
    return 1 / count, 1 - 1 / count


# %% mean: a sum, erased at resets
# says: the cell holds the sum
def mean_gates(reset):
    return np.ones(len(reset)), np.where(reset, 0.0, 1.0)


# %% mean: a running mean over about ten steps
# says: how many numbers has the mean got by then
def mean_gates(reset):
    return np.where(reset, 1.0, 0.1), np.where(reset, 0.0, 0.9)


# %% mean: counts one too many
# says: at a reset the cell holds what arrives, nothing else
def mean_gates(reset):
    step = np.arange(len(reset))
    count = step - np.maximum.accumulate(np.where(reset, step, 0)) + 2
    return 1 / count, 1 - 1 / count


# %% mean: a count in place of a share
# says: a gate is a number between 0 and 1
def mean_gates(reset):
    step = np.arange(len(reset))
    count = step - np.maximum.accumulate(np.where(reset, step, 0)) + 1
    return 1 / count, 1.0 - count


# %% clock: the forget gate has no peephole
# says: it stays on after step
def clock(n):
    sharp, threshold = 1000.0, 1 - 0.5 / n
    return [20.0, 20.0, np.arctanh(1 / n), -sharp * threshold], [0.0, 0.0, sharp]


# %% clock: the forget gate closes when the cell is empty
# says: no pulse at all
def clock(n):
    sharp, threshold = 1000.0, 1 - 0.5 / n
    return [20.0, -sharp * threshold, np.arctanh(1 / n), -sharp * threshold], [0.0, sharp, sharp]


# %% clock: the threshold half a step too high, off by one
# says: the first pulse comes at step
def clock(n):
    sharp, threshold = 1000.0, 1 + 0.5 / n
    return [20.0, sharp * threshold, np.arctanh(1 / n), -sharp * threshold], [0.0, -sharp, sharp]


# %% clock: the input gate closes as well when the pulse has been seen, and a step is lost
# says: What is left in the cell after a pulse
def clock(n):
    sharp, threshold = 1000.0, 1 - 0.5 / n
    bias = [sharp * threshold, sharp * threshold, np.arctanh(1 / n), -sharp * threshold]
    return bias, [-sharp, -sharp, sharp]


# %% clock: peepholes in the order of the weights, forget gate first
# says: Does the content climb
def clock(n):
    sharp, threshold = 1000.0, 1 - 0.5 / n
    return [20.0, sharp * threshold, np.arctanh(1 / n), -sharp * threshold], [-sharp, 0.0, sharp]


# %% clock: gates too soft for long periods
# says: n =
def clock(n):
    sharp, threshold = 30.0, 1 - 0.5 / n
    return [20.0, sharp * threshold, np.arctanh(1 / n), -sharp * threshold], [0.0, -sharp, sharp]


# %% clip: the sum over all steps is cut, as clipvalue does
# says: you cut the sum over all steps
def clipped_bptt(x, target, W_ih, W_hh, b_h, W_hy, bound):
    h = rnn(x, W_ih, W_hh, b_h)
    before = np.vstack([np.zeros_like(h[:1]), h[:-1]])
    error, deltas, from_later = h @ W_hy - target, np.zeros_like(h), np.zeros_like(b_h)
    for t in reversed(range(len(x))):
        deltas[t] = (error[t] * W_hy + from_later) * (1 - h[t] ** 2)
        from_later = deltas[t] @ W_hh.T
    return [np.clip(d, -bound, bound) for d in (x.T @ deltas, before.T @ deltas, deltas.sum(axis=0))]


# %% clip: the derivative for h is cut instead of that for z
# says: before the tanh
def clipped_bptt(x, target, W_ih, W_hh, b_h, W_hy, bound):
    h = rnn(x, W_ih, W_hh, b_h)
    before = np.vstack([np.zeros_like(h[:1]), h[:-1]])
    error, deltas, from_later = h @ W_hy - target, np.zeros_like(h), np.zeros_like(b_h)
    for t in reversed(range(len(x))):
        deltas[t] = np.clip(error[t] * W_hy + from_later, -bound, bound) * (1 - h[t] ** 2)
        from_later = deltas[t] @ W_hh.T
    return x.T @ deltas, before.T @ deltas, deltas.sum(axis=0)


# %% clip: what goes back is cut, what the weights get is not
# says: serves for the weights and for step t - 1 alike
def clipped_bptt(x, target, W_ih, W_hh, b_h, W_hy, bound):
    h = rnn(x, W_ih, W_hh, b_h)
    before = np.vstack([np.zeros_like(h[:1]), h[:-1]])
    error, deltas, from_later = h @ W_hy - target, np.zeros_like(h), np.zeros_like(b_h)
    for t in reversed(range(len(x))):
        deltas[t] = (error[t] * W_hy + from_later) * (1 - h[t] ** 2)
        from_later = np.clip(deltas[t], -bound, bound) @ W_hh.T
    return x.T @ deltas, before.T @ deltas, deltas.sum(axis=0)


# %% clip: the state at the same step in place of the one before
# says: already wrong with a huge bound
def clipped_bptt(x, target, W_ih, W_hh, b_h, W_hy, bound):
    h = rnn(x, W_ih, W_hh, b_h)
    error, deltas, from_later = h @ W_hy - target, np.zeros_like(h), np.zeros_like(b_h)
    for t in reversed(range(len(x))):
        deltas[t] = np.clip((error[t] * W_hy + from_later) * (1 - h[t] ** 2), -bound, bound)
        from_later = deltas[t] @ W_hh.T
    return x.T @ deltas, h.T @ deltas, deltas.sum(axis=0)


# %% start: the derivative for f, not for b
# says: that is for f
def pull(b, n):
    f = sigmoid(b)
    return (1 - f ** n) * n * f ** (n - 1)


def best_start(n):
    biases = np.linspace(-5, 12, 17001)
    return float(biases[np.argmax(pull(biases, n))])


# %% start: the power differentiated without its exponent
# says: is missing its n
def pull(b, n):
    f = sigmoid(b)
    return (1 - f ** n) * f ** n * (1 - f)


def best_start(n):
    biases = np.linspace(-5, 12, 17001)
    return float(biases[np.argmax(pull(biases, n))])


# %% start: the derivative itself, not its negative
# says: -dL/db is positive
def pull(b, n):
    f = sigmoid(b)
    return (f ** n - 1) * n * f ** n * (1 - f)


def best_start(n):
    biases = np.linspace(-5, 12, 17001)
    return float(biases[np.argmax(np.abs(pull(biases, n)))])


# %% start: the start of section 9 taken for the best
# says: elsewhere it pulls harder
def pull(b, n):
    f = sigmoid(b)
    return (1 - f ** n) * n * f ** n * (1 - f)


def best_start(n):
    return np.log(n - 1)


# %% start: a search that ends too early
# says: does your search go far enough
def pull(b, n):
    f = sigmoid(b)
    return (1 - f ** n) * n * f ** n * (1 - f)


def best_start(n):
    biases = np.linspace(-5, 6, 17001)
    return float(biases[np.argmax(pull(biases, n))])


# %% skips: no skips to the output
# says: every hidden layer goes to the output
def stack(size, layers, features, outputs, skips):
    below = x = keras.Input((None, features))
    for n in range(layers):
        top = keras.layers.LSTM(size, return_sequences=True)(below)
        below = keras.layers.Concatenate()([x, top]) if skips else top
    return keras.Model(x, keras.layers.Dense(outputs)(top))


# %% skips: no skips from the input
# says: x goes to every hidden layer
def stack(size, layers, features, outputs, skips):
    below = x = keras.Input((None, features))
    hidden = []
    for n in range(layers):
        hidden.append(keras.layers.LSTM(size, return_sequences=True)(below))
        below = hidden[-1]
    return keras.Model(x, keras.layers.Dense(outputs)(keras.layers.Concatenate()(hidden) if skips else below))


# %% skips: side by side but not one above the other
# says: reads x_t and the layer below
def stack(size, layers, features, outputs, skips):
    below = x = keras.Input((None, features))
    hidden = []
    for n in range(layers):
        hidden.append(keras.layers.LSTM(size, return_sequences=True)(x if skips else below))
        below = hidden[-1]
    return keras.Model(x, keras.layers.Dense(outputs)(keras.layers.Concatenate()(hidden) if skips else below))


# %% skips: the input also goes straight to the output
# says: with all hidden layers dead x still gets through
def stack(size, layers, features, outputs, skips):
    x = keras.Input((None, features))
    below, hidden = x, []
    for _ in range(layers):
        hidden.append(keras.layers.LSTM(size, return_sequences=True)(below))
        below = ops.concatenate([x, hidden[-1]], axis=-1) if skips else hidden[-1]
    return keras.Model(x, keras.layers.Dense(outputs)(ops.concatenate([x, *hidden], axis=-1) if skips else below))


# %% skips: the switch does nothing
# says: without skips there should be one way
def stack(size, layers, features, outputs, skips):
    below = x = keras.Input((None, features))
    hidden = []
    for n in range(layers):
        hidden.append(keras.layers.LSTM(size, return_sequences=True)(below))
        below = keras.layers.Concatenate()([x, hidden[-1]])
    return keras.Model(x, keras.layers.Dense(outputs)(keras.layers.Concatenate()(hidden)))


# %% skips: without over with
# says: with over without is above 1
def stack(size, layers, features, outputs, skips):
    x = keras.Input((None, features))
    below, hidden = x, []
    for _ in range(layers):
        hidden.append(keras.layers.LSTM(size, return_sequences=True)(below))
        below = ops.concatenate([x, hidden[-1]], axis=-1) if skips else hidden[-1]
    return keras.Model(x, keras.layers.Dense(outputs)(ops.concatenate(hidden, axis=-1) if skips else below))


def worth(layers):
    logs = {True: [], False: []}
    for skips in [True, False] * 4:
        x, target = keras.random.normal((32, 5, 3)), keras.random.normal((32, 5, 1))
        model = stack(16, layers, 3, 1, skips)
        kernels = [layer.cell.kernel.value for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - target) ** 2)
        logs[skips].append([0.5 * np.log(np.mean(np.square(d))) for d in tape.gradient(loss, kernels)])
    return np.exp(np.mean(logs[False], axis=0) - np.mean(logs[True], axis=0))


# %% skips: mean squares compared without their root
# says: far from what was measured here
def stack(size, layers, features, outputs, skips):
    x = keras.Input((None, features))
    below, hidden = x, []
    for _ in range(layers):
        hidden.append(keras.layers.LSTM(size, return_sequences=True)(below))
        below = ops.concatenate([x, hidden[-1]], axis=-1) if skips else hidden[-1]
    return keras.Model(x, keras.layers.Dense(outputs)(ops.concatenate(hidden, axis=-1) if skips else below))


def worth(layers):
    logs = {True: [], False: []}
    for skips in [True, False] * 4:
        x, target = keras.random.normal((32, 5, 3)), keras.random.normal((32, 5, 1))
        model = stack(16, layers, 3, 1, skips)
        kernels = [layer.cell.kernel.value for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - target) ** 2)
        logs[skips].append([np.log(np.mean(np.square(d))) for d in tape.gradient(loss, kernels)])
    return np.exp(np.mean(logs[True], axis=0) - np.mean(logs[False], axis=0))


# %% peephole: the output gate sees the old cell
# says: what does the output gate see
def peephole_step(x, h, c, W_x, W_h, b, peephole, from_h, from_c):
    p_i, p_f, p_o = peephole
    z_i, z_f, z_c, z_o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_c)
    new = f * c + i * g
    o, shown = sigmoid(z_o + p_o * c), np.tanh(new)
    d_o = from_h * shown * o * (1 - o)
    d_new = from_c + from_h * o * (1 - shown ** 2)
    d_i, d_f, d_g = d_new * g * i * (1 - i), d_new * c * f * (1 - f), d_new * i * (1 - g ** 2)
    d_z = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)
    d_c = d_new * f + d_i * p_i + d_f * p_f + d_o * p_o
    return (o * shown, new), (d_z @ W_x.T, d_z @ W_h.T, d_c, np.stack([d_i * c, d_f * c, d_o * c]).sum(axis=1))


# %% peephole: the gates in another order, cell before forget gate
# says: already without peepholes h_t or c_t is wrong
def peephole_step(x, h, c, W_x, W_h, b, peephole, from_h, from_c):
    p_i, p_f, p_o = peephole
    z_i, z_c, z_f, z_o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_c)
    new = f * c + i * g
    o = sigmoid(z_o + p_o * new)
    return (o * np.tanh(new), new), (x, h, c, peephole)


# %% peephole: the content's way back forgets the two gates that look at it
# says: it also acts through two gates
def peephole_step(x, h, c, W_x, W_h, b, peephole, from_h, from_c):
    p_i, p_f, p_o = peephole
    z_i, z_f, z_c, z_o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_c)
    new = f * c + i * g
    o, shown = sigmoid(z_o + p_o * new), np.tanh(new)
    d_o = from_h * shown * o * (1 - o)
    d_new = from_c + from_h * o * (1 - shown ** 2) + d_o * p_o
    d_i, d_f, d_g = d_new * g * i * (1 - i), d_new * c * f * (1 - f), d_new * i * (1 - g ** 2)
    d_z = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)
    d_peephole = np.stack([d_i * c, d_f * c, d_o * new]).sum(axis=1)
    return (o * shown, new), (d_z @ W_x.T, d_z @ W_h.T, d_new * f, d_peephole)


# %% peephole: the output gate's peephole is forgotten on the way back
# says: part of from_h reaches c_t through that peephole
def peephole_step(x, h, c, W_x, W_h, b, peephole, from_h, from_c):
    p_i, p_f, p_o = peephole
    z_i, z_f, z_c, z_o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_c)
    new = f * c + i * g
    o, shown = sigmoid(z_o + p_o * new), np.tanh(new)
    d_o = from_h * shown * o * (1 - o)
    d_new = from_c + from_h * o * (1 - shown ** 2)
    d_i, d_f, d_g = d_new * g * i * (1 - i), d_new * c * f * (1 - f), d_new * i * (1 - g ** 2)
    d_z = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)
    d_c = d_new * f + d_i * p_i + d_f * p_f
    return (o * shown, new), (d_z @ W_x.T, d_z @ W_h.T, d_c, np.stack([d_i * c, d_f * c, d_o * new]).sum(axis=1))


# %% peephole: no way from h to the content
# says: by which two ways does from_h reach
def peephole_step(x, h, c, W_x, W_h, b, peephole, from_h, from_c):
    p_i, p_f, p_o = peephole
    z_i, z_f, z_c, z_o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_c)
    new = f * c + i * g
    o, shown = sigmoid(z_o + p_o * new), np.tanh(new)
    d_o = from_h * shown * o * (1 - o)
    d_new = from_c + d_o * p_o
    d_i, d_f, d_g = d_new * g * i * (1 - i), d_new * c * f * (1 - f), d_new * i * (1 - g ** 2)
    d_z = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)
    d_c = d_new * f + d_i * p_i + d_f * p_f
    return (o * shown, new), (d_z @ W_x.T, d_z @ W_h.T, d_c, np.stack([d_i * c, d_f * c, d_o * new]).sum(axis=1))


# %% peephole: the derivative of the sigmoid forgotten
# says: sigma' = s (1 - s)
def peephole_step(x, h, c, W_x, W_h, b, peephole, from_h, from_c):
    p_i, p_f, p_o = peephole
    z_i, z_f, z_c, z_o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_c)
    new = f * c + i * g
    o, shown = sigmoid(z_o + p_o * new), np.tanh(new)
    d_o = from_h * shown
    d_new = from_c + from_h * o * (1 - shown ** 2) + d_o * p_o
    d_i, d_f, d_g = d_new * g, d_new * c, d_new * i * (1 - g ** 2)
    d_z = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)
    d_c = d_new * f + d_i * p_i + d_f * p_f
    return (o * shown, new), (d_z @ W_x.T, d_z @ W_h.T, d_c, np.stack([d_i * c, d_f * c, d_o * new]).sum(axis=1))


# %% peephole: all three peepholes paired with the old cell, and averaged over the batch
# says: each gate's times the c it looks at
def peephole_step(x, h, c, W_x, W_h, b, peephole, from_h, from_c):
    p_i, p_f, p_o = peephole
    z_i, z_f, z_c, z_o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_c)
    new = f * c + i * g
    o, shown = sigmoid(z_o + p_o * new), np.tanh(new)
    d_o = from_h * shown * o * (1 - o)
    d_new = from_c + from_h * o * (1 - shown ** 2) + d_o * p_o
    d_i, d_f, d_g = d_new * g * i * (1 - i), d_new * c * f * (1 - f), d_new * i * (1 - g ** 2)
    d_z = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)
    d_c = d_new * f + d_i * p_i + d_f * p_f
    return (o * shown, new), (d_z @ W_x.T, d_z @ W_h.T, d_c, np.stack([d_i * c, d_f * c, d_o * c]).mean(axis=1))
