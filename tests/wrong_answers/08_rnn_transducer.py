# %% count_paths: the limit per frame forgotten
# says: is the limit per frame kept
def count_paths(T, U, most):
    return math.comb(T + U - 1, U)


# %% count_paths: the last blank may be followed by labels
# says: the last move is none that could go up
def count_paths(T, U, most):
    ways = [1] + U * [0]
    for _ in range(T + 1):
        ways = [sum(ways[max(u - most, 0):u + 1]) for u in range(U + 1)]
    return ways[U]


# %% count_paths: counted in floating point
# says: an exact int is wanted
def count_paths(T, U, most):
    ways = np.zeros(U + 1)
    ways[0] = 1
    for _ in range(T):
        ways = np.array([ways[max(u - most, 0):u + 1].sum() for u in range(U + 1)])
    return ways[U]


# %% count_paths: int64 that overflows
# says: did something overflow
def count_paths(T, U, most):
    ways = np.zeros(U + 1, "int64")
    ways[0] = 1
    for _ in range(T):
        ways = np.array([ways[max(u - most, 0):u + 1].sum() for u in range(U + 1)])
    return int(ways[U])


# %% likeliest_path: the best step at every place
# says: times as likely
def likeliest_path(log_p, y):
    t, u, frames = 0, 0, []
    while u < len(y):
        if t == len(log_p) - 1 or log_p[t, u, y[u]] > log_p[t, u, 0]:
            frames.append(t)
            u += 1
        else:
            t += 1
    return np.array(frames)


# %% likeliest_path: each label where it is likeliest, whatever came before
# says: is no path
def likeliest_path(log_p, y):
    return np.array([log_p[:, u, k].argmax() for u, k in enumerate(y)])


# %% likeliest_path: the blanks left out
# says: Do the blanks count
def likeliest_path(log_p, y):
    paths = all_paths(len(log_p), len(y))
    return max(paths, key=lambda frames: log_p[frames, np.arange(len(y)), y].sum())


# %% likeliest_path: frames counted from 1
# says: is no path
def likeliest_path(log_p, y):
    return 1 + max(all_paths(len(log_p), len(y)), key=lambda frames: path_log_p(log_p, y, frames))


# %% expected_frames: the share of a place and not of an arc
# says: said on an *arc*
def expected_frames(log_p, y):
    alpha, beta = forward(log_p, y), backward(log_p, y)
    share = np.exp(alpha + beta - beta[0, 0])[:, 1:]
    return np.arange(len(log_p)) @ (share / share.sum(axis=0))


# %% expected_frames: not divided by P(y | x)
# says: divide by P
def expected_frames(log_p, y):
    alpha, beta = forward(log_p, y), backward(log_p, y)
    label = log_p[:, np.arange(len(y)), y]
    return np.arange(len(log_p)) @ np.exp(alpha[:, :-1] + label + beta[:, 1:])


# %% expected_frames: the likeliest path only
# says: expected
def expected_frames(log_p, y):
    paths = all_paths(len(log_p), len(y))
    return 1.0 * max(paths, key=lambda frames: path_log_p(log_p, y, frames))


# %% read_greedily: the network isn't told what was said
# says: ask again
def read_greedily(next_label, most):
    return tuple(int(k) for k in next_label(()).argmax(axis=1) if k)


# %% read_greedily: a label uses up its frame
# says: use up its frame
def read_greedily(next_label, most):
    said = ()
    for t in range(len(next_label(()))):
        k = int(next_label(said)[t].argmax())
        said += (k,) * (k > 0)
    return said


# %% read_greedily: no limit per frame
# says: keep to `most`
def read_greedily(next_label, most):
    said, t = (), 0
    while t < len(next_label(())) and len(said) < 15:
        k = int(next_label(said)[t].argmax())
        said, t = (said + (k,), t) if k else (said, t + 1)
    return said
