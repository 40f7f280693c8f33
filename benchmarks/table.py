#!/usr/bin/env python3
"""Writes the tables of measured times in benchmarks/RESULTS.md from benchmarks/results; standard library only.

    python3 benchmarks/table.py            replaces what stands between the two markers in RESULTS.md
    python3 benchmarks/table.py --check    exits 1 when RESULTS.md does not say what the results say
"""
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCUMENT = os.path.join(ROOT, 'benchmarks', 'RESULTS.md')
RESULTS = os.path.join(ROOT, 'benchmarks', 'results')
BEGIN, END = '<!-- benchmarks/table.py writes from here -->', '<!-- to here -->'


def read(*path):
    with open(os.path.join(*path)) as file:
        return json.load(file)


def newest(kind, file):
    """The results folder with the latest run that has the file."""
    names = [name for name in os.listdir(RESULTS) if os.path.exists(os.path.join(RESULTS, name, kind, file))]
    return max(names, key=lambda name: read(RESULTS, name, kind, 'env.json')['date'], default=None)


def heading(folder, kind):
    env = read(RESULTS, folder, kind, 'env.json')
    return [f"{env['date'][:10]}, {env['cpu']}, {env['cores']} cores, {env['distribution']}, JDK {env['jdk'].split()[-1]},",
            f"LibTorch preset {env['libtorch_preset']}, commit {env['commit']}, load average at the start "
            f"{env['load_average'].split()[0]};", f"raw: [`benchmarks/results/{folder}/{kind}`](results/{folder}/{kind})"]


class Jmh:
    def __init__(self, folder):
        self.entries = {}
        for e in read(RESULTS, folder, 'jmh', 'results.json'):
            key = '.'.join(e['benchmark'].split('.')[-2:])
            self.entries[key, tuple((e.get('params') or {}).values())] = e

    def time(self, benchmark, *params):
        e = self.entries.get((benchmark, params))
        if e is None:
            return '–'
        metric = e['primaryMetric']
        unit = metric['scoreUnit'].split('/')[0].replace('us', 'µs')
        if e['mode'] == 'sample':
            p = metric['scorePercentiles']
            return f"{number(p['50.0'])} {unit} (99 %: {number(p['99.0'])})"
        # JMH's error is the half width of the mean's 99.9 % interval; it has none for a single measurement.
        error = metric['scoreError']
        spread = f" ± {number(error)}" if isinstance(error, float) and error == error else ''
        return f"{number(metric['score'])}{spread} {unit}"


def number(value):
    return f'{value:.0f}' if value >= 100 else f'{value:.1f}' if value >= 10 else f'{value:.2f}' if value >= 1 else f'{value:.3f}'


def jmh_table(folder):
    jmh = Jmh(folder)
    small, large = 'resnet18', 'wide_resnet50_2'
    # The features' type is a parameter since the ops know more than float32.
    plain, half = ((small, 'FLOAT32'), (small, 'BFLOAT16')) if ('OpsBenchmark.maps', (small, 'FLOAT32')) in jmh.entries else ((small,), None)
    lines = ['| what | time | the same in LibTorch ops |', '|---|---|---|',
             f"| one call from Java into libtrd: fuse_cosine of one pixel, with its team of threads | {jmh.time('OpsBenchmark.callFloor', *plain)} | |"]
    rows = []
    if half is None:  # results of the ops before fuse_cosine
        for backbone in (small, large):
            rows.append(('cosineDistance', f'cosine distance, three scales of one branch, S = 256, {backbone}', (backbone,)))
        rows.append(('branchMap', 'raw map of one branch, S = 256', plain))
        rows.append(('anomalyMap', 'calibrated, blurred maps and scores, S = 256', plain))
    else:
        for backbone in (small, large):
            for name, type_ in (('float32', 'FLOAT32'), ('bfloat16', 'BFLOAT16')):
                rows.append(('fuseCosine', f'blend and distance, both branches, S = 256, {backbone}, {name}', (backbone, type_)))
        rows.append(('anomalyMap', 'distances to blurred maps and scores, both branches, S = 256', plain))
        for backbone in (small, large):
            for name, type_ in (('float32', 'FLOAT32'), ('bfloat16', 'BFLOAT16')):
                rows.append(('maps', f'both together, S = 256, {backbone}, {name}', (backbone, type_)))
        rows.append(('branchMap', 'raw map of one branch, S = 256', plain))
    for op, what, params in rows:
        lines.append(f"| {what} | {jmh.time('OpsBenchmark.' + op, *params)} | {jmh.time(f'OpsBenchmark.{op}LibTorch', *params)} |")
    for name, what in (('read', 'reading PNG and TIFF, 800 × 800'), ('rgb', 'colour image 800 × 800 → S = 256'),
                       ('depthImage', 'depth image 800 × 800 → S = 256'),
                       ('surfaceNormals', 'surface normals 800 × 800 → S = 256')):
        lines.append(f"| {what} | {jmh.time('PreparationBenchmark.' + name)} | |")
    for size in ('128', '256'):
        lines.append(f"| whole part without reading, resnet18, S = {size} (median) | {jmh.time('InspectionBenchmark.inspect', size)} | |")
    return lines


def training_table(folder):
    lines = ['| training step | trd4j | PyTorch eager | ratio (below 1: trd4j is faster) | taken by other processes |', '|---|---|---|---|---|']
    for r in read(RESULTS, folder, 'training', 'summary.json'):
        lines.append(f"| {r['backbone']}, S = {r['size']}, batch {r['batch']}, {r['threads']} threads | {number(r['trd4j_step_ms'])} ms | "
                     f"{number(r['pytorch_step_ms'])} ms ({r['pytorch'].split(',')[0]}, {r['pytorch_setting'].replace(':', ', Adam ')}) | "
                     f"{r['ratio']:.2f} (rounds {', '.join(f'{x:.2f}' for x in r['ratios'])}) | up to {r['others_share_max']:.0%} |")
    return lines


SIDES = {
    'trd4j': 'trd4j', 'onnxruntime-java': 'ONNX Runtime from Java', 'onnxruntime-python': 'ONNX Runtime from Python',
    'libtorch-fused': "LibTorch's fused oneDNN operators, the stand-in for torch.compile", 'libtorch-eager': "LibTorch's ordinary ops",
    'pytorch': 'PyTorch',
}


def side_name(side):
    """What the table calls it, and its setting; trd4j's and LibTorch's versions stand below the table."""
    name = next(words for prefix, words in SIDES.items() if side['side'].startswith(prefix))
    if name == 'trd4j':
        return f"**trd4j {side.get('setting') or side['precision']}**"
    version = '' if 'version' not in side or side['version'].startswith('LibTorch') else f" ({side['version']})"
    return f"{name}, {side.get('setting') or side['side'].partition('-')[2]}{version}"


def goals_table(summary):
    """The goals of the issue; nothing is said of what was not measured but why."""
    lines = ['| goal: at most | of | measured ratio (rounds) | |', '|---|---|---|---|']
    for g in summary['goals'] + [ops_goal(kind) for kind in ('FLOAT32', 'BFLOAT16')]:
        measured = '–' if g['ratio'] is None else f"{number(g['ratio'])} ({number(min(g['ratios']))} – {number(max(g['ratios']))})"
        sides = ' / '.join(x for x in (g['ours'], g['peer']) if x)
        verdict = {None: '', True: '**met**', False: 'missed'}[g['met']]
        text = '; '.join(x for x in (verdict, sides, g['note']) if x)
        lines.append(f"| {g['what']}: {g['limit']:g} | {g['against']} | {measured} | {text} |")
    return lines


def ops_goal(kind):
    """From the JMH run: what comes after the network."""
    goal = {'what': f'fuse_cosine + anomaly_map, S = 256, {kind.lower()}', 'against': "the same in LibTorch's ops", 'limit': 0.2,
            'ratio': None, 'met': None, 'ratios': None, 'ours': None, 'peer': None, 'note': 'not measured'}
    folder = newest('jmh', 'results.json')
    scores = {}
    for e in read(RESULTS, folder, 'jmh', 'results.json') if folder else []:
        params = set((e.get('params') or {}).values())
        if {'wide_resnet50_2', kind} <= params:
            scores[e['benchmark'].split('.')[-1]] = e['primaryMetric']['score']
    if {'maps', 'mapsLibTorch'} <= set(scores):
        ratio = scores['maps'] / scores['mapsLibTorch']
        goal.update(ratio=ratio, met=ratio <= goal['limit'], ratios=[ratio], note='JMH, below')
    return goal


def latency_tables(folder):
    summary = read(RESULTS, folder, 'latency', 'summary.json')
    lines = goals_table(summary) + ['', "Below, σ is the standard deviation of PyTorch eager's map of a branch; weights are generated ones."]
    runs = [r for r in summary['runs'] if r['group'] == 'network']
    for run in sorted(runs, key=lambda r: r['backbone'], reverse=True):
        lines += ['', f"Network, {run['backbone']}, S = {run['size']}, {run['threads']} threads, sides that alternated in {run['rounds']} "
                  f"rounds of {run['passes']}:", '',
                  '| side | network (median) | map beside PyTorch eager | taken by others |', '|---|---|---|---|']
        for s in run['sides']:
            name = side_name(s)
            if 'unavailable' in s:
                lines.append(f"| {name} | not available: {s['unavailable']} | | |")
                continue
            agreement = 'reference' if 'map_error_std' not in s else f"within {s['map_error_std']:.1g} σ, correlation {s['map_correlation']:.5f}"
            lines.append(f"| {name} | {number(s['median_ms']['network'])} ms | {agreement} | up to {s['others_share_max']:.0%} |")
    return lines


def section():
    out = []
    for kind, file, table in (('latency', 'summary.json', latency_tables), ('jmh', 'results.json', jmh_table), ('training', 'summary.json', training_table)):
        folder = newest(kind, file)
        if folder is not None:
            out += table(folder) + [''] + heading(folder, kind) + ['']
    return '\n'.join(out)


def main():
    with open(DOCUMENT, encoding='utf-8') as file:
        text = file.read()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    wanted = before + BEGIN + '\n' + section() + END + after
    if sys.argv[1:] == ['--check']:
        return None if wanted == text else 'benchmarks/RESULTS.md is older than benchmarks/results; run python3 benchmarks/table.py'
    with open(DOCUMENT, 'w', encoding='utf-8') as file:
        file.write(wanted)
    return None


if __name__ == '__main__':
    sys.exit(main())
