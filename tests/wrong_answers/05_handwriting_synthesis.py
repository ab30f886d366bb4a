# %% best_width: the bump has the standard deviation d
# says: of all bumps
def best_width(d):
    return 1 / (2 * d ** 2)


# %% best_width: beta taken for one over the distance
# says: what if d doubles
def best_width(d):
    return 1 / d


# %% best_width: beta taken for a standard deviation
# says: what if d doubles
def best_width(d):
    return d


# %% best_width: one width for all distances
# says: depends on the distance
def best_width(d):
    return np.full(len(d), np.exp(-0.7))


# %% backward: by alpha instead of alpha_hat
# says: not by alpha
def backward(p, c, g):
    alpha, beta, step = np.split(np.exp(p), 3, axis=1)
    gap = np.arange(1, len(c) + 1)[:, None] - np.cumsum(step, axis=0)[:, None]
    bump = np.exp(-beta[:, None] * gap ** 2) * (g @ c.T)[:, :, None]
    epsilon = alpha[:, None] * bump
    later = np.cumsum((2 * beta * np.sum(epsilon * gap, axis=1))[::-1], axis=0)[::-1]
    return np.concatenate([bump.sum(axis=1), -beta * np.sum(epsilon * gap ** 2, axis=1), step * later], axis=1)


# %% backward: by beta instead of beta_hat
# says: factor beta
def backward(p, c, g):
    alpha, beta, step = np.split(np.exp(p), 3, axis=1)
    gap = np.arange(1, len(c) + 1)[:, None] - np.cumsum(step, axis=0)[:, None]
    epsilon = alpha[:, None] * np.exp(-beta[:, None] * gap ** 2) * (g @ c.T)[:, :, None]
    later = np.cumsum((2 * beta * np.sum(epsilon * gap, axis=1))[::-1], axis=0)[::-1]
    return np.concatenate([epsilon.sum(axis=1), -np.sum(epsilon * gap ** 2, axis=1), step * later], axis=1)


# %% backward: a wider bump should weigh less
# says: with the other sign it is right
def backward(p, c, g):
    alpha, beta, step = np.split(np.exp(p), 3, axis=1)
    gap = np.arange(1, len(c) + 1)[:, None] - np.cumsum(step, axis=0)[:, None]
    epsilon = alpha[:, None] * np.exp(-beta[:, None] * gap ** 2) * (g @ c.T)[:, :, None]
    later = np.cumsum((2 * beta * np.sum(epsilon * gap, axis=1))[::-1], axis=0)[::-1]
    return np.concatenate([epsilon.sum(axis=1), beta * np.sum(epsilon * gap ** 2, axis=1), step * later], axis=1)


# %% backward: kappa - u for u - kappa
# says: the sign; a bump in front of its letter
def backward(p, c, g):
    alpha, beta, step = np.split(np.exp(p), 3, axis=1)
    gap = np.cumsum(step, axis=0)[:, None] - np.arange(1, len(c) + 1)[:, None]
    epsilon = alpha[:, None] * np.exp(-beta[:, None] * gap ** 2) * (g @ c.T)[:, :, None]
    later = np.cumsum((2 * beta * np.sum(epsilon * gap, axis=1))[::-1], axis=0)[::-1]
    return np.concatenate([epsilon.sum(axis=1), -beta * np.sum(epsilon * gap ** 2, axis=1), step * later], axis=1)


# %% backward: the step's own exp forgotten
# says: times exp(kappa_hat)
def backward(p, c, g):
    alpha, beta, step = np.split(np.exp(p), 3, axis=1)
    gap = np.arange(1, len(c) + 1)[:, None] - np.cumsum(step, axis=0)[:, None]
    epsilon = alpha[:, None] * np.exp(-beta[:, None] * gap ** 2) * (g @ c.T)[:, :, None]
    later = np.cumsum((2 * beta * np.sum(epsilon * gap, axis=1))[::-1], axis=0)[::-1]
    return np.concatenate([epsilon.sum(axis=1), -beta * np.sum(epsilon * gap ** 2, axis=1), later], axis=1)


# %% backward: a step moves only its own window
# says: all later windows
def backward(p, c, g):
    alpha, beta, step = np.split(np.exp(p), 3, axis=1)
    gap = np.arange(1, len(c) + 1)[:, None] - np.cumsum(step, axis=0)[:, None]
    epsilon = alpha[:, None] * np.exp(-beta[:, None] * gap ** 2) * (g @ c.T)[:, :, None]
    own = 2 * beta * np.sum(epsilon * gap, axis=1)
    return np.concatenate([epsilon.sum(axis=1), -beta * np.sum(epsilon * gap ** 2, axis=1), step * own], axis=1)


# %% backward: summed over the earlier windows
# says: no other point comes into it
def backward(p, c, g):
    alpha, beta, step = np.split(np.exp(p), 3, axis=1)
    gap = np.arange(1, len(c) + 1)[:, None] - np.cumsum(step, axis=0)[:, None]
    epsilon = alpha[:, None] * np.exp(-beta[:, None] * gap ** 2) * (g @ c.T)[:, :, None]
    earlier = np.cumsum(2 * beta * np.sum(epsilon * gap, axis=1), axis=0)
    return np.concatenate([epsilon.sum(axis=1), -beta * np.sum(epsilon * gap ** 2, axis=1), step * earlier], axis=1)


# %% roving_layer: SoftWindowLSTM itself, given back unchanged
# says: only goes forwards
def roving_layer(units, gaussians, points_per_character=12.0):
    return layers.SoftWindowLSTM(units, gaussians, points_per_character)


# %% roving_layer: no exp at all
# says: still exp
def roving_layer(units, gaussians, points_per_character=12.0):
    class RovingWindowLSTM(layers.SoftWindowLSTM):
        def move(self, raw, position):
            importance, width, step = ops.split(raw, 3, axis=-1)
            return ops.concatenate([importance, width, position + step], -1)

    layer = RovingWindowLSTM(units, gaussians)
    start = np.repeat([1, 0.5, 1 / points_per_character], gaussians)
    layer.gaussians_layer.bias_initializer = lambda shape, dtype=None: ops.convert_to_tensor(start, dtype)
    return layer


# %% roving_layer: kappa is where the network says, not a step
# says: goes on from where it was
def roving_layer(units, gaussians, points_per_character=12.0):
    class RovingWindowLSTM(layers.SoftWindowLSTM):
        def move(self, raw, position):
            importance, width, step = ops.split(raw, 3, axis=-1)
            return ops.concatenate([ops.exp(importance), ops.exp(width), step], -1)

    layer = RovingWindowLSTM(units, gaussians)
    start = np.repeat([0, -0.7, 1 / points_per_character], gaussians)
    layer.gaussians_layer.bias_initializer = lambda shape, dtype=None: ops.convert_to_tensor(start, dtype)
    return layer


# %% roving_layer: the window is read before it moves
# says: has just moved
def roving_layer(units, gaussians, points_per_character=12.0):
    class RovingWindowLSTM(layers.SoftWindowLSTM):
        def move(self, raw, position):
            importance, width, step = ops.split(raw, 3, axis=-1)
            return ops.concatenate([ops.exp(importance), ops.exp(width), position + step], -1)

        def step(self, point, text, states):
            hidden, memory, window, position = states
            hidden, (_, memory) = self.cell(ops.concatenate([point, window], -1), [hidden, memory])
            raw = self.gaussians_layer(hidden)
            gaussians = self.move(raw, position)
            old = ops.concatenate([gaussians[:, :2 * self.gaussians], position], -1)
            phi = layers.attention(old, ops.shape(text)[1])
            window = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), text), 1)
            return (hidden, window, gaussians), (hidden, memory, window, gaussians[:, 2 * self.gaussians:])

    layer = RovingWindowLSTM(units, gaussians)
    start = np.repeat([0, -0.7, 1 / points_per_character], gaussians)
    layer.gaussians_layer.bias_initializer = lambda shape, dtype=None: ops.convert_to_tensor(start, dtype)
    return layer


# %% roving_layer: the old window is carried on, so the LSTM never sees what was read
# says: sees x_t and w_{t-1}
def roving_layer(units, gaussians, points_per_character=12.0):
    class RovingWindowLSTM(layers.SoftWindowLSTM):
        def move(self, raw, position):
            importance, width, step = ops.split(raw, 3, axis=-1)
            return ops.concatenate([ops.exp(importance), ops.exp(width), position + step], -1)

        def step(self, point, text, states):
            outputs, (hidden, memory, _, position) = super().step(point, text, states)
            return outputs, (hidden, memory, states[2], position)

    layer = RovingWindowLSTM(units, gaussians)
    start = np.repeat([0, -0.7, 1 / points_per_character], gaussians)
    layer.gaussians_layer.bias_initializer = lambda shape, dtype=None: ops.convert_to_tensor(start, dtype)
    return layer


# %% roving_layer: the start is still the logarithm of the pace, so the window runs backwards
# says: untrained
def roving_layer(units, gaussians, points_per_character=12.0):
    class RovingWindowLSTM(layers.SoftWindowLSTM):
        def move(self, raw, position):
            importance, width, step = ops.split(raw, 3, axis=-1)
            return ops.concatenate([ops.exp(importance), ops.exp(width), position + step], -1)

    return RovingWindowLSTM(units, gaussians, points_per_character)


# %% letters_of: point by point, so that strokes are cut
# says: once per stroke
def letters_of(points, phi):
    return np.concatenate([phi[:1], phi[:-1]]).argmax(axis=1)


# %% letters_of: row t taken for where it looked to draw point t
# says: point t + 1
def letters_of(points, phi):
    ends = np.flatnonzero(points[:, 2]) + 1
    letters = np.zeros(len(points), int)
    for start, end in zip([0, *ends], ends):
        letters[start:end] = phi[start:end].sum(axis=0).argmax()
    return letters


# %% letters_of: the points shared out evenly, without looking at the window
# says: another phi changes nothing
def letters_of(points, phi):
    ends = np.flatnonzero(points[:, 2]) + 1
    letters = np.zeros(len(points), int)
    for start, end in zip([0, *ends], ends):
        letters[start:end] = (start + end) // 2 * phi.shape[1] // len(points)
    return letters


# %% letters_of: only a stroke's last point is asked
# says: do all points of a stroke have a say
def letters_of(points, phi):
    ends = np.flatnonzero(points[:, 2]) + 1
    letters = np.zeros(len(points), int)
    for start, end in zip([0, *ends], ends):
        letters[start:end] = phi[max(end - 2, 0)].argmax()
    return letters


# %% finished: Graves' rule alone
# says: the last stroke is unfinished
def finished(phi, points):
    return phi[-1, -1] > phi[-1, :-1].max()


# %% finished: the first lift of the last letter
# says: a cross or a dot
def finished(phi, points):
    return points[-1, 2] == 1 and phi[-1].argmax() >= phi.shape[1] - 2


# %% finished: the first lift of all
# says: a cross or a dot
def finished(phi, points):
    return points[-1, 2] == 1


# %% finished: twelve points per letter
# says: do not count points
def finished(phi, points):
    return len(points) >= 12 * (phi.shape[1] - 1)


# %% finished: waits until no letter is seen any more
# says: scribbles on
def finished(phi, points):
    return points[-1, 2] == 1 and phi[-1, :-1].max() < 0.05 * phi[-1, -1] and phi[-2, -1] > phi[-2, :-1].max()


# %% finished: a column beyond the text is asked for
# says: never end
def finished(phi, points):
    return phi.shape[1] - 1 > phi.shape[1]
