# %% to_five: p1 stays 1 where the pen lifts
# says: exactly one state
def to_five(strokes, rows):
    points, ends = np.zeros((rows, 5)), len(strokes) + 1
    points[:ends, 2] = 1
    points[1:ends, :2] = strokes[:, :2]
    points[1:ends, 3] = strokes[:, 2]
    points[ends, 4] = 1
    return points


# %% to_five: no start
# says: the start should be
def to_five(strokes, rows):
    points, ends = np.zeros((rows, 5)), len(strokes)
    points[:ends, :2] = strokes[:, :2]
    points[:ends, 2] = 1 - strokes[:, 2]
    points[:ends, 3] = strokes[:, 2]
    points[ends, 4] = 1
    return points


# %% to_five: the end repeated, as in the paper
# says: zeros only
def to_five(strokes, rows):
    points, ends = np.zeros((rows, 5)), len(strokes) + 1
    points[0, 2] = 1
    points[1:ends, :2] = strokes[:, :2]
    points[1:ends, 2] = 1 - strokes[:, 2]
    points[1:ends, 3] = strokes[:, 2]
    points[ends:, 4] = 1
    return points


# %% to_five: the end on the last point
# says: p2 is 1 where the pen lifts
def to_five(strokes, rows):
    points, ends = np.zeros((rows, 5)), len(strokes) + 1
    points[0, 2] = 1
    points[1:ends, :2] = strokes[:, :2]
    points[1:ends, 2] = 1 - strokes[:, 2]
    points[1:ends, 3] = strokes[:, 2]
    points[ends - 1, 2:] = 0, 0, 1
    return points


# %% drawing_nats: the end pays for an offset
# says: the end's offset should be free
def drawing_nats(points, log_density, logits):
    log_share = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    real = points[:, 2:].sum(axis=1)
    return -(real * log_density).sum() - (points[:, 2:] * log_share).sum()


# %% drawing_nats: padding pays for offsets
# says: padding should be free
def drawing_nats(points, log_density, logits):
    log_share = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -log_density.sum() - (points[:, 2:] * log_share).sum()


# %% drawing_nats: the end is free
# says: the end's state costs something
def drawing_nats(points, log_density, logits):
    log_share = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    is_point = points[:, 2] + points[:, 3]
    return -(is_point * log_density).sum() - (is_point[:, None] * points[:, 2:] * log_share).sum()


# %% drawing_nats: the sign forgotten
# says: minus the log-likelihood
def drawing_nats(points, log_density, logits):
    log_share = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    is_point = points[:, 2] + points[:, 3]
    return (is_point * log_density).sum() + (points[:, 2:] * log_share).sum()


# %% drawing_nats: exp without care
# says: exp overflows
def drawing_nats(points, log_density, logits):
    with np.errstate(all="ignore"):
        log_share = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    is_point = points[:, 2] + points[:, 3]
    return -(is_point * log_density).sum() - (points[:, 2:] * log_share).sum()


# %% cool: sigma instead of its square
# says: not sigma
def cool(weight, std, pen, temperature):
    weight, pen = ((share / share.max()) ** (1 / temperature) for share in (weight, pen))
    return weight / weight.sum(), std * temperature, pen / pen.sum()


# %% cool: not normalised
# says: should sum to 1
def cool(weight, std, pen, temperature):
    return weight ** (1 / temperature), std * np.sqrt(temperature), pen ** (1 / temperature)


# %% cool: the power upside down
# says: not less
def cool(weight, std, pen, temperature):
    weight, pen = weight**temperature, pen**temperature
    return weight / weight.sum(), std * np.sqrt(temperature), pen / pen.sum()


# %% cool: the pen forgotten
# says: the pen's state gets cold
def cool(weight, std, pen, temperature):
    weight = (weight / weight.max()) ** (1 / temperature)
    return weight / weight.sum(), std * np.sqrt(temperature), pen


# %% cool: powers that underflow
# says: powers underflow
def cool(weight, std, pen, temperature):
    with np.errstate(all="ignore"):
        weight, pen = weight ** (1 / temperature), pen ** (1 / temperature)
        return weight / weight.sum(), std * np.sqrt(temperature), pen / pen.sum()


# %% turned: padding and all
# says: the padding came to the front
def turned(points):
    return points[:, ::-1]


# %% turned: only the offsets
# says: offsets and states together
def turned(points):
    found = points.copy()
    for row, one in zip(found, points):
        n = int(one[:, 2:].sum())
        row[:n, :2] = one[:n, :2][::-1]
    return found


# %% turned: the end stays in its place
# says: in reverse order
def turned(points):
    found = points.copy()
    for row, one in zip(found, points):
        n = int(one[:, 2:].sum()) - 1
        row[:n] = one[:n][::-1]
    return found


# %% turned: in place
# says: should stay as they are
def turned(points):
    for row in points:
        n = int(row[:, 2:].sum())
        row[:n] = row[:n][::-1].copy()
    return points


# %% between: a straight line
# says: halfway between two codes
def between(z0, z1, s):
    return (1 - s) * z0 + s * z1


# %% between: a straight line, pushed back to the sphere
# says: a third of the angle
def between(z0, z1, s):
    z = (1 - s) * z0 + s * z1
    length = (1 - s) * np.linalg.norm(z0) + s * np.linalg.norm(z1)
    return z * length / np.linalg.norm(z)


# %% between: lengths forgotten in the angle
# says: depend on lengths
def between(z0, z1, s):
    theta = np.arccos(np.clip(z0 @ z1, -1, 1))
    if theta < 1e-4:
        return z0
    return (np.sin((1 - s) * theta) * z0 + np.sin(s * theta) * z1) / np.sin(theta)


# %% between: a division by nothing
# says: no angle to divide by
def between(z0, z1, s):
    theta = np.arccos(z0 @ z1 / (np.linalg.norm(z0) * np.linalg.norm(z1)))
    return (np.sin((1 - s) * theta) * z0 + np.sin(s * theta) * z1) / np.sin(theta)


# %% between: from the second to the first
# says: at 0 it should be the first
def between(z0, z1, s):
    theta = np.arccos(z0 @ z1 / (np.linalg.norm(z0) * np.linalg.norm(z1)))
    return (np.sin(s * theta) * z0 + np.sin((1 - s) * theta) * z1) / np.sin(theta)
