"""PyTorch on a GPU as a side of the latency comparison (gpu_bench.py), from a part in memory to its verdict.

    latency_gpu.py SETTING FOLDER THREADS MAPS [--device cuda|cpu] [--type float16|bfloat16|float32]   serves (latency_side.py)
    latency_gpu.py ceilings [--device cuda|cpu]      prints what the device copies and multiplies at best, as JSON

A pass is timed twice: 'resident' begins with both prepared images on the device, 'raw' with the colour image and the points in
pinned memory of the host. Both end when the score is on the host. Settings are SETTINGS below. On a CPU the same code runs without
streams and graphs, which only shows that it computes the right thing.
"""
import argparse
import json
import os
import sys
import time

import numpy as np
import torch

import latency_gpu_network as gpu
import latency_side
from latency_pytorch import Network, require_compile
from trd_reference import anomaly_map

GAUSSIAN_SIGMA_PX = 4
WARM_UPS = 3


def synchronize(device):
    if device.type == 'cuda':
        torch.cuda.synchronize(device)


class Official:
    """As the official code: float32, NCHW, one modality after the other, each branch's map copied to the host, blurred there by SciPy."""

    words = 'eager float32 as the official code: NCHW, a teacher pass per modality, maps blurred on the CPU'

    def __init__(self, folder, device, kind):
        try:
            from scipy.ndimage import gaussian_filter
        except ImportError as e:
            raise latency_side.Unavailable(f'{sys.executable}: {e}') from e
        self.blur = gaussian_filter
        self.device = device
        self.network = Network(folder).to(device)
        self.size = self.network.size
        about, rgb, second = latency_side.inputs(folder)
        self.images = [torch.from_numpy(x).to(device) for x in (rgb, second)]
        self.raw = gpu.raw_part(folder, about)
        try:
            import preparation
            self.preparation, self.no_raw = preparation, None
        except ImportError as e:
            # Pillow and OpenCV are what the official preparation is made of; without them there is nothing to time.
            self.preparation, self.no_raw = None, f'the official preparation needs Pillow and OpenCV: {e}'

    def verdict(self, images):
        n = self.network
        with torch.no_grad():
            own, other = n.teacher(images[0]), n.teacher(images[1])
            maps = [anomaly_map(n.student_rgb(own, other)[3], own, self.size).cpu().numpy(),
                    anomaly_map(n.student_depth(other, own)[3], other, self.size).cpu().numpy()]
        blurred = self.blur(maps[0][0] + maps[1][0], sigma=GAUSSIAN_SIGMA_PX)
        return maps, float(blurred.max())

    def resident(self):
        return self.verdict(self.images)

    def from_raw(self):
        rgb, xyz = self.raw
        prepared = self.preparation.prepare_rgb(rgb, self.size), self.preparation.prepare_depth(xyz, self.size)
        return self.verdict([torch.from_numpy(x[None]).to(self.device) for x in prepared])


class Tuned:
    """What PyTorch can do: reduced type, channels-last, one teacher pass for both modalities, preparation, maps and blur on the device."""

    def __init__(self, folder, device, kind, folded, words):
        self.device, self.words = device, words
        torch.backends.cudnn.benchmark = True
        self.part = gpu.Part(folder, device)
        self.pipeline = gpu.Pipeline(folder, device, kind, folded)
        about, rgb, second = latency_side.inputs(folder)
        self.images = gpu.images(rgb, second, kind, device)
        self.no_raw = None
        self.scores = torch.empty(3, pin_memory=device.type == 'cuda')
        self.resident_run = lambda: self.pipeline.verdict(self.images)
        self.raw_run = lambda: self.pipeline.verdict(self.part.prepare(kind, self.pipeline.size))

    def finish(self, result):
        maps, scores = result
        self.scores.copy_(scores, non_blocking=True)
        synchronize(self.device)
        return maps, float(self.scores[0])

    def resident(self):
        with torch.no_grad():
            return self.finish(self.resident_run())

    def from_raw(self):
        with torch.no_grad():
            return self.finish(self.raw_run())


class Eager(Tuned):
    def __init__(self, folder, device, kind):
        super().__init__(folder, device, kind, True, 'eager, channels-last, BatchNorm folded, one teacher pass, blur on the device')


class Graphed(Tuned):
    """The whole pass captured once and replayed: on a CPU, which has no graphs, it just runs."""

    def __init__(self, folder, device, kind, folded=True):
        super().__init__(folder, device, kind, folded, 'CUDA graph, channels-last, BatchNorm ' + ('folded' if folded else 'as layers')
                         + ', one teacher pass, blur on the device')
        if device.type == 'cuda':
            self.resident_run, self.raw_run = self.captured(self.resident_run), self.captured(self.raw_run)

    def captured(self, run):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.no_grad(), torch.cuda.stream(side):
            for _ in range(WARM_UPS):
                run()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.graph(graph):
            outputs = run()

        def replay():
            graph.replay()
            return outputs

        return replay


class Unfolded(Graphed):
    def __init__(self, folder, device, kind):
        super().__init__(folder, device, kind, folded=False)


class Compiled(Tuned):
    """torch.compile's longest search; it makes its own CUDA graphs."""

    def __init__(self, folder, device, kind):
        require_compile()
        super().__init__(folder, device, kind, True, 'torch.compile max-autotune, channels-last, BatchNorm folded, one teacher pass, '
                         'blur on the device')
        compiled = torch.compile(self.pipeline.verdict, mode='max-autotune', dynamic=False)
        # The copies to the device stay outside: a function with tensors of the host gets no CUDA graph.
        prepare = torch.compile(self.part.on_device, mode='max-autotune', dynamic=False)

        def step(images):
            if device.type == 'cuda':
                torch.compiler.cudagraph_mark_step_begin()
            return compiled(images())

        self.resident_run = lambda: step(lambda: self.images)
        self.raw_run = lambda: step(self.prepared(prepare, kind))

    def prepared(self, prepare, kind):
        def images():
            self.part.upload()
            return prepare(kind, self.pipeline.size)

        return images


SETTINGS = {'official': Official, 'eager': Eager, 'graph': Graphed, 'graph-unfolded': Unfolded, 'compile': Compiled}


def start(setting, folder, threads, device, kind):
    torch.set_num_threads(threads)
    if device.type == 'cuda' and not torch.cuda.is_available():
        raise latency_side.Unavailable(f'PyTorch {torch.__version__} sees no GPU')
    kind = torch.float32 if setting == 'official' else kind
    try:
        side = SETTINGS[setting](folder, device, kind)
        maps, score = side.resident()
        for _ in range(WARM_UPS):
            side.resident()
        raw_score = None if side.no_raw else side.from_raw()[1]
    except (RuntimeError, NotImplementedError) as e:
        if setting == 'official':
            raise
        raise latency_side.Unavailable(f'PyTorch {torch.__version__} does not run this in {kind} on {device}: '
                                       + str(e).strip().splitlines()[0][:160]) from e

    def step():
        times = {}
        begin = time.perf_counter()
        result = side.resident()
        times['resident'] = 1e3 * (time.perf_counter() - begin)
        if side.no_raw is None:
            begin = time.perf_counter()
            side.from_raw()
            times['raw'] = 1e3 * (time.perf_counter() - begin)
        return [m.float().cpu().numpy() if torch.is_tensor(m) else m for m in result[0]], times

    about = {'score': score, 'raw_score': raw_score, 'type': str(kind).replace('torch.', ''), 'device': gpu.describe(device)}
    if side.no_raw:
        about['no_raw'] = side.no_raw
    return f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}, Python {sys.version.split()[0]}", side.words, step, about


def ceilings(device):
    """Copy within device memory, bytes read and written, and a large half-precision matrix product; medians of ten."""
    small = device.type == 'cpu'
    count = 1 << (24 if small else 30)
    source, target = (torch.zeros(count, dtype=torch.uint8, device=device) for _ in range(2))
    n = 512 if small else 8192
    kind = torch.float32 if small else torch.float16
    a, b = (torch.randn(n, n, dtype=torch.float32).to(device, kind) for _ in range(2))
    out = torch.empty(n, n, dtype=kind, device=device)
    copy = median_seconds(lambda: target.copy_(source), device)
    gemm = median_seconds(lambda: torch.mm(a, b, out=out), device)
    return {'device': gpu.describe(device), 'copy_bytes': 2 * count, 'copy_gb_per_s': 2 * count / copy / 1e9, 'gemm_n': n,
            'gemm_type': str(kind).replace('torch.', ''), 'gemm_tflop_per_s': 2 * n ** 3 / gemm / 1e12}


def median_seconds(run, device, repeats=10):
    times = []
    for i in range(repeats + 3):
        if device.type == 'cuda':
            before, after = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            before.record()
            run()
            after.record()
            after.synchronize()
            seconds = before.elapsed_time(after) / 1e3
        else:
            begin = time.perf_counter()
            run()
            seconds = time.perf_counter() - begin
        if i >= 3:
            times.append(seconds)
    return float(np.median(times))


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('setting', choices=[*SETTINGS, 'ceilings'])
    parser.add_argument('rest', nargs='*', help='folder, threads, file for the maps')
    parser.add_argument('--device', choices=('cuda', 'cpu'), default='cuda')
    parser.add_argument('--type', choices=('float16', 'bfloat16', 'float32'), default='float16')
    options = parser.parse_args()
    if len(options.rest) != (0 if options.setting == 'ceilings' else 3):
        parser.error('folder, threads and a file for the maps are needed, none for ceilings')
    return options


def main():
    options = arguments()
    device = torch.device(options.device)
    if options.setting == 'ceilings':
        print(json.dumps(ceilings(device)))
        return
    folder, threads, maps = options.rest
    latency_side.serve(lambda: start(options.setting, folder, int(threads), device, getattr(torch, options.type)), maps)


if __name__ == '__main__':
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
    main()
