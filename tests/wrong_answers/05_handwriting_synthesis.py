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


# %% roving_cell: WindowCell's own cell, given back unchanged
# says: only goes forwards
def roving_cell(units, windows, characters, points_per_character=12.0):
    return window.WindowCell(keras.layers.LSTMCell(units), windows, characters, points_per_character)


# %% roving_cell: no exp at all
# says: still exp
def roving_cell(units, windows, characters, points_per_character=12.0):
    class RovingCell(window.WindowCell):
        def call(self, inputs, states, training=False):
            hidden, memory, w, position = states
            hidden, (_, memory) = self.cell(ops.concatenate([inputs, w], -1), [hidden, memory])
            importance, width, step = ops.split(self.gaussians(hidden), 3, axis=-1)
            position = position + step
            gaussians = ops.concatenate([importance, width, position], -1)
            phi = window.attention(gaussians, ops.shape(self.text)[1])
            w = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), self.text), 1)
            return ops.concatenate([hidden, w, gaussians], -1), [hidden, memory, w, position]
    cell = RovingCell(keras.layers.LSTMCell(units), windows, characters)
    start = np.repeat([1, 0.5, 1 / points_per_character], windows)
    cell.gaussians.bias_initializer = lambda shape, dtype=None: ops.convert_to_tensor(start, dtype)
    return cell


# %% roving_cell: kappa is where the network says, not a step
# says: goes on from where it was
def roving_cell(units, windows, characters, points_per_character=12.0):
    class RovingCell(window.WindowCell):
        def call(self, inputs, states, training=False):
            hidden, memory, w, _ = states
            hidden, (_, memory) = self.cell(ops.concatenate([inputs, w], -1), [hidden, memory])
            importance, width, position = ops.split(self.gaussians(hidden), 3, axis=-1)
            gaussians = ops.concatenate([ops.exp(importance), ops.exp(width), position], -1)
            phi = window.attention(gaussians, ops.shape(self.text)[1])
            w = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), self.text), 1)
            return ops.concatenate([hidden, w, gaussians], -1), [hidden, memory, w, position]
    return RovingCell(keras.layers.LSTMCell(units), windows, characters, np.exp(-1 / points_per_character))


# %% roving_cell: the window is read before it moves
# says: has just moved
def roving_cell(units, windows, characters, points_per_character=12.0):
    class RovingCell(window.WindowCell):
        def call(self, inputs, states, training=False):
            hidden, memory, w, position = states
            hidden, (_, memory) = self.cell(ops.concatenate([inputs, w], -1), [hidden, memory])
            importance, width, step = ops.split(self.gaussians(hidden), 3, axis=-1)
            old = ops.concatenate([ops.exp(importance), ops.exp(width), position], -1)
            position = position + step
            phi = window.attention(old, ops.shape(self.text)[1])
            w = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), self.text), 1)
            gaussians = ops.concatenate([ops.exp(importance), ops.exp(width), position], -1)
            return ops.concatenate([hidden, w, gaussians], -1), [hidden, memory, w, position]
    return RovingCell(keras.layers.LSTMCell(units), windows, characters, np.exp(-1 / points_per_character))


# %% roving_cell: the old window is carried on, so the LSTM never sees what was read
# says: sees x_t and w_{t-1}
def roving_cell(units, windows, characters, points_per_character=12.0):
    class RovingCell(window.WindowCell):
        def call(self, inputs, states, training=False):
            hidden, memory, old, position = states
            hidden, (_, memory) = self.cell(ops.concatenate([inputs, old], -1), [hidden, memory])
            importance, width, step = ops.split(self.gaussians(hidden), 3, axis=-1)
            position = position + step
            gaussians = ops.concatenate([ops.exp(importance), ops.exp(width), position], -1)
            phi = window.attention(gaussians, ops.shape(self.text)[1])
            w = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), self.text), 1)
            return ops.concatenate([hidden, w, gaussians], -1), [hidden, memory, old, position]
    return RovingCell(keras.layers.LSTMCell(units), windows, characters, np.exp(-1 / points_per_character))


# %% roving_cell: the start is still the logarithm of the pace, so the window runs backwards
# says: untrained
def roving_cell(units, windows, characters, points_per_character=12.0):
    class RovingCell(window.WindowCell):
        def call(self, inputs, states, training=False):
            hidden, memory, w, position = states
            hidden, (_, memory) = self.cell(ops.concatenate([inputs, w], -1), [hidden, memory])
            importance, width, step = ops.split(self.gaussians(hidden), 3, axis=-1)
            position = position + step
            gaussians = ops.concatenate([ops.exp(importance), ops.exp(width), position], -1)
            phi = window.attention(gaussians, ops.shape(self.text)[1])
            w = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), self.text), 1)
            return ops.concatenate([hidden, w, gaussians], -1), [hidden, memory, w, position]
    return RovingCell(keras.layers.LSTMCell(units), windows, characters, points_per_character)


# %% letters_of: point by point, so that strokes are cut
# says: once a stroke
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
# says: have all points of a stroke a say
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


# %% finished: twelve points a letter
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
