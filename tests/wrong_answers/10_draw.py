# %% filter_bank: exp underflows for a grid outside the picture
# says: gives NaN
def filter_bank(centre, stride, variance, n, size):
    mu = centre + (np.arange(1, n + 1) - n / 2 - 0.5) * stride
    with np.errstate(invalid="ignore"):
        height = np.exp(-((np.arange(1, size + 1) - mu[:, None]) ** 2) / (2 * variance))
        return height / height.sum(axis=1, keepdims=True)


# %% filter_bank: not normalised
# says: each row should sum to 1
def filter_bank(centre, stride, variance, n, size):
    mu = centre + (np.arange(1, n + 1) - n / 2 - 0.5) * stride
    return np.exp(-((np.arange(1, size + 1) - mu[:, None]) ** 2) / (2 * variance))


# %% filter_bank: dots counted from 0
# says: i counts from 1
def filter_bank(centre, stride, variance, n, size):
    mu = centre + (np.arange(n) - n / 2 - 0.5) * stride
    height = -((np.arange(1, size + 1) - mu[:, None]) ** 2) / (2 * variance)
    height = np.exp(height - height.max(axis=1, keepdims=True))
    return height / height.sum(axis=1, keepdims=True)


# %% filter_bank: the variance taken for a standard deviation
# says: sigma squared
def filter_bank(centre, stride, variance, n, size):
    mu = centre + (np.arange(1, n + 1) - n / 2 - 0.5) * stride
    height = -((np.arange(1, size + 1) - mu[:, None]) ** 2) / (2 * variance**2)
    height = np.exp(height - height.max(axis=1, keepdims=True))
    return height / height.sum(axis=1, keepdims=True)


# %% code_cost: T/2 taken off, as printed, for codes of several numbers
# says: where Q is the prior the code is free
def code_cost(mean, sigma):
    return 0.5 * (mean**2 + sigma**2 - 2 * np.log(sigma)).sum(axis=(1, 2)) - mean.shape[1] / 2


# %% code_cost: log sigma for log sigma squared
# says: log of sigma squared
def code_cost(mean, sigma):
    return 0.5 * (mean**2 + sigma**2 - np.log(sigma) - 1).sum(axis=(1, 2))


# %% code_cost: averaged over the steps
# says: a sum over steps
def code_cost(mean, sigma):
    return 0.5 * (mean**2 + sigma**2 - 2 * np.log(sigma) - 1).sum(axis=2).mean(axis=1)


# %% code_cost: one number for the batch
# says: one number for each picture
def code_cost(mean, sigma):
    return 0.5 * (mean**2 + sigma**2 - 2 * np.log(sigma) - 1).sum(axis=(1, 2)).mean()


# %% tighter: the bound itself
# says: that is the bound itself
def tighter(nats_x, log_p, log_q):
    return (nats_x + log_q - log_p).mean(axis=0)


# %% tighter: exp without care
# says: exp underflows
def tighter(nats_x, log_p, log_q):
    with np.errstate(divide="ignore"):
        return -np.log(np.exp(log_p - log_q - nats_x).mean(axis=0))


# %% tighter: summed over the codes
# says: not the sum
def tighter(nats_x, log_p, log_q):
    log_w = log_p - log_q - nats_x
    top = log_w.max(axis=0)
    return -(top + np.log(np.exp(log_w - top).sum(axis=0)))


# %% tighter: Q forgotten
# says: w = P D / Q
def tighter(nats_x, log_p, log_q):
    log_w = log_p - nats_x
    top = log_w.max(axis=0)
    return -(top + np.log(np.exp(log_w - top).mean(axis=0)))


# %% centre_gradient: x and y swapped
# says: x and y are swapped
def centre_gradient(x, gx, gy, stride, variance, n, upstream):
    a = np.arange(1, len(x) + 1)
    F_x, F_y = banks(gx, gy, stride, variance, n, len(x))
    d_x, d_y = (F * (a - (F @ a)[:, None]) / variance for F in (F_x, F_y))
    return np.array([(upstream * (d_y @ x @ F_x.T)).sum(), (upstream * (F_y @ x @ d_x.T)).sum()])


# %% centre_gradient: the normaliser held fixed
# says: does the row's normaliser move as well
def centre_gradient(x, gx, gy, stride, variance, n, upstream):
    a = np.arange(1, len(x) + 1)
    dots = (np.arange(1, n + 1) - n / 2 - 0.5) * stride
    F_x, F_y = banks(gx, gy, stride, variance, n, len(x))
    d_x, d_y = (F * (a - g - dots[:, None]) / variance for F, g in ((F_x, gx), (F_y, gy)))
    return np.array([(upstream * (F_y @ x @ d_x.T)).sum(), (upstream * (d_y @ x @ F_x.T)).sum()])


# %% centre_gradient: not divided by the variance
# says: is it divided by the variance
def centre_gradient(x, gx, gy, stride, variance, n, upstream):
    a = np.arange(1, len(x) + 1)
    F_x, F_y = banks(gx, gy, stride, variance, n, len(x))
    d_x, d_y = (F * (a - (F @ a)[:, None]) for F in (F_x, F_y))
    return np.array([(upstream * (F_y @ x @ d_x.T)).sum(), (upstream * (d_y @ x @ F_x.T)).sum()])


# %% centre_gradient: one number
# says: two numbers are wanted
def centre_gradient(x, gx, gy, stride, variance, n, upstream):
    F_x, F_y = banks(gx, gy, stride, variance, n, len(x))
    return (upstream * (F_y @ x @ F_x.T)).sum()
