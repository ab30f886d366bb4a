# %% count_alignments: equal letters may touch
# says: need a blank between them
def count_alignments(text, T):
    return math.comb(T + len(text), 2 * len(text))


# %% count_alignments: no blanks at all
# says: blanks may stand before
def count_alignments(text, T):
    return math.comb(T - 1, len(text) - 1) if text else 1


# %% count_alignments: counted in floating point
# says: an exact int is wanted
def count_alignments(text, T):
    needed = sum(one == two for one, two in itertools.pairwise(text))
    return math.comb(T + len(text) - needed, 2 * len(text)) * 1.0


# %% count_alignments: int64 that overflows
# says: did something overflow
def count_alignments(text, T):
    states, skips = [0], [False]
    for n, letter in enumerate(text):
        states += [letter, 0]
        skips += [n > 0 and letter != text[n - 1], False]
    ways = np.zeros(len(states), "int64")
    ways[:2] = 1
    for _ in range(T - 1):
        step, skip = np.zeros_like(ways), np.zeros_like(ways)
        step[1:] = ways[:-1]
        skip[2:] = ways[:-2]
        ways = ways + step + np.where(skips, skip, 0)
    return int(ways[-2:].sum())


# %% best_alignment: the likeliest label at every frame, whatever the text
# says: reads as
def best_alignment(log_y, text):
    return log_y.argmax(axis=1)


# %% best_alignment: an alignment, but any
# says: times as likely
def best_alignment(log_y, text):
    frames = [k for letter in text for k in (labels.index(letter), 0)]
    if len(frames) > 6:  # no room for a blank behind each letter
        frames = [k for n, k in enumerate(frames) if k or text[n // 2:n // 2 + 2] in ("aa", "cc")]
    return np.array((frames + 6 * [0])[:6])


# %% best_alignment: the blank between equal letters is skipped
# says: equal letters need a blank
def best_alignment(log_y, text):
    states = [0]
    for letter in text:
        states += [labels.index(letter), 0]
    score = np.full(len(states), -np.inf)
    score[:2] = log_y[0, states[:2]]
    moves = []
    for frame in log_y[1:]:
        best = [max(range(max(s - (2 if states[s] else 1), 0), s + 1), key=lambda k: score[k])
                for s in range(len(states))]
        moves.append(best)
        score = score[best] + frame[states]
    path = [len(states) - 1 - int(score[-2] > score[-1])]
    for best in reversed(moves):
        path.append(best[path[-1]])
    return np.array([states[s] for s in path[::-1]])


# %% best_alignment: it has to end in a blank
# says: end in the last letter
def best_alignment(log_y, text):
    states = [0]
    for letter in text:
        states += [labels.index(letter), 0]
    score = np.full(len(states), -np.inf)
    score[:2] = log_y[0, states[:2]]
    moves = []
    for frame in log_y[1:]:
        best = []
        for s in range(len(states)):
            sources = [s] + [s - 1] * (s > 0)
            if s > 1 and states[s] and states[s] != states[s - 2]:
                sources.append(s - 2)
            best.append(max(sources, key=lambda k: score[k]))
        moves.append(best)
        score = score[best] + frame[states]
    path = [len(states) - 1]
    for best in reversed(moves):
        path.append(best[path[-1]])
    return np.array([states[s] for s in path[::-1]])


# %% draw_alignment: each frame drawn from the posterior by itself
# says: some alignments read as
def draw_alignment(log_y, text, rng):
    states, skips = with_blanks(text)
    alpha = forward(log_y, states, skips)
    beta = forward(log_y[::-1], *with_blanks(text[::-1]))[::-1, ::-1]
    p = np.exp(alpha + beta - log_y[:, states])
    p /= p.sum(axis=1, keepdims=True)
    return states[[rng.choice(len(states), p=row) for row in p]]


# %% draw_alignment: the text forgotten
# says: some alignments read as
def draw_alignment(log_y, text, rng):
    return np.array([rng.choice(len(row), p=np.exp(row) / np.exp(row).sum()) for row in log_y])


# %% draw_alignment: the likeliest one, always
# says: always the same
def draw_alignment(log_y, text, rng):
    states = decoding.align(log_y, [labels.index(k) for k in text])
    return np.array([labels.index(text[s]) if s >= 0 else 0 for s in states])


# %% draw_alignment: all alignments alike
# says: away from
def draw_alignment(log_y, text, rng):
    log_y = np.zeros_like(log_y)
    states, skips = with_blanks(text)
    alpha = forward(log_y, states, skips)
    path = [len(states) - 1 - int(rng.random() < 1 / (1 + np.exp(alpha[-1, -1] - alpha[-1, -2])))]
    for t in range(len(log_y) - 2, -1, -1):
        s = path[-1]
        places = [s] + [s - 1] * int(s > 0) + [s - 2] * int(skips[s])
        p = np.exp(alpha[t, places])
        path.append(rng.choice(places, p=p / p.sum()))
    return states[path[::-1]]


# %% draw_alignment: it has to end in a blank
# says: never comes up
def draw_alignment(log_y, text, rng):
    states, skips = with_blanks(text)
    alpha = forward(log_y, states, skips)
    path = [len(states) - 1]
    for t in range(len(log_y) - 2, -1, -1):
        s = path[-1]
        places = [s] + [s - 1] * int(s > 0) + [s - 2] * int(skips[s])
        p = np.exp(alpha[t, places])
        path.append(rng.choice(places, p=p / p.sum()))
    return states[path[::-1]]


# %% likeliest_word: the prior left out
# says: depend on counts
def likeliest_word(log_y, words, counts):
    alpha = [forward(log_y, *with_blanks(word)) for word in words]
    return int(np.argmax([np.logaddexp(*a[-1, -2:]) for a in alpha]))


# %% likeliest_word: divided by the length
# says: not divided by the length
def likeliest_word(log_y, words, counts):
    alpha = [forward(log_y, *with_blanks(word)) for word in words]
    scores = [(np.logaddexp(*a[-1, -2:]) + np.log(n)) / len(w) for a, n, w in zip(alpha, counts, words)]
    return int(np.argmax(scores))


# %% likeliest_word: only the best alignment of each word
# says: not the best one
def likeliest_word(log_y, words, counts):
    scores = []
    for word, count in zip(words, counts):
        places = decoding.align(log_y, [labels.index(k) for k in word])
        path = [labels.index(word[s]) if s >= 0 else 0 for s in places]
        scores.append(log_y[range(len(log_y)), path].sum() + np.log(count))
    return int(np.argmax(scores))


# %% likeliest_word: the most frequent word
# says: of 150 right
def likeliest_word(log_y, words, counts):
    return int(np.argmax(counts))
