"""The generated weights and inputs of the golden files (tests/fixtures/golden/README.md), for the PyTorch side."""
import numpy as np
import torch
from torch import nn

U = np.uint64


def unit(name, count):
    h = 0xcbf29ce484222325
    for c in name.encode():
        h = ((h ^ c) * 0x100000001b3) & 0xffffffffffffffff
    with np.errstate(over='ignore'):
        z = U(h) + np.arange(1, count + 1, dtype=np.uint64) * U(0x9E3779B97F4A7C15)
        z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
        z = z ^ (z >> U(31))
    return (z >> U(11)).astype(np.float64) * 2.0 ** -53


def fill(prefix, module):
    """Generated weights for every tensor of a module's state dict."""
    transposed = {name for name, m in module.named_modules() if isinstance(m, nn.ConvTranspose2d)}
    for key, value in module.state_dict().items():
        if key.endswith('num_batches_tracked'):
            continue
        u = unit(prefix + '.' + key, value.numel())
        if value.dim() == 4:
            fan = value.shape[0] if key.rsplit('.', 1)[0] in transposed else value[0].numel()
            u = (2 * u - 1) * np.sqrt(6.0 / fan)
        elif key.endswith('running_var'):
            u = 0.5 + u
        elif key.startswith('decoder.w_'):
            u = 2 * u - 1
        elif key.endswith('weight'):
            u = 0.5 + 0.5 * u
        else:
            u = (2 * u - 1) * 0.1
        value.copy_(torch.from_numpy(u.astype(np.float32)).view(value.shape))


def images(name, n, size):
    u = unit(name, n * 3 * size * size)
    return torch.from_numpy((4 * u - 2).astype(np.float32)).view(n, 3, size, size)
