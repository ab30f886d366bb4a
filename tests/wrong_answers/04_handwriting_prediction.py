# %% reports: the end of stroke stands at the first point of a stroke
# says: LAST point of each stroke
def from_reports(reports):
    touching = reports[:, 2] == 1
    begins = touching & ~np.append(False, touching[:-1])
    points = reports[touching, :2] * [1, -1]
    rows = np.zeros((len(points), 3), "float32")
    rows[1:, :2] = np.diff(points, axis=0)
    rows[:, 2] = begins[touching]
    return rows


# %% reports: reports that end while the pen touches leave it down
# says: the line ends with the pen lifted
def from_reports(reports):
    touching = reports[:, 2] == 1
    lifted_next = np.append(~touching[1:], False)
    points = reports[touching, :2] * [1, -1]
    rows = np.zeros((len(points), 3), "float32")
    rows[1:, :2] = np.diff(points, axis=0)
    rows[:, 2] = lifted_next[touching]
    return rows


# %% reports: y as the tablet has it
# says: y should grow upwards
def from_reports(reports):
    touching = reports[:, 2] == 1
    points = reports[touching, :2]
    rows = np.zeros((len(points), 3), "float32")
    rows[1:, :2] = np.diff(points, axis=0)
    rows[:, 2] = (~np.append(touching[1:], False))[touching]
    return rows


# %% reports: differences first, hovering taken out afterwards
# says: over the whole gap
def from_reports(reports):
    touching = reports[:, 2] == 1
    offsets = np.diff(reports[:, :2], axis=0, prepend=reports[:1, :2]) * [1, -1]
    rows = np.c_[offsets, ~np.append(touching[1:], False)][touching].astype("float32")
    rows[0, :2] = 0
    return rows


# %% reports: row 0 is the place on the page
# says: row 0 is where the line starts
def from_reports(reports):
    touching = reports[:, 2] == 1
    points = reports[touching, :2] * [1, -1]
    rows = np.zeros((len(points), 3), "float32")
    rows[:, :2] = np.diff(points, axis=0, prepend=[[0, 0]])
    rows[:, 2] = (~np.append(touching[1:], False))[touching]
    return rows


# %% reports: the offsets leave a point out
# says: one row for each report that touches
def from_reports(reports):
    touching = reports[:, 2] == 1
    points = reports[touching, :2] * [1, -1]
    ends = (~np.append(touching[1:], False))[touching]
    return np.c_[np.diff(points, axis=0), ends[1:]].astype("float32")


# %% reports: the argument is turned over in place
# says: should stay as they are
def from_reports(reports):
    reports[:, 1] *= -1
    touching = reports[:, 2] == 1
    points = reports[touching, :2]
    rows = np.zeros((len(points), 3), "float32")
    rows[1:, :2] = np.diff(points, axis=0)
    rows[:, 2] = (~np.append(touching[1:], False))[touching]
    return rows


# %% scale: the mean of the lines' means
# says: all offsets count alike
def scale(lines):
    return (np.mean([rows[1:, :2].mean(axis=0) for rows in lines], axis=0),
            np.mean([rows[1:, :2].std(axis=0) for rows in lines], axis=0))


def restored(rows, m, s):
    return np.c_[np.append([[0, 0]], rows[1:, :2] * s + m, axis=0), rows[:, 2]]


def device_nats(nats, s):
    return nats + np.log(s).sum()


# %% scale: the mean of the lines' standard deviations
# says: that of all offsets together
def scale(lines):
    return (np.concatenate([rows[1:, :2] for rows in lines]).mean(axis=0),
            np.mean([rows[1:, :2].std(axis=0) for rows in lines], axis=0))


def restored(rows, m, s):
    return np.c_[np.append([[0, 0]], rows[1:, :2] * s + m, axis=0), rows[:, 2]]


def device_nats(nats, s):
    return nats + np.log(s).sum()


# %% scale: one number for x and y together
# says: one number for dx and one for dy
def scale(lines):
    offsets = np.concatenate([rows[1:, :2] for rows in lines])
    return offsets.mean(), offsets.std()


def restored(rows, m, s):
    return np.c_[np.append([[0, 0]], rows[1:, :2] * s + m, axis=0), rows[:, 2]]


def device_nats(nats, s):
    return nats + 2 * np.log(s)


# %% scale: the mean is not added back
# says: restored drifts away
def scale(lines):
    offsets = np.concatenate([rows[1:, :2] for rows in lines])
    return offsets.mean(axis=0), offsets.std(axis=0)


def restored(rows, m, s):
    return np.c_[rows[:, :2] * s, rows[:, 2]]


def device_nats(nats, s):
    return nats + np.log(s).sum()


# %% scale: row 0 is taken for an offset
# says: row 0 is no offset
def scale(lines):
    offsets = np.concatenate([rows[1:, :2] for rows in lines])
    return offsets.mean(axis=0), offsets.std(axis=0)


def restored(rows, m, s):
    return np.c_[rows[:, :2] * s + m, rows[:, 2]]


def device_nats(nats, s):
    return nats + np.log(s).sum()


# %% scale: restored in place
# says: leave its argument as it is
def scale(lines):
    offsets = np.concatenate([rows[1:, :2] for rows in lines])
    return offsets.mean(axis=0), offsets.std(axis=0)


def restored(rows, m, s):
    rows[1:, :2] = rows[1:, :2] * s + m
    return rows


def device_nats(nats, s):
    return nats + np.log(s).sum()


# %% scale: the logarithm with the other sign
# says: a density is per square unit
def scale(lines):
    offsets = np.concatenate([rows[1:, :2] for rows in lines])
    return offsets.mean(axis=0), offsets.std(axis=0)


def restored(rows, m, s):
    return np.c_[np.append([[0, 0]], rows[1:, :2] * s + m, axis=0), rows[:, 2]]


def device_nats(nats, s):
    return nats - np.log(s).sum()


# %% scale: nats times the standard deviation, as if they were lengths
# says: a density is per square unit
def scale(lines):
    offsets = np.concatenate([rows[1:, :2] for rows in lines])
    return offsets.mean(axis=0), offsets.std(axis=0)


def restored(rows, m, s):
    return np.c_[np.append([[0, 0]], rows[1:, :2] * s + m, axis=0), rows[:, 2]]


def device_nats(nats, s):
    return nats * s[0] * s[1]


# %% derivatives: those of the log density, not of the loss
# says: has the other sign
def derivatives(raw, following):
    M = raw.shape[1] // 6
    gamma = ops.convert_to_numpy(mixture.responsibilities(following, raw))
    mean_x, mean_y, a, b, r = np.split(raw[:, 1 + M:], 5, axis=1)
    a, b, r = np.exp(a), np.exp(b), np.tanh(r)
    C, x, y = 1 / (1 - r ** 2), (following[:, :1] - mean_x) / a, (following[:, 1:2] - mean_y) / b
    Z = x ** 2 + y ** 2 - 2 * r * x * y
    slopes = [C * (x - r * y) / a, C * (y - r * x) / b, C * x * (x - r * y) - 1, C * y * (y - r * x) - 1,
              x * y + r * (1 - C * Z)]
    return np.concatenate([gamma * slope for slope in slopes], axis=1)


# %% derivatives: with respect to sigma, not to its logarithm
# says: one upright bell: the derivative by sigma_hat in x
def derivatives(raw, following):
    M = raw.shape[1] // 6
    gamma = ops.convert_to_numpy(mixture.responsibilities(following, raw))
    mean_x, mean_y, a, b, r = np.split(raw[:, 1 + M:], 5, axis=1)
    a, b, r = np.exp(a), np.exp(b), np.tanh(r)
    C, x, y = 1 / (1 - r ** 2), (following[:, :1] - mean_x) / a, (following[:, 1:2] - mean_y) / b
    Z = x ** 2 + y ** 2 - 2 * r * x * y
    slopes = [C * (x - r * y) / a, C * (y - r * x) / b, (C * x * (x - r * y) - 1) / a, (C * y * (y - r * x) - 1) / b,
              x * y + r * (1 - C * Z)]
    return np.concatenate([-gamma * slope for slope in slopes], axis=1)


# %% derivatives: divided by the variance twice
# says: one upright bell: the derivative by mean in x
def derivatives(raw, following):
    M = raw.shape[1] // 6
    gamma = ops.convert_to_numpy(mixture.responsibilities(following, raw))
    mean_x, mean_y, a, b, r = np.split(raw[:, 1 + M:], 5, axis=1)
    a, b, r = np.exp(a), np.exp(b), np.tanh(r)
    C, x, y = 1 / (1 - r ** 2), (following[:, :1] - mean_x) / a, (following[:, 1:2] - mean_y) / b
    Z = x ** 2 + y ** 2 - 2 * r * x * y
    slopes = [C * (x - r * y) / a ** 2, C * (y - r * x) / b ** 2, C * x * (x - r * y) - 1, C * y * (y - r * x) - 1,
              x * y + r * (1 - C * Z)]
    return np.concatenate([-gamma * slope for slope in slopes], axis=1)


# %% derivatives: 1 / (1 - rho^2) forgotten
# says: one leaning bell: the derivative by mean in x
def derivatives(raw, following):
    M = raw.shape[1] // 6
    gamma = ops.convert_to_numpy(mixture.responsibilities(following, raw))
    mean_x, mean_y, a, b, r = np.split(raw[:, 1 + M:], 5, axis=1)
    a, b, r = np.exp(a), np.exp(b), np.tanh(r)
    x, y = (following[:, :1] - mean_x) / a, (following[:, 1:2] - mean_y) / b
    Z = x ** 2 + y ** 2 - 2 * r * x * y
    slopes = [(x - r * y) / a, (y - r * x) / b, x * (x - r * y) - 1, y * (y - r * x) - 1, x * y + r * (1 - Z)]
    return np.concatenate([-gamma * slope for slope in slopes], axis=1)


# %% derivatives: with respect to rho, not to rho_hat
# says: one leaning bell: the derivative by rho_hat
def derivatives(raw, following):
    M = raw.shape[1] // 6
    gamma = ops.convert_to_numpy(mixture.responsibilities(following, raw))
    mean_x, mean_y, a, b, r = np.split(raw[:, 1 + M:], 5, axis=1)
    a, b, r = np.exp(a), np.exp(b), np.tanh(r)
    C, x, y = 1 / (1 - r ** 2), (following[:, :1] - mean_x) / a, (following[:, 1:2] - mean_y) / b
    Z = x ** 2 + y ** 2 - 2 * r * x * y
    slopes = [C * (x - r * y) / a, C * (y - r * x) / b, C * x * (x - r * y) - 1, C * y * (y - r * x) - 1,
              C * (x * y + r * (1 - C * Z))]
    return np.concatenate([-gamma * slope for slope in slopes], axis=1)


# %% derivatives: pi in the place of gamma
# says: three bells, each gamma of the blame: the derivative by mean in x
def derivatives(raw, following):
    M = raw.shape[1] // 6
    weight = ops.convert_to_numpy(ops.softmax(raw[:, 1:1 + M], axis=1))
    mean_x, mean_y, a, b, r = np.split(raw[:, 1 + M:], 5, axis=1)
    a, b, r = np.exp(a), np.exp(b), np.tanh(r)
    C, x, y = 1 / (1 - r ** 2), (following[:, :1] - mean_x) / a, (following[:, 1:2] - mean_y) / b
    Z = x ** 2 + y ** 2 - 2 * r * x * y
    slopes = [C * (x - r * y) / a, C * (y - r * x) / b, C * x * (x - r * y) - 1, C * y * (y - r * x) - 1,
              x * y + r * (1 - C * Z)]
    return np.concatenate([-weight * slope for slope in slopes], axis=1)


# %% derivatives: all of them, the pen's and the weights' too
# says: (T, 5M)
def derivatives(raw, following):
    return np.zeros_like(raw)


# %% backward: a bound on the gradient of the weights
# says: delta itself should lie between
def backward(W, h, dh, bound):
    delta, later = np.zeros_like(dh), 0
    for t in reversed(range(len(dh))):
        delta[t] = (dh[t] + later) * (1 - h[t + 1] ** 2)
        later = W @ delta[t]
    return delta, np.clip(h[:-1].T @ delta, -bound, bound)


# %% backward: clipped for the weights, handed on unclipped
# says: what is handed on is the CLIPPED delta
def backward(W, h, dh, bound):
    delta, later = np.zeros_like(dh), 0
    for t in reversed(range(len(dh))):
        delta[t] = (dh[t] + later) * (1 - h[t + 1] ** 2)
        later = W @ delta[t]
    delta = np.clip(delta, -bound, bound)
    return delta, h[:-1].T @ delta


# %% backward: clipped at h, before tanh
# says: tanh first, then clipped
def backward(W, h, dh, bound):
    delta, later = np.zeros_like(dh), 0
    for t in reversed(range(len(dh))):
        delta[t] = np.clip(dh[t] + later, -bound, bound) * (1 - h[t + 1] ** 2)
        later = W @ delta[t]
    return delta, h[:-1].T @ delta


# %% backward: W is not transposed
# says: by W transposed
def backward(W, h, dh, bound):
    delta, later = np.zeros_like(dh), 0
    for t in reversed(range(len(dh))):
        delta[t] = np.clip((dh[t] + later) * (1 - h[t + 1] ** 2), -bound, bound)
        later = delta[t] @ W
    return delta, h[:-1].T @ delta


# %% backward: the slope of tanh at the state before the step
# says: no bound: the last delta
def backward(W, h, dh, bound):
    delta, later = np.zeros_like(dh), 0
    for t in reversed(range(len(dh))):
        delta[t] = np.clip((dh[t] + later) * (1 - h[t] ** 2), -bound, bound)
        later = W @ delta[t]
    return delta, h[:-1].T @ delta


# %% backward: dW with the state after the step
# says: dW sums h BEFORE the step
def backward(W, h, dh, bound):
    delta, later = np.zeros_like(dh), 0
    for t in reversed(range(len(dh))):
        delta[t] = np.clip((dh[t] + later) * (1 - h[t + 1] ** 2), -bound, bound)
        later = W @ delta[t]
    return delta, h[1:].T @ delta


# %% backward: nothing comes from later steps
# says: what is handed on
def backward(W, h, dh, bound):
    delta = np.clip(dh * (1 - h[1:] ** 2), -bound, bound)
    return delta, h[:-1].T @ delta


# %% joint: one coin, the mean of all, outside the sum
# says: WHERE the point is
def joint_nats(following, raw):
    M = raw.shape[-1] // 7
    y = mixture.parameters(raw[..., M - 1:])
    e = ops.clip(ops.sum(y.weight * ops.sigmoid(raw[..., :M]), axis=-1), 1e-7, 1 - 1e-7)
    pen = ops.where(following[..., 2] == 1, ops.log(e), ops.log(1 - e))
    return -mixture.log_density(y, following[..., :2]) - pen


# %% joint: Graves' sign of e_hat
# says: is the logit that of a lift
def joint_nats(following, raw):
    M = raw.shape[-1] // 7
    y, logit, lifted = mixture.parameters(raw[..., M - 1:]), -raw[..., :M], following[..., 2:]
    pen = -lifted * ops.softplus(-logit) - (1 - lifted) * ops.softplus(logit)
    return -ops.logsumexp(y.log_weight + mixture.component_log_density(y, following[..., :2]) + pen, axis=-1)


# %% joint: all coins at once, outside the sum over bells
# says: counted once
def joint_nats(following, raw):
    M = raw.shape[-1] // 7
    y, logit, lifted = mixture.parameters(raw[..., M - 1:]), raw[..., :M], following[..., 2:]
    pen = -lifted * ops.softplus(-logit) - (1 - lifted) * ops.softplus(logit)
    return -mixture.log_density(y, following[..., :2]) - ops.sum(pen, axis=-1)


# %% joint: only lifts are paid for
# says: equal coins
def joint_nats(following, raw):
    M = raw.shape[-1] // 7
    y, logit, lifted = mixture.parameters(raw[..., M - 1:]), raw[..., :M], following[..., 2:]
    pen = -lifted * ops.softplus(-logit)
    return -ops.logsumexp(y.log_weight + mixture.component_log_density(y, following[..., :2]) + pen, axis=-1)


# %% joint: densities instead of logarithms
# says: 300 units away
def joint_nats(following, raw):
    M = raw.shape[-1] // 7
    y, lifted = mixture.parameters(raw[..., M - 1:]), following[..., 2:]
    e = ops.sigmoid(raw[..., :M])
    bells = ops.exp(mixture.component_log_density(y, following[..., :2]))
    return -ops.log(ops.sum(y.weight * bells * ops.where(lifted == 1, e, 1 - e), axis=-1))


# %% joint: the logarithm of the sigmoid
# says: logits of 200
def joint_nats(following, raw):
    M = raw.shape[-1] // 7
    y, lifted = mixture.parameters(raw[..., M - 1:]), following[..., 2:]
    e = ops.sigmoid(raw[..., :M])
    pen = lifted * ops.log(e) + (1 - lifted) * ops.log(1 - e)
    return -ops.logsumexp(y.log_weight + mixture.component_log_density(y, following[..., :2]) + pen, axis=-1)


# %% joint: no sum over the components
# says: one number per point
def joint_nats(following, raw):
    M = raw.shape[-1] // 7
    y, logit, lifted = mixture.parameters(raw[..., M - 1:]), raw[..., :M], following[..., 2:]
    pen = -lifted * ops.softplus(-logit) - (1 - lifted) * ops.softplus(logit)
    return -(y.log_weight + mixture.component_log_density(y, following[..., :2]) + pen)


# %% price: sigma without the prior
# says: the prior keeps sigma finite
def best(q, v, m, s):
    with np.errstate(divide="ignore"):
        sigma = 1 / np.sqrt(q)
    return (q * v + m / s ** 2) / (q + 1 / s ** 2), sigma


# %% price: the weight stays where the loss is smallest
# says: the prior itself
def best(q, v, m, s):
    return v, 1 / np.sqrt(q + 1 / s ** 2)


# %% price: a variance for a standard deviation
# says: not a variance
def best(q, v, m, s):
    return (q * v + m / s ** 2) / (q + 1 / s ** 2), 1 / (q + 1 / s ** 2)


# %% price: the weight takes the prior's mean as soon as it may
# says: w lies between v and m
def best(q, v, m, s):
    return np.where(q > 1, v, m), 1 / np.sqrt(q + 1 / s ** 2)


# %% price: the smaller of the two spreads
# says: another sigma is cheaper
def best(q, v, m, s):
    sigma = np.minimum(s, 1 / np.sqrt(np.maximum(q, 1e-12)))
    return (q * v + m / s ** 2) / (q + 1 / s ** 2), sigma


# %% price: the means weighted by spreads, not by precisions
# says: w lies between v and m
def best(q, v, m, s):
    return (np.sqrt(q) * v + m / s) / (np.sqrt(q) + 1 / s), 1 / np.sqrt(q + 1 / s ** 2)
