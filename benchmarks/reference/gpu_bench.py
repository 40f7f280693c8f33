"""Times trd4j on a GPU beside PyTorch on the same weights and part, alternating in one run. Called by run.sh gpu-bench of a bundle.

    gpu_bench.py --run RUN.SH [--backbone NAME] [--size S] [--rounds N] [--passes K] [--precision P] [--settings LIST]
                 [--device cuda|cpu] [--type T] [--out FOLDER] [--work FOLDER] [--commit HASH] [--reuse]

Per backbone: the model and part that all sides read are generated, the device's own copy and matrix product are measured, every
side computes its maps, which are compared with the official code's, and only then do the sides take turns in rounds, whose order changes.
PyTorch's sides stay in processes of their own (latency_gpu.py), and so does TensorRT on the graph that trd4j exports
(latency_tensorrt.py), where there is a Python module of it; trd4j's turn is one 'trd bench'. Two times per part, p50 and p99:
'resident' begins with prepared images on the device, 'raw' with the colour image and the points in the host's memory; both end with the
score on the host. The table at the end has the ratios of the goals. --device cpu checks the scripts where there is no GPU.
"""
import argparse
import datetime
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys

import numpy as np

import latency
import latency_check

HERE = os.path.dirname(os.path.abspath(__file__))
FULL, COMPACT = 'wide_resnet50_2', 'resnet18'
OURS, REFERENCE = 'trd4j', 'official'
TENSORRT = 'tensorrt'
PEERS = ('official', 'eager', 'graph', 'graph-unfolded', 'compile', TENSORRT)
TYPES = {'float32': 'fp32', 'float16': 'fp16', 'bfloat16': 'bf16'}
# Of issue 4, for an H200: the resident and raw p50 of FULL, then ratios for both backbones.
GOAL_MS = {'resident': 1.0, 'raw': 1.4}
GOAL_TAIL, GOAL_OFFICIAL, GOAL_BEST = 1.15, 10, 1.2
SCORE_ERROR = 1e-2
STAGES = ('resident', 'raw')


def arguments():
    parser = argparse.ArgumentParser(prog='run.sh gpu-bench', description=__doc__.split('\n\n')[0])
    parser.add_argument('--run', required=True, help=argparse.SUPPRESS)
    parser.add_argument('--commit', default='unknown', help=argparse.SUPPRESS)
    parser.add_argument('--native', help=argparse.SUPPRESS)
    parser.add_argument('--backbone', choices=(FULL, 'resnet50', 'resnet34', COMPACT), help=f'{FULL} and {COMPACT} unless given')
    parser.add_argument('--size', type=int, default=256, help='S (default: 256)')
    parser.add_argument('--rounds', type=int, default=5, help='(default: 5)')
    parser.add_argument('--passes', type=int, default=500, help='of every side in a round (default: 500)')
    parser.add_argument('--precision', default=None, help="trd4j's; fp16 on a GPU, fp32 on a CPU unless given")
    parser.add_argument('--type', choices=TYPES, help="of PyTorch's tuned sides; float16 on a GPU, float32 on a CPU unless given")
    parser.add_argument('--settings', type=lambda x: x.split(','), default=list(PEERS),
                        help=f"the sides beside trd4j (default: {','.join(PEERS)})")
    parser.add_argument('--device', choices=('cuda', 'cpu'), default='cuda')
    parser.add_argument('--threads', type=int, default=min(8, os.cpu_count()), help='CPU threads of a side (default: 8, or all cores)')
    parser.add_argument('--out', help='folder for the results; new (default: results/<date>_<device>_<commit>/gpu)')
    parser.add_argument('--work', help='folder for generated models, about 2 GB (default: gpu-bench-work)')
    parser.add_argument('--reuse', action='store_true', help='take the models of an earlier run from the work folder')
    options = parser.parse_args()
    unknown = set(options.settings) - set(PEERS)
    if unknown:
        parser.error(f"unknown settings {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    if min(options.size, options.rounds, options.passes, options.threads) < 1:
        parser.error('--size, --rounds, --passes and --threads must be at least 1')
    options.precision = options.precision or ('fp16' if options.device == 'cuda' else 'fp32')
    options.type = options.type or ('float16' if options.device == 'cuda' else 'float32')
    return options


def main():
    options = arguments()
    gpu = nvidia_smi()
    short = gpu[0]['name'].lower().replace('nvidia', '').strip().replace(' ', '-') if gpu else 'cpu'
    options.out = options.out or os.path.join('results', f'{datetime.date.today()}_{short}_{options.commit}', 'gpu')
    options.work = options.work or 'gpu-bench-work'
    if os.path.exists(options.out):
        raise latency.Failure(f'{options.out} exists; results are never overwritten')
    os.makedirs(options.work, exist_ok=True)
    os.makedirs(options.out)
    try:
        environment(options, gpu)
        kernels(options)
        results = [measure(options, backbone) for backbone in ([options.backbone] if options.backbone else [FULL, COMPACT])]
    except BaseException:
        shutil.rmtree(options.out)
        raise
    summary = {'runs': [table(r) for r in results]}
    latency.write(options, 'summary', summary)
    print(f'wrote {options.out}')


def kernels(options):
    """The times of single kernels, by benchmarks/native's program: kernels.txt and kernels.json. Without it, nothing."""
    if not options.native:
        return
    program = os.path.join(options.native, 'trd-kernels')
    done = subprocess.run([program, '--json', os.path.join(options.out, 'kernels.json'), '--commit', options.commit],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with open(os.path.join(options.out, 'kernels.txt'), 'w') as file:
        file.write(done.stdout)
    print(done.stdout, end='' if done.returncode == 0 else f'trd-kernels ended with exit code {done.returncode}\n')


def nvidia_smi():
    fields = ['name', 'driver_version', 'memory.total', 'compute_cap', 'clocks.max.sm', 'clocks.max.mem', 'power.limit']
    try:
        out = subprocess.run(['nvidia-smi', '--query-gpu=' + ','.join(fields), '--format=csv,noheader'], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return []
    rows = [[x.strip() for x in line.split(',')] for line in out.stdout.splitlines()] if out.returncode == 0 else []
    return [dict(zip(fields, row)) for row in rows if len(row) == len(fields)]


def environment(options, gpu):
    """env.json as for the other benchmarks, and the GPU."""
    path = os.path.abspath(os.path.join(options.out, 'env.json'))
    run(options, 'java', 'io.trd4j.benchmarks.Environment', path, options.commit, ' '.join(sys.argv[1:]))
    with open(path) as file:
        content = json.load(file)
    content['gpu'] = gpu
    latency.write(options, 'env', content)


def run(options, *arguments):
    """run.sh of the bundle; what it prints on standard output."""
    done = subprocess.run([options.run, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        last = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()][-3:]
        raise latency.Failure(f"run.sh {' '.join(map(str, arguments[:2]))} failed with exit code {done.returncode}: " + ' | '.join(last))
    return done.stdout


def make_inputs(options, backbone):
    folder = os.path.abspath(os.path.join(options.work, f'{backbone}-{options.size}-depth'))
    if not (options.reuse and os.path.exists(os.path.join(folder, 'inputs.json'))):
        latency.say(f'generating {folder}')
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        # What the CPU's precisions are good for takes a minute to test, and a GPU does not ask.
        run(options, 'java', 'io.trd4j.benchmarks.latency.Inputs', folder, backbone, options.size, 'depth', options.threads,
            *(['untested'] if options.device == 'cuda' else []))
    with open(os.path.join(folder, 'inputs.json')) as file:
        return folder, json.load(file)


def export_graph(options, folder):
    """Writes model.onnx where TensorRT would read it; its precision."""
    precision = 'fp16' if options.type == 'float16' else 'fp32'
    graph = os.path.join(folder, 'model.onnx')
    if options.device == 'cuda' and importlib.util.find_spec('tensorrt') and not os.path.exists(graph):
        run(options, 'java', 'io.trd4j.benchmarks.latency.ExportGraph', folder, precision)
    return precision


def measure(options, backbone):
    folder, about = make_inputs(options, backbone)
    script = os.path.join(HERE, 'latency_gpu.py')
    done = subprocess.run([sys.executable, script, 'ceilings', '--device', options.device], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    ceilings = (json.loads(done.stdout) if done.returncode == 0
                else {'unavailable': (done.stderr.strip().splitlines() or ['no reason given'])[-1]})
    sides, described = [], {}
    try:
        for name in [REFERENCE] + [s for s in options.settings if s != REFERENCE]:
            maps = latency.maps_file(options, name)
            rest = [folder, str(options.threads), maps, '--device', options.device]
            if name == TENSORRT:
                command, kind = [sys.executable, os.path.join(HERE, 'latency_tensorrt.py'), *rest], export_graph(options, folder)
            else:
                command = [sys.executable, script, name, *rest, '--type', options.type]
                kind = 'fp32' if name == REFERENCE else TYPES[options.type]
            side = latency.Side(options, name, kind, command, maps)
            sides.append(side)
            try:
                described[name] = {'precision': side.precision, **side.answer()}
            except latency.Failure as e:
                # Without PyTorch at all, or when it crashes: said, and trd4j is measured alone.
                described[name] = {'precision': side.precision, 'unavailable': ' '.join(str(e).split())[-300:]}
            if 'unavailable' in described[name]:
                latency.say(f"{name}: not available: {described[name]['unavailable']}")
                sides.pop().close()
            else:
                latency.say(f"{name}: {described[name]['setting']}; ready in {described[name]['load_ms'] / 1e3:.0f} s")
        ours = Ours(options, folder, about)
        described[OURS] = ours.about
        check(ours, sides, described, options)
        rounds = []
        for number in range(options.rounds):
            rounds.append(one_round(number, [ours, *[s for s in sides if s.name in options.settings]], options.passes))
            latency.say(f'{backbone}: round {number + 1} of {options.rounds}')
    finally:
        for side in sides:
            side.close()
    content = {'group': 'gpu', 'backbone': backbone, 'size': options.size, 'device': options.device, 'threads': options.threads,
               'passes': options.passes, 'ceilings': ceilings, 'sides': described, 'rounds': rounds}
    latency.write(options, f'gpu-{backbone}-{options.size}', content)
    return content


class Ours:
    """trd4j through its command line; precision and device as the user would name them."""

    name = OURS

    def __init__(self, options, folder, about):
        self.options, self.folder, self.precision = options, folder, options.precision
        self.maps = latency.maps_file(options, OURS)
        self.arguments = ['--model', os.path.join(folder, 'model.safetensors'), '--device', options.device,
                          '--precision', options.precision, '--threads', options.threads]
        out = os.path.join(folder, 'inspected')
        shutil.rmtree(out, ignore_errors=True)
        run(options, 'trd', 'inspect', *self.arguments, '--rgb', os.path.join(folder, about['rgb']),
            '--xyz', os.path.join(folder, about['xyz']), '--out', out)
        with open(os.path.join(out, 'result.json')) as file:
            result = json.load(file)
        np.concatenate([tiff(os.path.join(out, f'anomaly_map_{b}.tiff')).ravel() for b in ('rgb', 'depth')]).tofile(self.maps)
        version = run(options, 'trd', 'natives').split('\n')
        self.about = {'precision': options.precision, 'version': ', '.join(v for v in version[:4] if v),
                      'setting': f'{options.precision}, trd bench', 'blurred': True, 'score': result['score']}

    def turn(self, passes):
        path = os.path.join(self.folder, 'bench.json')
        run(self.options, 'trd', 'bench', *self.arguments, '--data', os.path.join(self.folder, 'part'), '--parts', passes,
            '--warmup', max(20, passes // 5), '--json', path)
        with open(path) as file:
            result = json.load(file)
        # 'resident' where the version tells it; the network's stage, which leaves out the maps, stands in.
        stands_in = 'resident_ms' not in result
        return {'resident': result['stages_ms']['network'] if stands_in else result['resident_ms'], 'raw': result['latency_ms'],
                'resident_is_network': stands_in}


def tiff(path):
    """The floats of an uncompressed single-channel TIFF, as trd writes maps; standard library and NumPy."""
    with open(path, 'rb') as file:
        data = file.read()
    order = {b'II': '<', b'MM': '>'}[data[:2]]
    at = int(np.frombuffer(data, order + 'u4', 1, 4)[0])
    entries, widths = {}, {3: 'u2', 4: 'u4'}
    for i in range(int(np.frombuffer(data, order + 'u2', 1, at)[0])):
        entry = at + 2 + 12 * i
        tag, kind = (int(x) for x in np.frombuffer(data, order + 'u2', 2, entry))
        count = int(np.frombuffer(data, order + 'u4', 1, entry + 4)[0])
        if kind in widths:
            width = np.dtype(widths[kind]).itemsize
            where = entry + 8 if count * width <= 4 else int(np.frombuffer(data, order + 'u4', 1, entry + 8)[0])
            entries[tag] = [int(x) for x in np.frombuffer(data, order + widths[kind], count, where)]
    if entries.get(259, [1]) != [1] or entries.get(258) != [32] or entries.get(339, [1]) != [3]:
        raise latency.Failure(f'{path} is no uncompressed TIFF of floats')
    strips = [np.frombuffer(data, order + 'f4', n // 4, o) for o, n in zip(entries[273], entries[279])]
    return np.concatenate(strips).reshape(entries[257][0], entries[256][0]).astype('<f4')


def check(ours, sides, described, options):
    """The same maps, before anything is timed; without the official code there is nothing to compare with, and the table says so."""
    if 'unavailable' in described[REFERENCE]:
        return
    latency_check.maps([ours, *sides], described, REFERENCE, latency.maps_file(options, REFERENCE))
    wanted = described[REFERENCE]['score']
    for name, about in described.items():
        for kind in ('score', 'raw_score'):
            if about.get(kind) is not None:
                error = abs(about[kind] - wanted) / abs(wanted)
                about[kind + '_error'] = error
                if not error <= SCORE_ERROR:
                    raise latency_check.Disagreement(f'{name} gives the {kind} {about[kind]}, the official code {wanted}; '
                                                     'nothing was timed')


def one_round(number, sides, passes):
    shift = number % len(sides)
    order = sides[shift:] + sides[:shift]
    if number % 2:
        order.reverse()
    turns = {}
    for side in order:
        if side.name == OURS:
            turns[OURS] = side.turn(passes)
        else:
            times, others = side.turn(passes)
            turns[side.name] = {**times, 'others_share': others}
    return turns


def percentile(turn, stage, p):
    """Of one round, milliseconds; None where the side does not do this stage."""
    times = turn.get(stage)
    if times is None:
        return None
    return times[f'p{p}'] if isinstance(times, dict) else float(np.percentile(times, p))


def table(content):
    """Prints one backbone's results and goals, and returns them."""
    rounds, timed = content['rounds'], [s for s in content['sides'] if s in content['rounds'][0]]
    rows = {name: {stage: {f'p{p}': middle([percentile(r[name], stage, p) for r in rounds]) for p in (50, 99)}
                   for stage in STAGES} for name in timed}
    print(f"\n{content['backbone']}, S = {content['size']}, {content['device']}; ms per part, medians of {len(rounds)} rounds of "
          f"{content['passes']} passes")
    c = content['ceilings']
    if 'unavailable' not in c:
        print(f"{c['device']}: copies {c['copy_gb_per_s']:.0f} GB/s, {c['gemm_type']} product of {c['gemm_n']} "
              f"{c['gemm_tflop_per_s']:.3g} TFLOP/s")
    print(f"{'':16} {'resident p50':>12} {'p99':>8} {'raw p50':>9} {'p99':>8} {'map corr.':>10}  setting")
    for name in [OURS, *[n for n in timed if n != OURS]]:
        about, row = content['sides'][name], rows[name]
        values = [row[stage][p] for stage in STAGES for p in ('p50', 'p99')]
        cells = ' '.join(('-' if v is None else f'{v:.3f}').rjust(width) for v, width in zip(values, (12, 8, 9, 8)))
        print(f"{name:16} {cells} {about.get('map_correlation', 1 if name == REFERENCE else float('nan')):10.5f}  {about['setting']}")
    for name, about in content['sides'].items():
        if 'unavailable' in about:
            print(f"{name:16} not available: {about['unavailable']}")
    # The goals are a GPU's; on a CPU only the scripts are checked.
    goals = [g for stage in STAGES for g in stage_goals(content, rows, stage)] if content['device'] == 'cuda' else []
    if any(r[OURS].get('resident_is_network') for r in rounds):
        print("trd4j's resident time is its network stage: this version does not time it alone")
    for g in goals:
        measured = 'not measured' if g['ratio'] is None else f"{g['ratio']:.3f}, {'met' if g['met'] else 'MISSED'}"
        print(f"{g['what']}: goal {g['goal']}; {measured}")
    return {**{k: content[k] for k in ('backbone', 'size', 'device', 'ceilings')}, 'ms': rows, 'goals': goals}


def ratio(a, b):
    return None if a is None else a / b


def middle(values):
    return None if None in values else statistics.median(values)


def stage_goals(content, rows, stage):
    ours, goals = rows[OURS][stage], []

    def goal(what, limit, value, most=True):
        goals.append({'what': f'{stage}: {what}', 'goal': ('at most ' if most else 'at least ') + str(limit), 'ratio': value,
                      'met': None if value is None else value <= limit if most else value >= limit})

    if content['backbone'] == FULL:
        goal('p50 in ms', GOAL_MS[stage], ours['p50'])
    goal('p99 / p50', GOAL_TAIL, ours['p99'] / ours['p50'])
    others = {name: middle([ratio(percentile(r[name], stage, 50), percentile(r[OURS], stage, 50)) for r in content['rounds']])
              for name in rows if name != OURS}
    goal('official / trd4j', GOAL_OFFICIAL, others.get(REFERENCE), most=False)
    best = min((v for v in others.values() if v is not None), default=None)
    goal('the best PyTorch / trd4j', GOAL_BEST, best, most=False)
    return goals


if __name__ == '__main__':
    try:
        main()
    except (latency.Failure, latency_check.Disagreement) as e:
        sys.exit(f'gpu-bench: {e}')
