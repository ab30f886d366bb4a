"""The networks as most people would write them in PyTorch: `nn.LSTM` where it fits, a Python loop for the window.

Sizes, initial values of the window, loss, optimizer and clipping are those of `mdn_utils`, so that only the way of
computing differs.
"""

import math

import torch
from torch import nn


class PlainNetwork(nn.Module):
    """units: cells of each hidden layer; mixtures: M; windows: K, or 0 for prediction, which sees no text."""

    def __init__(self, units, mixtures, windows, characters):
        super().__init__()
        self.windows, self.characters = windows, characters if windows else 0
        inputs = 3 + self.characters
        if windows:
            self.first = nn.LSTMCell(inputs, units[0])
            self.gaussians = nn.Linear(units[0], 3 * windows)
            nn.init.normal_(self.gaussians.weight, std=0.02)
            with torch.no_grad():
                self.gaussians.bias.copy_(
                    torch.tensor([0.0, -0.7, -math.log(12.0)]).repeat_interleave(windows)
                )
        else:
            self.first = nn.LSTM(inputs, units[0], batch_first=True)
        self.rest = nn.ModuleList(
            nn.LSTM(inputs + below, size, batch_first=True) for below, size in zip(units, units[1:])
        )
        self.head = nn.Linear(sum(units), 1 + 6 * mixtures)

    def start(self, batch):
        """The state before the first point."""
        zeros = torch.zeros
        first = None
        if self.windows:
            size = self.first.hidden_size
            first = (
                zeros(batch, size),
                zeros(batch, size),
                zeros(batch, self.characters),
                zeros(batch, self.windows),
            )
        return [first] + [None] * len(self.rest)

    def forward(self, strokes, text, state):
        """strokes (B, T, 3), one-hot text (B, U, A) or None -> raw (B, T, 1 + 6M), state, phi (B, U) at the end."""
        state, phi = list(state), None
        if self.windows:
            hidden, memory, window, position = state[0]
            u, outputs, seen = torch.arange(1, text.shape[1] + 1)[:, None], [], []
            for point in strokes.unbind(1):
                hidden, memory = self.first(torch.cat([point, window], -1), (hidden, memory))
                alpha, beta, kappa = self.gaussians(hidden).exp().chunk(3, -1)
                position = position + kappa
                phi = (
                    alpha[:, None] * torch.exp(-beta[:, None] * (position[:, None] - u) ** 2)
                ).sum(-1)
                window = torch.bmm(phi[:, None], text)[:, 0]
                outputs.append(hidden)
                seen.append(window)
            state[0] = hidden, memory, window, position
            below, x = torch.stack(outputs, 1), torch.cat([strokes, torch.stack(seen, 1)], -1)
        else:
            x = strokes
            below, state[0] = self.first(x, state[0])
        layers = [below]
        for n, layer in enumerate(self.rest, 1):
            below, state[n] = layer(torch.cat([x, below], -1), state[n])
            layers.append(below)
        return self.head(torch.cat(layers, -1)), state, phi


def link(raw, bias=0.0):
    """pen logit (...), log weights (..., M), means, log standard deviations (..., M, 2), correlations (..., M)."""
    components = (raw.shape[-1] - 1) // 6
    pen, weight, x, y, sx, sy, twist = raw.split([1] + 6 * [components], -1)
    return (
        pen[..., 0],
        torch.log_softmax(weight * (1 + bias), -1),
        torch.stack([x, y], -1),
        torch.stack([sx, sy], -1).clamp(-8, 8) - bias,
        torch.tanh(twist.clamp(-7.5, 7.5)),
    )


def nats(strokes, raw):
    """Nats of each point: strokes (..., 3), raw (..., 1 + 6M) -> (...)."""
    pen, weight, mean, log_std, rho = link(raw)
    x, y = ((strokes[..., None, :2] - mean) * torch.exp(-log_std)).unbind(-1)
    left = 1 - rho**2 + 1e-6
    density = (
        weight
        - math.log(2 * math.pi)
        - log_std.sum(-1)
        - 0.5 * torch.log(left)
        - (x * x + y * y - 2 * rho * x * y) / (2 * left)
    )
    ends = nn.functional.binary_cross_entropy_with_logits(pen, strokes[..., 2], reduction="none")
    return ends - torch.logsumexp(density, -1)


def train_step(network, optimizer, strokes, text, mask):
    """One step on strokes (B, T + 1, 3); returns nats a point."""
    raw, *_ = network(strokes[:, :-1], text, network.start(len(strokes)))
    loss = (nats(strokes[:, 1:], raw) * mask).sum() / mask.sum()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return loss


@torch.no_grad()
def write(network, text, steps, bias=0.0):
    """`steps` points of each line: one-hot text (B, U, A) -> strokes (B, steps, 3)."""
    batch = len(text)
    state, point, line = network.start(batch), torch.zeros(batch, 1, 3), []
    for _ in range(steps):
        raw, state, _ = network(point, text, state)
        pen, weight, mean, log_std, rho = link(raw[:, 0], bias)
        chosen = torch.distributions.Categorical(logits=weight).sample()
        rows = torch.arange(batch)
        x, y = torch.randn(2, batch)
        mean, std, rho = mean[rows, chosen], log_std[rows, chosen].exp(), rho[rows, chosen]
        offset = mean + std * torch.stack([x, rho * x + torch.sqrt(1 - rho**2) * y], -1)
        point = torch.cat([offset, torch.bernoulli(torch.sigmoid(pen))[:, None]], -1)[:, None]
        line.append(point)
    return torch.cat(line, 1)
