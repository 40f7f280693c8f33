"""PyTorch as a side of the latency comparison, in several settings.

    latency_pytorch.py SETTING FOLDER THREADS MAPS     serves (latency_side.py); settings: SETTINGS below
"""
import os
import sys
import time
import warnings

import torch
from torch import nn

import latency_side
from trd_reference import Student, Teacher, anomaly_map

CHANNELS_LAST = torch.channels_last


class Network(nn.Module):
    """Both prepared images to both raw maps, as the official code computes them: the teacher sees one modality after the other."""

    def __init__(self, folder):
        super().__init__()
        about, _, _ = latency_side.inputs(folder)
        self.size = about['size']
        self.teacher, self.student_rgb, self.student_depth = (kind(about['backbone']) for kind in (Teacher, Student, Student))
        with warnings.catch_warnings():
            # The arrays are mapped from a file that is only read; load_state_dict copies them.
            warnings.simplefilter('ignore')
            self.load_state_dict({k: torch.from_numpy(v) for k, v in latency_side.weights(folder).items()})
        self.eval().requires_grad_(False)

    def forward(self, rgb, second):
        own, other = self.teacher(rgb), self.teacher(second)
        return (anomaly_map(self.student_rgb(own, other)[3], own, self.size),
                anomaly_map(self.student_depth(other, own)[3], other, self.size))


def traced(network, images):
    return torch.jit.freeze(torch.jit.trace(network, images))


def require_compile():
    if not hasattr(torch, 'compile'):
        raise latency_side.Unavailable(f"PyTorch {torch.__version__.split('+')[0]} has no torch.compile; it needs PyTorch 2")


def compiled(network, images):
    import torch._inductor.config
    torch._inductor.config.freezing = True
    return torch.compile(network)


# name: in words, memory format, type, what is made of the module
SETTINGS = {
    'eager': ('eager fp32 as the official code, NCHW', torch.contiguous_format, torch.float32, None),
    'channels-last': ('eager fp32, channels-last', CHANNELS_LAST, torch.float32, None),
    'frozen': ('fp32, torch.jit.trace and freeze, NCHW', torch.contiguous_format, torch.float32, traced),
    'optimized': ('fp32, torch.jit.optimize_for_inference, NCHW', torch.contiguous_format, torch.float32,
                  lambda network, images: torch.jit.optimize_for_inference(traced(network, images))),
    'bf16': ('eager bf16, channels-last', CHANNELS_LAST, torch.bfloat16, None),
    'compile': ('fp32, torch.compile with freezing, channels-last', CHANNELS_LAST, torch.float32, compiled),
    'compile-bf16': ('bf16, torch.compile with freezing, channels-last', CHANNELS_LAST, torch.bfloat16, compiled),
}


def start(name, folder, threads):
    words, layout, kind, make = SETTINGS[name]
    torch.set_num_threads(threads)
    _, rgb, second = latency_side.inputs(folder)
    images = [torch.from_numpy(x).to(kind).contiguous(memory_format=layout) for x in (rgb, second)]
    if make is compiled:
        require_compile()
    network = Network(folder).to(kind).to(memory_format=layout)
    with torch.no_grad():
        run = network if make is None else make(network, tuple(images))
        try:
            # The first passes of a traced or compiled network optimise it.
            run(*images)
            run(*images)
        except RuntimeError as e:
            if kind == torch.float32:
                raise
            raise latency_side.Unavailable(f"PyTorch {torch.__version__} does not run this network in {kind}: "
                                           + str(e).splitlines()[0][:160]) from e

    def step():
        with torch.no_grad():
            begin = time.perf_counter()
            maps = run(*images)
            elapsed = 1e3 * (time.perf_counter() - begin)
        return [m.float().numpy() for m in maps], {'network': elapsed}

    return f"PyTorch {torch.__version__}, Python {sys.version.split()[0]}", words, step


if __name__ == '__main__':
    latency_side.serve(lambda: start(sys.argv[1], sys.argv[2], int(sys.argv[3])), sys.argv[4])
