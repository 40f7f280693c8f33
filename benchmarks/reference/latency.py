"""Times trd4j and its peers on the same weights and inputs, alternating in one run. Called by latency.sh.

    latency.py --java JAVA --class-path CP --work FOLDER --out FOLDER [--backbone NAME] [--size S] [--rounds N] [--passes K]
               [--threads T] [--groups LIST] [--sides LIST] [--reuse]

Every side is a process that stays: it loads, gives the map for the check, and sleeps until its turn. In a round every side has one
turn of an untimed and K timed passes; the order changes every round. Per turn it is recorded which share of the machine
others took, the sides that wait included. Groups:
    network      the network alone, all peers, per backbone in three sets; trd4j's sides also tell the stages of the whole part
    compact      the whole part, trd4j with resnet18 beside trd4j with wide_resnet50_2
    preparation  from 800 x 800 to the network's inputs, beside preparation.py
    start-up     Inspector.open to the first verdict, beside reading the model file; a fresh process each
"""
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time

import latency_check
import latency_summary

HERE = os.path.dirname(os.path.abspath(__file__))
COMPACT, FULL = 'resnet18', 'wide_resnet50_2'
PRECISIONS = ('fp32', 'bf16', 'int8', 'auto')
# name: precision, language, arguments before those that all have
PEERS = {
    **{f'trd4j-{p}': (p, 'java', ['trd4j', p]) for p in PRECISIONS},
    'onnxruntime-java': ('fp32', 'java', ['onnxruntime', 'fp32']),
    'onnxruntime-python': ('fp32', 'python', ['latency_onnxruntime.py']),
    'libtorch-fused-fp32': ('fp32', 'java', ['libtorch-fused', 'fp32']),
    'libtorch-fused-bf16': ('bf16', 'java', ['libtorch-fused', 'bf16']),
    'libtorch-eager': ('fp32', 'java', ['libtorch', 'fp32']),
    **{f'pytorch-{s}': ('bf16' if s.endswith('bf16') else 'fp32', 'python', ['latency_pytorch.py', s])
       for s in ('eager', 'channels-last', 'frozen', 'optimized', 'bf16', 'compile', 'compile-bf16')},
}
REFERENCE = 'pytorch-eager'
# Sides that are compared with each other alternate in one set; the sets run one after the other, for all sides of a large network
# at once would not fit into the memory of a small machine.
SETS = {
    'fp32': ['trd4j-fp32', 'onnxruntime-java', 'onnxruntime-python', 'libtorch-fused-fp32', 'pytorch-compile'],
    'low': ['pytorch-eager', 'trd4j-bf16', 'trd4j-int8', 'trd4j-auto', 'libtorch-fused-bf16', 'pytorch-bf16',
            'pytorch-compile-bf16'],
    'pytorch': ['pytorch-eager', 'trd4j-fp32', 'pytorch-channels-last', 'pytorch-frozen', 'pytorch-optimized', 'libtorch-eager'],
}
START_UPS = 5
# A competing process makes a pass several times slower, because threads wait for each other at barriers: a turn during which
# others took more than this share of the machine is repeated, a few times at most. The last one counts, whatever it is.
DISTURBED, REPEATS = 0.08, 3
# Below this, a side's pages could be dropped or the machine could kill it.
SPARE_MEMORY_KIB = 1 << 20


class Failure(Exception):
    pass


def main():
    options = arguments()
    os.makedirs(options.work, exist_ok=True)
    for group in options.groups:
        {'network': network, 'compact': compact, 'preparation': preparation, 'start-up': start_up}[group](options)
    latency_summary.write(options.out)


def arguments():
    parser = argparse.ArgumentParser()
    for name in ('java', 'class-path', 'work', 'out'):
        parser.add_argument('--' + name, required=True)
    parser.add_argument('--java-option', action='append', default=[], help='of the JVM; may be repeated')
    parser.add_argument('--backbone', help=f'of the group network; both {FULL} and {COMPACT} unless given')
    parser.add_argument('--size', type=int, default=256)
    parser.add_argument('--rounds', type=int, default=10)
    parser.add_argument('--passes', type=int, default=3)
    parser.add_argument('--threads', type=int, default=os.cpu_count())
    parser.add_argument('--groups', type=lambda x: x.split(','), default=['network', 'compact', 'preparation', 'start-up'])
    parser.add_argument('--sides', type=lambda x: x.split(','), default=list(PEERS), help='of the group network')
    parser.add_argument('--reuse', action='store_true', help='take models and graphs of an earlier run from the work folder')
    options = parser.parse_args()
    unknown = set(options.sides) - set(PEERS)
    if unknown:
        parser.error(f"unknown sides {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return options


def java(options, main_class, *rest):
    return [options.java, *options.java_option, '-Xmx2g', '-Djava.awt.headless=true', '-Dorg.bytedeco.javacpp.maxPhysicalBytes=0', '-cp',
            options.class_path, 'io.trd4j.benchmarks.latency.' + main_class, *map(str, rest)]


def environment(options):
    """OpenMP's own waiting: threads spin shortly, then sleep, which is the faster setting and quiet between turns."""
    env = {k: v for k, v in os.environ.items() if k not in ('OMP_WAIT_POLICY', 'GOMP_SPINCOUNT')}
    return {**env, 'OMP_NUM_THREADS': str(options.threads), 'OPENBLAS_NUM_THREADS': '1'}


def make_inputs(options, backbone, modality='normals', graph=False):
    """The folder with the generated model and the part, and the ONNX graph when asked for."""
    folder = os.path.join(options.work, f'{backbone}-{options.size}-{modality}')
    if not (options.reuse and os.path.exists(os.path.join(folder, 'inputs.json'))):
        say(f'generating {folder}')
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        call(java(options, 'Inputs', folder, backbone, options.size, modality, options.threads), options)
    if graph and not os.path.exists(os.path.join(folder, 'model.onnx')):
        say('exporting the ONNX graph')
        call(java(options, 'ExportGraph', folder, 'fp32'), options)
    return folder


def call(command, options):
    done = subprocess.run(command, env=environment(options), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise Failure(f'exit code {done.returncode}: {" ".join(command[:1] + command[-5:])}')
    return done.stdout


class Side:
    """A running side. The process waits for its turn until close()."""

    def __init__(self, options, name, precision, command, maps):
        self.name, self.precision, self.maps = name, precision, maps
        self.log = open(os.path.join(options.work, name + '.log'), 'w+')
        self.process = subprocess.Popen(command, env=environment(options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True, bufsize=1)

    def answer(self):
        for line in self.process.stdout:
            if line.startswith('{'):
                return json.loads(line)
        self.process.wait()
        self.log.seek(0)
        raise Failure(f'{self.name} ended with exit code {self.process.returncode}:\n' + ''.join(self.log.readlines()[-15:]))

    def turn(self, passes):
        """Milliseconds of each pass by stage, and the share of the machine that all others took."""
        before = machine_load(self.process.pid)
        self.process.stdin.write(f'run {passes}\n')
        times = self.answer()
        return times, others_share(before, machine_load(self.process.pid))

    def memory_mib(self):
        with open(f'/proc/{self.process.pid}/status') as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith('VmRSS'))

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(20)
        except BrokenPipeError:
            self.process.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def peer(options, name, folder, label=None):
    precision, language, first = PEERS[name]
    label = label or name
    maps = maps_file(options, label)
    rest = [*first, folder, str(options.threads), maps]
    command = java(options, 'SideMain', *rest) if language == 'java' else [sys.executable, os.path.join(HERE, rest[0]), *rest[1:]]
    return Side(options, label, precision, command, maps)


def maps_file(options, label):
    return os.path.join(options.work, label + '.maps.f32')


def machine_load(pid=None):
    """Seconds: the clock, all cores but idle and waiting, the process with its threads; without one, the ended children."""
    with open('/proc/stat') as stat:
        ticks = [float(x) for x in stat.readline().split()[1:9]]
    busy = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf('SC_CLK_TCK')
    if pid is None:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.monotonic(), busy, children.ru_utime + children.ru_stime
    with open(f'/proc/{pid}/stat') as stat:
        own = sum(float(x) for x in stat.read().rpartition(')')[2].split()[11:13])
    return time.monotonic(), busy, own / os.sysconf('SC_CLK_TCK')


def others_share(a, b):
    return max(0.0, b[1] - a[1] - (b[2] - a[2])) / ((b[0] - a[0]) * os.cpu_count())


def spare_memory_kib():
    with open('/proc/meminfo') as info:
        return next(int(line.split()[1]) for line in info if line.startswith('MemAvailable'))


def alternate(options, name, starts, check, about, only_checked=(), passes=None):
    """Starts the sides one after the other, checks them, times them in rounds and writes NAME.json."""
    sides, described = [], {}
    passes = passes or options.passes
    try:
        for begin in starts:
            side = begin()
            sides.append(side)
            ready = side.answer()
            described[side.name] = {'precision': side.precision, **ready}
            if 'unavailable' in ready:
                say(f"{side.name}: not available: {ready['unavailable']}")
                sides.pop().close()
                continue
            described[side.name]['memory_mib'] = side.memory_mib()
            say(f"{side.name}: {ready['version']}; {ready['setting']}; loaded in {ready['load_ms']:.0f} ms, "
                f"{described[side.name]['memory_mib']} MiB")
            if side.name in only_checked:
                # Its maps are written; its memory is the others'.
                sides.pop().close()
            elif spare_memory_kib() < SPARE_MEMORY_KIB:
                raise Failure('the sides fill the memory; time fewer at once with --sides')
        check(sides, described)
        for side in only_checked:
            del described[side]
        rounds = []
        for number in range(options.rounds):
            rounds.append(one_round(number, sides, passes))
            say(f'{name}: round {number + 1} of {options.rounds}')
        write(options, name, {**about, 'threads': options.threads, 'passes': passes, 'sides': described, 'rounds': rounds})
    finally:
        for side in sides:
            side.close()


def one_round(number, sides, passes):
    """One turn of every side: where the round starts and in which direction it goes changes from round to round."""
    shift = number % len(sides) if sides else 0
    order = sides[shift:] + sides[:shift]
    if number % 2:
        order.reverse()
    turns = {}
    for side in order:
        for disturbed in range(REPEATS + 1):
            times, others = side.turn(passes)
            if others <= DISTURBED:
                break
        turns[side.name] = {**{stage + '_ms': values for stage, values in times.items()}, 'others_share': others,
                            'repeats': disturbed}
    return turns


def write(options, name, content):
    with open(os.path.join(options.out, name + '.json'), 'w') as file:
        json.dump(content, file, indent=1)
        file.write('\n')


def network(options):
    for backbone in [options.backbone] if options.backbone else [FULL, COMPACT]:
        folder = make_inputs(options, backbone, graph=any(name.startswith('onnxruntime') for name in options.sides))
        for chosen, members in SETS.items():
            timed = [name for name in members if name in options.sides]
            if not set(timed) - {REFERENCE}:
                continue
            # The reference comes first: the others are compared with its maps.
            names = [REFERENCE] + [name for name in timed if name != REFERENCE]
            alternate(options, f'network-{backbone}-{options.size}-{chosen}', [lambda n=name: peer(options, n, folder) for name in names],
                      lambda sides, described: latency_check.maps(sides, described, REFERENCE, maps_file(options, REFERENCE)),
                      {'group': 'network', 'set': chosen, 'backbone': backbone, 'size': options.size},
                      () if REFERENCE in timed else (REFERENCE,))


def compact(options):
    starts = []
    for backbone in (COMPACT, FULL):
        folder = make_inputs(options, backbone)
        for precision in PRECISIONS:
            name = f'trd4j-{precision}'
            starts.append(lambda n=name, b=backbone, f=folder: peer(options, n, f, f'{n}-{b}'))
    # The group network compares what these compute.
    alternate(options, f'compact-{options.size}', starts, lambda sides, described: None,
              {'group': 'compact', 'compact': COMPACT, 'full': FULL, 'size': options.size})


def preparation(options):
    script = os.path.join(HERE, 'preparation.py')
    if not os.path.exists(script):
        say('preparation: reference/preparation.py is not there; nothing to compare with')
        return
    for modality in ('depth', 'normals'):
        folder = make_inputs(options, COMPACT, modality)
        maps = os.path.join(options.work, f'python-{modality}.prepared.f32')
        command = [sys.executable, os.path.join(HERE, 'latency_preparation.py'), folder, str(options.threads), maps]
        starts = [lambda: peer(options, 'trd4j-fp32', folder, 'trd4j'),
                  lambda: Side(options, 'python', 'fp32', command, maps)]
        alternate(options, f'preparation-{modality}-{options.size}', starts,
                  lambda sides, described: latency_check.prepared(os.path.join(folder, 'prepared.f32'), maps, described['python']),
                  # A pass of a few milliseconds: more of them, so that the share others took can be measured.
                  {'group': 'preparation', 'modality': modality, 'size': options.size}, passes=10 * options.passes)


def start_up(options):
    folder = make_inputs(options, FULL)
    model = os.path.join(folder, 'model.safetensors')
    with open(model, 'rb', buffering=0) as file:
        # Into the disk cache, where both sides find it.
        while file.read(1 << 24):
            pass
    rounds = []
    for number in range(max(START_UPS, options.rounds // 2)):
        order = ('open-first', 'read-first')[number % 2]
        for disturbed in range(REPEATS + 1):
            before = machine_load()
            out = call(java(options, 'StartUp', folder, order), options)
            others = others_share(before, machine_load())
            if others <= DISTURBED:
                break
        times = json.loads(next(line for line in out.splitlines() if line.startswith('{')))
        rounds.append({'order': order, **{k + '_ms': v for k, v in times.items()}, 'others_share': others, 'repeats': disturbed})
        say(f"start-up: first verdict {times['first_verdict']:.0f} ms, reading the file {times['read']:.0f} ms into memory, "
            f"{times['read_through']:.0f} ms through a small buffer")
    write(options, f'start-up-{options.size}', {'group': 'start-up', 'backbone': FULL, 'size': options.size,
                                                'model_bytes': os.path.getsize(model), 'rounds': rounds})


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == '__main__':
    try:
        main()
    except (Failure, latency_check.Disagreement) as e:
        sys.exit(f'latency.py: {e}')
