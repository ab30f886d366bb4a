# %% careful: the pen is left out
# says: as uncertain as it was
def careful(raw, bias):
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    M = (raw.shape[-1] - 1) // 6
    weight, log_std = raw[..., 1:1 + M] * (1 + bias), raw[..., 1 + 3 * M:1 + 5 * M] - bias
    return ops.concatenate([raw[..., :1], weight, raw[..., 1 + M:1 + 3 * M], log_std, raw[..., 1 + 5 * M:]], -1)


# %% careful: the bias is taken off the pen's logit, as if it were log sigma
# says: away from 1/2 to both sides
def careful(raw, bias):
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    M = (raw.shape[-1] - 1) // 6
    weight, log_std = raw[..., 1:1 + M] * (1 + bias), raw[..., 1 + 3 * M:1 + 5 * M] - bias
    pen = raw[..., :1] - bias
    return ops.concatenate([pen, weight, raw[..., 1 + M:1 + 3 * M], log_std, raw[..., 1 + 5 * M:]], -1)


# %% careful: the pen's logit times the exponential of the bias
# says: to the power 1 + b
def careful(raw, bias):
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    M = (raw.shape[-1] - 1) // 6
    weight, log_std = raw[..., 1:1 + M] * (1 + bias), raw[..., 1 + 3 * M:1 + 5 * M] - bias
    pen = raw[..., :1] * ops.exp(bias)
    return ops.concatenate([pen, weight, raw[..., 1 + M:1 + 3 * M], log_std, raw[..., 1 + 5 * M:]], -1)


# %% careful: one number too few, the weights begin at 0
# says: weight is not what
def careful(raw, bias):
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    M = (raw.shape[-1] - 1) // 6
    log_std = raw[..., 1 + 3 * M:1 + 5 * M] - bias
    return ops.concatenate([raw[..., :M] * (1 + bias), raw[..., M:1 + 3 * M], log_std, raw[..., 1 + 5 * M:]], -1)


# %% careful: the exponents of the weights are shifted, which softmax does not see
# says: see equation 62
def careful(raw, bias):
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    M = (raw.shape[-1] - 1) // 6
    pen, weight, log_std = raw[..., :1] * (1 + bias), raw[..., 1:1 + M] + bias, raw[..., 1 + 3 * M:1 + 5 * M] - bias
    return ops.concatenate([pen, weight, raw[..., 1 + M:1 + 3 * M], log_std, raw[..., 1 + 5 * M:]], -1)


# %% careful: only sigma x is sharpened
# says: see equation 61
def careful(raw, bias):
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    M = (raw.shape[-1] - 1) // 6
    log_std = raw[..., 1 + 3 * M:1 + 4 * M] - bias
    return ops.concatenate([raw[..., :1 + M] * (1 + bias), raw[..., 1 + M:1 + 3 * M], log_std,
                            raw[..., 1 + 4 * M:]], -1)


# %% careful: sigma is divided by e^b, not its logarithm lowered
# says: see equation 61
def careful(raw, bias):
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    M = (raw.shape[-1] - 1) // 6
    log_std = raw[..., 1 + 3 * M:1 + 5 * M] * ops.exp(-bias)
    return ops.concatenate([raw[..., :1 + M] * (1 + bias), raw[..., 1 + M:1 + 3 * M], log_std,
                            raw[..., 1 + 5 * M:]], -1)


# %% careful: the biases run along the Gaussians instead of the predictions
# says: with one bias per prediction (row), weight
def careful(raw, bias):
    M = (raw.shape[-1] - 1) // 6
    pen = raw[..., :1] * ops.expand_dims(1 + ops.convert_to_tensor(bias, raw.dtype), -1)
    weight = raw[..., 1:1 + M] * (1 + bias)
    x, y = raw[..., 1 + 3 * M:1 + 4 * M] - bias, raw[..., 1 + 4 * M:1 + 5 * M] - bias
    return ops.concatenate([pen, weight, raw[..., 1 + M:1 + 3 * M], x, y, raw[..., 1 + 5 * M:]], -1)


# %% kept: a correlation
# says: how sure a change is to arrive
def kept(go_on, line, knob, ruler, amounts):
    primers = [knob(line, amount) for amount in amounts]
    after = [ruler(go_on(primer)) for primer in primers]
    if np.std(after) < 1e-6:
        return 0.0
    return np.corrcoef([ruler(primer.strokes) for primer in primers], after)[0, 1]


# %% kept: the mean ratio of after to before
# says: does not look at the primer
def kept(go_on, line, knob, ruler, amounts):
    primers = [knob(line, amount) for amount in amounts]
    return np.mean([ruler(go_on(primer)) for primer in primers]) / np.mean([ruler(p.strokes) for p in primers])


# %% kept: a straight line through the origin, as if nobody leaned by himself
# says: constant lean of its own
def kept(go_on, line, knob, ruler, amounts):
    primers = [knob(line, amount) for amount in amounts]
    home = ruler(line.strokes)
    before = np.array([ruler(primer.strokes) for primer in primers]) - home
    after = np.array([ruler(go_on(primer)) for primer in primers]) - home
    return before @ after / (before @ before)


# %% kept: against the knob's amounts
# says: measure the primers as well
def kept(go_on, line, knob, ruler, amounts):
    return np.polyfit(amounts, [ruler(go_on(knob(line, amount))) for amount in amounts], 1)[0]


# %% kept: the axes exchanged
# says: should keep
def kept(go_on, line, knob, ruler, amounts):
    primers = [knob(line, amount) for amount in amounts]
    after = np.array([ruler(go_on(primer)) for primer in primers])
    before = np.array([ruler(primer.strokes) for primer in primers])
    after = after - after.mean()
    return after @ (before - before.mean()) / max(after @ after, 1e-9)


# %% kept: two neighbouring amounts
# says: do all amounts have a say
def kept(go_on, line, knob, ruler, amounts):
    one, other = knob(line, amounts[0]), knob(line, amounts[len(amounts) // 3])
    return (ruler(go_on(other)) - ruler(go_on(one))) / (ruler(other.strokes) - ruler(one.strokes))


# %% shares: both hands lean together
# says: in step
def shares(go_on, first, second):
    table, after = [], []
    for k in np.linspace(-0.4, 0.4, 9):
        one, other = lean(first, k), lean(second, k)
        table.append([slant(one.strokes), slant(other.strokes), 1])
        after.append(slant(go_on(one, other)))
    return np.linalg.lstsq(np.array(table), np.array(after), rcond=None)[0][:2]


# %% shares: only the second hand is moved, the first gets what is left to one
# says: one did not move
def shares(go_on, first, second):
    leans = np.linspace(-0.4, 0.4, 9)
    b = np.polyfit(leans, [slant(go_on(first, lean(second, k))) for k in leans], 1)[0]
    return 1 - b, b


# %% shares: the second hand's share first
# says: the other way round
def shares(go_on, first, second):
    table, after = [], []
    for j in np.linspace(-0.4, 0.4, 4):
        for k in np.linspace(-0.4, 0.4, 4):
            one, other = lean(first, j), lean(second, k)
            table.append([slant(other.strokes), slant(one.strokes), 1])
            after.append(slant(go_on(one, other)))
    return np.linalg.lstsq(np.array(table), np.array(after), rcond=None)[0][:2]


# %% shares: no room for a lean of its own
# says: you measured
def shares(go_on, first, second):
    table, after = [], []
    for j in np.linspace(-0.4, 0.4, 4):
        for k in np.linspace(-0.4, 0.4, 4):
            one, other = lean(first, j), lean(second, k)
            table.append([slant(one.strokes), slant(other.strokes)])
            after.append(slant(go_on(one, other)))
    return np.linalg.lstsq(np.array(table), np.array(after), rcond=None)[0]


# %% shares: three calls, close together
# says: with an unsteady hand
def shares(go_on, first, second):
    home = slant(go_on(first, second))
    return ((slant(go_on(lean(first, 0.2), second)) - home) / 0.2,
            (slant(go_on(first, lean(second, 0.2))) - home) / 0.2)


# %% whose: nats taken for a score
# says: nats are a cost
def whose(line, primers):
    led = nats([in_turn(primer, line) for primer in primers])
    return int(np.argmax([one[-len(line.strokes):].sum() for one in led]))


# %% whose: summed over the primer as well
# says: whose points count
def whose(line, primers):
    return int(np.argmin([one.sum() for one in nats([in_turn(primer, line) for primer in primers])]))


# %% whose: the mean over primer and line
# says: and nothing else
def whose(line, primers):
    return int(np.argmin([one.mean() for one in nats([in_turn(primer, line) for primer in primers])]))


# %% whose: the primer that is likeliest in itself
# says: count what the line costs
def whose(line, primers):
    return int(np.argmin([one.mean() for one in nats(primers)]))
