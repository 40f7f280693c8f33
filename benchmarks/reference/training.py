"""Times training steps of the reference network in PyTorch eager: the other side of TrainingThroughput.java.

    training.py probe BACKBONE SIZE BATCH THREADS                       prints the fastest setting of this PyTorch
    training.py run BACKBONE SIZE BATCH THREADS WARM_UP STEPS SETTING OUT.json

A setting is LAYOUT:ADAM, LAYOUT plain or channels-last, ADAM loop, foreach or fused. Weights and inputs are generated
(generated.py), so the losses of the first step are those of any other implementation.
"""
import json
import os
import statistics
import sys
import time

import torch

from generated import fill, images
from trd_reference import Student, Teacher, distil

LEARNING_RATE = 0.005
PROBE_WARM_UP, PROBE_STEPS = 2, 4


class Training:
    def __init__(self, backbone, size, batch, setting):
        layout, adam = setting.split(':')
        self.format = torch.channels_last if layout == 'channels-last' else torch.contiguous_format
        self.batch = batch
        self.teacher = Teacher(backbone).eval()
        fill('teacher', self.teacher)
        self.teacher.to(memory_format=self.format)
        self.students, self.optimizers = [], []
        for branch in ('rgb', 'depth'):
            student = Student(backbone)
            fill('student_' + branch, student)
            student.train().to(memory_format=self.format)
            self.students.append(student)
            self.optimizers.append(optimizer(student.parameters(), adam))
        self.images = torch.cat([images('train.rgb.0', batch, size), images('train.depth.0', batch, size)])

    def step(self):
        """One step of both students; per branch D(plain), D(filter), D(amplifier), D(fused), total."""
        with torch.no_grad():
            both = self.teacher(self.images.contiguous(memory_format=self.format))
        features = [[f[:self.batch] for f in both], [f[self.batch:] for f in both]]
        losses = []
        for own in range(2):
            p, a, plain, fused = self.students[own](features[own], features[1 - own])
            parts = [distil(x, features[own]) for x in (plain, p, a, fused)]
            total = parts[0] + parts[1] + parts[2] + parts[3]
            total.backward()
            losses.append([float(x.detach()) for x in parts + [total]])
            self.optimizers[own].step()
            self.optimizers[own].zero_grad(set_to_none=True)
        return losses


def optimizer(parameters, adam):
    flags = {} if adam == 'loop' else {adam: True}
    if adam == 'loop' and 'foreach' in torch.optim.Adam.__init__.__code__.co_varnames:
        flags = {'foreach': False}
    return torch.optim.Adam(parameters, lr=LEARNING_RATE, betas=(0.5, 0.999), eps=1e-8, **flags)


def measure(training, warm_up, steps):
    first, times, start = None, [], None
    for step in range(-warm_up, steps):
        if step == 0:
            start = machine_load()
        begin = time.perf_counter()
        losses = training.step()
        elapsed = time.perf_counter() - begin
        first = first or losses
        if step >= 0:
            times.append(1e3 * elapsed)
    return first, times, others_share(start, machine_load())


def machine_load():
    """Time of the clock, of all cores but idle and waiting, of this process; seconds."""
    try:
        with open('/proc/stat') as stat:
            ticks = [float(x) for x in stat.readline().split()[1:9]]
    except OSError:
        return time.monotonic(), float('nan'), 0.0
    busy = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf('SC_CLK_TCK')
    return time.monotonic(), busy, time.process_time()


def others_share(a, b):
    """Share of all cores that other processes took between two readings."""
    return max(0.0, b[1] - a[1] - (b[2] - a[2])) / ((b[0] - a[0]) * os.cpu_count())


def probe(backbone, size, batch):
    best = None
    for layout in ('plain', 'channels-last'):
        for adam in ('loop', 'foreach', 'fused'):
            setting = layout + ':' + adam
            try:
                _, times, _ = measure(Training(backbone, size, batch, setting), PROBE_WARM_UP, PROBE_STEPS)
            except (TypeError, RuntimeError) as e:
                print(f'{setting}: not in this PyTorch ({str(e).splitlines()[0][:60]})', file=sys.stderr)
                continue
            median = statistics.median(times)
            print(f'{setting}: {median:.1f} ms', file=sys.stderr)
            if best is None or median < best[0]:
                best = median, setting
    print(best[1])


def main():
    command, backbone, size, batch, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
    torch.set_num_threads(threads)
    if command == 'probe':
        return probe(backbone, size, batch)
    warm_up, steps, setting, out = int(sys.argv[6]), int(sys.argv[7]), sys.argv[8], sys.argv[9]
    first, times, others = measure(Training(backbone, size, batch, setting), warm_up, steps)
    with open(out, 'w') as file:
        json.dump({'side': 'PyTorch', 'version': f'PyTorch {torch.__version__}, Python {sys.version.split()[0]}',
                   'setting': setting, 'backbone': backbone, 'size': size, 'batch': batch,
                   'threads': torch.get_num_threads(), 'others_share': others, 'first_losses': first,
                   'step_ms': times}, file, indent=1)
        file.write('\n')
    return None


if __name__ == '__main__':
    sys.exit(main())
