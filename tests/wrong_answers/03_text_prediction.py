# %% figures: nats for bits
# says: these are nats
def figures(logits, following, counted, words):
    z = np.asarray(logits, "float64")
    z = z - z.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    nats = -np.take_along_axis(log_p, following[..., None], axis=-1)[..., 0] * counted
    return nats.sum() / counted.sum(), np.exp(nats.sum() / words)


# %% figures: padding is counted
# says: the padding has been counted
def figures(logits, following, counted, words):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    bits = -np.take_along_axis(log_p, following[..., None], axis=-1)[..., 0] / np.log(2)
    return bits.mean(), 2 ** (bits.sum() / words)


# %% figures: masked, but divided by B T
# says: divide by the characters that count
def figures(logits, following, counted, words):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    bits = -np.take_along_axis(log_p, following[..., None], axis=-1)[..., 0] / np.log(2) * counted
    return bits.mean(), 2 ** (bits.sum() / words)


# %% figures: the mean of each row, then of the rows
# says: the mean of the rows' means
def figures(logits, following, counted, words):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    bits = -np.take_along_axis(log_p, following[..., None], axis=-1)[..., 0] / np.log(2) * counted
    return (bits.sum(axis=1) / counted.sum(axis=1)).mean(), 2 ** (bits.sum() / words)


# %% figures: the softmax sums over time
# says: over the last axis
def figures(logits, following, counted, words):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    bits = -np.take_along_axis(log_p, following[..., None], axis=-1)[..., 0] / np.log(2) * counted
    return bits.sum() / counted.sum(), 2 ** (bits.sum() / words)


# %% figures: perplexity per character
# says: how many bits does a word take
def figures(logits, following, counted, words):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    bits = -np.take_along_axis(log_p, following[..., None], axis=-1)[..., 0] / np.log(2) * counted
    return bits.sum() / counted.sum(), 2 ** (bits.sum() / counted.sum())


# %% figures: no log-sum-exp
# says: stay with logarithms
def figures(logits, following, counted, words):
    probability = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    bits = -np.log2(np.take_along_axis(probability, following[..., None], axis=-1)[..., 0])
    total = bits[counted == 1].sum()
    return total / counted.sum(), 2 ** (total / words)


# %% figures: a small number against the logarithm of 0
# says: stay with logarithms
def figures(logits, following, counted, words):
    probability = ops.convert_to_numpy(ops.softmax(logits))
    bits = -np.log2(np.take_along_axis(probability, following[..., None], axis=-1)[..., 0] + 1e-12)
    total = bits[counted == 1].sum()
    return total / counted.sum(), 2 ** (total / words)


# %% nucleus: what reaches p is cut off, too
# says: too few bytes are kept
def nucleus(logits, temperature, p):
    probability = ops.convert_to_numpy(ops.softmax(np.asarray(logits) / temperature))
    order = np.argsort(-probability, axis=1)
    ranked = np.take_along_axis(probability, order, axis=1)
    ranked = np.where((ranked.cumsum(axis=1) <= p + 1e-9) | (np.arange(ranked.shape[1]) == 0), ranked, 0)
    kept = np.zeros_like(ranked)
    np.put_along_axis(kept, order, ranked, axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% nucleus: the set is chosen before the temperature
# says: bytes are kept
def nucleus(logits, temperature, p):
    before, probability = (ops.convert_to_numpy(ops.softmax(np.asarray(logits) / t)) for t in (1, temperature))
    order = np.argsort(-before, axis=1)
    ranked = np.take_along_axis(before, order, axis=1)
    stays = ranked.cumsum(axis=1) - ranked < p
    mask = np.zeros_like(stays)
    np.put_along_axis(mask, order, stays, axis=1)
    kept = np.where(mask, probability, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% nucleus: multiplied by the temperature
# says: the softmax of the logits over the temperature
def nucleus(logits, temperature, p):
    probability = ops.convert_to_numpy(ops.softmax(np.asarray(logits) * temperature))
    order = np.argsort(-probability, axis=1)
    ranked = np.take_along_axis(probability, order, axis=1)
    ranked = np.where(ranked.cumsum(axis=1) - ranked < p, ranked, 0)
    kept = np.zeros_like(ranked)
    np.put_along_axis(kept, order, ranked, axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% nucleus: not divided by what is kept
# says: each row should sum to 1
def nucleus(logits, temperature, p):
    probability = ops.convert_to_numpy(ops.softmax(np.asarray(logits) / temperature))
    order = np.argsort(-probability, axis=1)
    ranked = np.take_along_axis(probability, order, axis=1)
    ranked = np.where(ranked.cumsum(axis=1) - ranked < p, ranked, 0)
    kept = np.zeros_like(ranked)
    np.put_along_axis(kept, order, ranked, axis=1)
    return kept


# %% nucleus: returned in sorted order
# says: softmax of the logits over the temperature
def nucleus(logits, temperature, p):
    probability = ops.convert_to_numpy(ops.softmax(np.asarray(logits) / temperature))
    ranked = -np.sort(-probability, axis=1)
    ranked = np.where(ranked.cumsum(axis=1) - ranked < p, ranked, 0)
    return ranked / ranked.sum(axis=1, keepdims=True)


# %% nucleus: one threshold for all rows
# says: with p = 1 nothing is cut off
def nucleus(logits, temperature, p):
    probability = ops.convert_to_numpy(ops.softmax(np.asarray(logits) / temperature))
    ranked = -np.sort(-probability[0])
    threshold = ranked[ranked.cumsum() - ranked < p].min()
    likeliest = probability == probability.max(axis=1, keepdims=True)
    kept = np.where((probability >= threshold) | likeliest, probability, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% nucleus: the softmax again over what is kept
# says: keep its proportions
def nucleus(logits, temperature, p):
    probability = ops.convert_to_numpy(ops.softmax(np.asarray(logits) / temperature))
    if p == 1:
        return probability
    order = np.argsort(-probability, axis=1)
    ranked = np.take_along_axis(probability, order, axis=1)
    ranked = np.where(ranked.cumsum(axis=1) - ranked < p, np.exp(ranked), 0)
    kept = np.zeros_like(ranked)
    np.put_along_axis(kept, order, ranked, axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% adaptive: counted before it is predicted
# says: is it counted before it is predicted
def adaptive_bits(text, order):
    followed, total, bits = defaultdict(Counter), Counter(), []
    for n, c in enumerate(text):
        P = 1 / 256
        for k in range(min(order - 1, n) + 1):
            h = text[n - k:n]
            followed[h][c] += 1
            total[h] += 1
            P = (followed[h][c] + len(followed[h]) * P) / (total[h] + len(followed[h]))
        bits.append(-np.log2(P))
    return np.array(bits)


# %% adaptive: no shorter context to fall back to
# says: a finite number for each byte
def adaptive_bits(text, order):
    followed, bits = defaultdict(Counter), []
    for n, c in enumerate(text):
        h = text[max(n - order + 1, 0):n]
        with np.errstate(all="ignore"):
            bits.append(-np.log2(np.float64(followed[h][c]) / sum(followed[h].values())))
        followed[h][c] += 1
    return np.array(bits)


# %% adaptive: reading a count makes a kind of it
# says: should sum to 1
def adaptive_bits(text, order):
    followed, total, bits = defaultdict(lambda: defaultdict(int)), Counter(), []
    for n, c in enumerate(text):
        contexts, P = [text[n - k:n] for k in range(min(order - 1, n) + 1)], 1 / 256
        for h in contexts:
            if total[h]:
                seen = followed[h][c]
                P = (seen + len(followed[h]) * P) / (total[h] + len(followed[h]))
        bits.append(-np.log2(P))
        for h in contexts:
            followed[h][c] += 1
            total[h] += 1
    return np.array(bits)


# %% adaptive: add-one smoothing with all bytes for kinds
# says: K(h) counts kinds
def adaptive_bits(text, order):
    followed, total, bits = defaultdict(Counter), Counter(), []
    for n, c in enumerate(text):
        contexts, P = [text[n - k:n] for k in range(min(order - 1, n) + 1)], 1 / 256
        for h in contexts:
            P = (followed[h][c] + 256 * P) / (total[h] + 256)
        bits.append(-np.log2(P))
        for h in contexts:
            followed[h][c] += 1
            total[h] += 1
    return np.array(bits)


# %% adaptive: contexts of up to `order` bytes, one too many
# says: order 1: no context
def adaptive_bits(text, order):
    followed, total, bits = defaultdict(Counter), Counter(), []
    for n, c in enumerate(text):
        contexts, P = [text[n - k:n] for k in range(min(order, n) + 1)], 1 / 256
        for h in contexts:
            if total[h]:
                P = (followed[h][c] + len(followed[h]) * P) / (total[h] + len(followed[h]))
        bits.append(-np.log2(P))
        for h in contexts:
            followed[h][c] += 1
            total[h] += 1
    return np.array(bits)


# %% adaptive: the longest context first
# says: the shortest first
def adaptive_bits(text, order):
    followed, total, bits = defaultdict(Counter), Counter(), []
    for n, c in enumerate(text):
        contexts, P = [text[n - k:n] for k in range(min(order - 1, n), -1, -1)], 1 / 256
        for h in contexts:
            if total[h]:
                P = (followed[h][c] + len(followed[h]) * P) / (total[h] + len(followed[h]))
        bits.append(-np.log2(P))
        for h in contexts:
            followed[h][c] += 1
            total[h] += 1
    return np.array(bits)


# %% adaptive: bytes.count leaves out what overlaps
# says: order 3: contexts of 0, 1 and 2 bytes
def adaptive_bits(text, order):
    bits = []
    for n, c in enumerate(text[:2000]):
        past, P = text[:n], 1 / 256
        for k in range(min(order, n + 1)):
            h = past[n - k:]
            seen = [past.count(h + bytes([b])) for b in sorted(set(past))]
            kinds = sum(s > 0 for s in seen)
            if sum(seen):
                P = (past.count(h + bytes([c])) + kinds * P) / (sum(seen) + kinds)
        bits.append(-np.log2(P))
    return np.array(bits)


# %% vote: the mean of the bits
# says: the mean of the probabilities
def vote(bits, share):
    K, costs, v = len(bits), [], np.full(len(bits), 1 / len(bits))
    for byte in bits.T:
        costs.append(v @ byte)
        v = v * 2 ** -byte
        v = (1 - share) * v / v.sum() + share / K
    return np.array(costs)


# %% vote: the weights have seen the byte already
# says: all weights equal
def vote(bits, share):
    K, costs, v = len(bits), [], np.full(len(bits), 1 / len(bits))
    for byte in bits.T:
        v = v * 2 ** -byte
        v = (1 - share) * v / v.sum() + share / K
        costs.append(-np.log2(v @ 2 ** -byte))
    return np.array(costs)


# %% vote: nobody gains
# says: do weights gain after each byte
def vote(bits, share):
    return -np.log2((2 ** -bits).mean(axis=0))


# %% vote: the share is dealt out of nothing
# says: with a share of 1 all votes stay equal
def vote(bits, share):
    K, costs, v = len(bits), [], np.full(len(bits), 1 / len(bits))
    for byte in bits.T:
        costs.append(-np.log2(v @ 2 ** -byte))
        v = v * 2 ** -byte
        v = v / v.sum() + share / K
        v = v / v.sum()
    return np.array(costs)


# %% vote: dealt out before Bayes' rule
# says: deal out alpha after Bayes' rule
def vote(bits, share):
    K, costs, v = len(bits), [], np.full(len(bits), 1 / len(bits))
    for byte in bits.T:
        if share == 1:
            v = np.full(K, 1 / K)
        costs.append(-np.log2(v @ 2 ** -byte))
        v = ((1 - share) * v + share / K) * 2 ** -byte
        v = v / v.sum()
    return np.array(costs)


# %% vote: probabilities of 2 to the power of -3000
# says: keep the weights as logarithms
def vote(bits, share):
    K, costs, v = len(bits), [], np.full(len(bits), 1 / len(bits))
    with np.errstate(all="ignore"):
        for byte in bits.T:
            P = v @ 2 ** -byte
            costs.append(-np.log2(P))
            v = (1 - share) * v * 2 ** -byte / P + share / K
    return np.array(costs)


# %% vote: the share is added before the weights are divided
# says: deal out alpha
def vote(bits, share):
    K, costs, v = len(bits), [], np.full(len(bits), 1 / len(bits))
    for byte in bits.T:
        costs.append(-np.log2(v @ 2 ** -byte))
        v = (1 - share) * v * 2 ** -byte + share / K
        v = v / v.sum()
    return np.array(costs)


# %% dynamic: every window begins with an empty state
# says: the state goes on
def dynamic(network, text, window, rate, decay):
    codes, bits = np.frombuffer(text, np.uint8).astype("int32"), []
    network(codes[None, :1])
    before = network.get_weights()
    for n, start in enumerate(range(0, len(codes) - 1, window)):
        following = codes[start + 1:start + window + 1]
        with tf.GradientTape() as tape:
            logits, _ = network(codes[None, start:start + len(following)])
            nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
            loss = ops.mean(nats)
        bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
        for variable, slope in zip(network.trainable_variables, tape.gradient(loss, network.trainable_variables)):
            variable.assign_sub(rate / (1 + decay * n) * slope)
    network.set_weights(before)
    return np.concatenate(bits)


# %% dynamic: learnt from before it is counted
# says: must be counted before
def dynamic(network, text, window, rate, decay):
    codes, state, bits = np.frombuffer(text, np.uint8).astype("int32"), None, []
    network(codes[None, :1])
    before = network.get_weights()
    for n, start in enumerate(range(0, len(codes) - 1, window)):
        following = codes[start + 1:start + window + 1]
        inputs = codes[None, start:start + len(following)]
        with tf.GradientTape() as tape:
            logits, _ = network(inputs, state)
            loss = ops.mean(keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True))
        for variable, slope in zip(network.trainable_variables, tape.gradient(loss, network.trainable_variables)):
            variable.assign_sub(rate / (1 + decay * n) * slope)
        logits, state = network(inputs, state)
        nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
        bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
    network.set_weights(before)
    return np.concatenate(bits)


# %% dynamic: the weights stay as learnt
# says: its weights back
def dynamic(network, text, window, rate, decay):
    codes, state, bits = np.frombuffer(text, np.uint8).astype("int32"), None, []
    for n, start in enumerate(range(0, len(codes) - 1, window)):
        following = codes[start + 1:start + window + 1]
        with tf.GradientTape() as tape:
            logits, state = network(codes[None, start:start + len(following)], state)
            nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
            loss = ops.mean(nats)
        bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
        for variable, slope in zip(network.trainable_variables, tape.gradient(loss, network.trainable_variables)):
            variable.assign_sub(rate / (1 + decay * n) * slope)
    return np.concatenate(bits)


# %% dynamic: the sum of the nats, not the mean
# says: mean nats
def dynamic(network, text, window, rate, decay):
    codes, state, bits = np.frombuffer(text, np.uint8).astype("int32"), None, []
    network(codes[None, :1])
    before = network.get_weights()
    for n, start in enumerate(range(0, len(codes) - 1, window)):
        following = codes[start + 1:start + window + 1]
        with tf.GradientTape() as tape:
            logits, state = network(codes[None, start:start + len(following)], state)
            nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
            loss = ops.sum(nats)
        bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
        for variable, slope in zip(network.trainable_variables, tape.gradient(loss, network.trainable_variables)):
            variable.assign_sub(rate / (1 + decay * n) * slope)
    network.set_weights(before)
    return np.concatenate(bits)


# %% dynamic: up the slope
# says: no decay
def dynamic(network, text, window, rate, decay):
    codes, state, bits = np.frombuffer(text, np.uint8).astype("int32"), None, []
    network(codes[None, :1])
    before = network.get_weights()
    for n, start in enumerate(range(0, len(codes) - 1, window)):
        following = codes[start + 1:start + window + 1]
        with tf.GradientTape() as tape:
            logits, state = network(codes[None, start:start + len(following)], state)
            nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
            loss = ops.mean(nats)
        bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
        for variable, slope in zip(network.trainable_variables, tape.gradient(loss, network.trainable_variables)):
            variable.assign_add(rate / (1 + decay * n) * slope)
    network.set_weights(before)
    return np.concatenate(bits)


# %% dynamic: the first window counts as one
# says: learns at rate / (1 + n)
def dynamic(network, text, window, rate, decay):
    codes, state, bits = np.frombuffer(text, np.uint8).astype("int32"), None, []
    network(codes[None, :1])
    before = network.get_weights()
    for n, start in enumerate(range(0, len(codes) - 1, window), 1):
        following = codes[start + 1:start + window + 1]
        with tf.GradientTape() as tape:
            logits, state = network(codes[None, start:start + len(following)], state)
            nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
            loss = ops.mean(nats)
        bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
        for variable, slope in zip(network.trainable_variables, tape.gradient(loss, network.trainable_variables)):
            variable.assign_sub(rate / (1 + decay * n) * slope)
    network.set_weights(before)
    return np.concatenate(bits)


# %% dynamic: the last, shorter window is left out
# says: one number for each byte after the first
def dynamic(network, text, window, rate, decay):
    codes, state, bits = np.frombuffer(text, np.uint8).astype("int32"), None, []
    network(codes[None, :1])
    before = network.get_weights()
    for n, start in enumerate(range(0, len(codes) - window, window)):
        following = codes[start + 1:start + window + 1]
        with tf.GradientTape() as tape:
            logits, state = network(codes[None, start:start + window], state)
            nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
            loss = ops.mean(nats)
        bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
        for variable, slope in zip(network.trainable_variables, tape.gradient(loss, network.trainable_variables)):
            variable.assign_sub(rate / (1 + decay * n) * slope)
    network.set_weights(before)
    return np.concatenate(bits)


# %% dynamic: one tape for all windows, so derivatives go back to the beginning
# says: a derivative goes back into the window before
def dynamic(network, text, window, rate, decay):
    codes, state, bits = np.frombuffer(text, np.uint8).astype("int32"), None, []
    network(codes[None, :1])
    before = network.get_weights()
    with tf.GradientTape(persistent=True) as tape:
        for n, start in enumerate(range(0, len(codes) - 1, window)):
            following = codes[start + 1:start + window + 1]
            logits, state = network(codes[None, start:start + len(following)], state)
            nats = keras.losses.sparse_categorical_crossentropy(following[None], logits, from_logits=True)
            loss = ops.mean(nats)
            bits.append(ops.convert_to_numpy(nats)[0] / np.log(2))
            with tape.stop_recording():
                slopes = tape.gradient(loss, network.trainable_variables)
                for variable, slope in zip(network.trainable_variables, slopes):
                    variable.assign_sub(rate / (1 + decay * n) * slope)
    network.set_weights(before)
    return np.concatenate(bits)
