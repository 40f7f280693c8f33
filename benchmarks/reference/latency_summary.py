"""Ratios and goals from the raw results of latency.py; standard library only.

    latency_summary.py FOLDER     writes FOLDER/summary.json from the other files there, and prints it

The ratio of a round is the quotient of the medians of its passes; the result is the median of the rounds' ratios. Below 1 trd4j
is the faster one. Where a goal names several peers, the one with the lowest median counts.
"""
import json
import os
import statistics
import sys

FULL = 'wide_resnet50_2'
PRECISIONS = ('fp32', 'bf16', 'int8', 'auto')


class Run:
    """One file of alternating rounds."""

    def __init__(self, content):
        self.content = content
        self.sides = content['sides']

    def timed(self, names):
        return [n for n in names if n in self.sides and 'unavailable' not in self.sides[n]]

    def medians(self, name, stage):
        """Of each round, milliseconds."""
        return [statistics.median(r[name][stage + '_ms']) for r in self.content['rounds']]

    def median(self, name, stage):
        return statistics.median(self.medians(name, stage))

    def fastest(self, names, stage):
        return min(self.timed(names), key=lambda n: self.median(n, stage), default=None)

    def ratios(self, ours, peer, stage):
        return [a / b for a, b in zip(self.medians(ours, stage), self.medians(peer, stage))]

    def why_not(self, name):
        return self.sides.get(name, {}).get('unavailable', 'not part of this run')


def goal(what, against, limit, ratios=None, ours=None, peer=None, note=None):
    ratio = statistics.median(ratios) if ratios else None
    return {'what': what, 'against': against, 'limit': limit, 'ratio': ratio, 'met': None if ratio is None else ratio <= limit,
            'ratios': ratios, 'ours': ours, 'peer': peer, 'note': note}


def network_goal(run, what, against, limit, ours, peers, wanted=None):
    """wanted: the peer the goal names, when another may stand in for it."""
    if run is None:
        return goal(what, against, limit, note='not measured')
    if not run.timed([ours]):
        return goal(what, against, limit, note=f'not measured: {ours}: {run.why_not(ours)}')
    peer = run.fastest(peers, 'network')
    if peer is None:
        return goal(what, against, limit, note=f'not measured: {peers[0]}: {run.why_not(peers[0])}')
    notes = [f"of {p} {statistics.median(run.ratios(ours, p, 'network')):.3f}" for p in run.timed(peers) if p != peer]
    if wanted and not run.timed([wanted]):
        notes.append(f"{wanted} not available: {run.why_not(wanted)}"
                     + ('; libtorch-fused stands in' if peer.startswith('libtorch-fused') else ''))
    return goal(what, against, limit, run.ratios(ours, peer, 'network'), ours, peer, '; '.join(notes) or None)


def outside_goal(runs):
    what, against, limit = 'everything outside the network', 'the whole part', 0.03
    candidates = [(run.median(name, 'part'), name, run) for run in runs if run for name in
                  run.timed([f'trd4j-{p}' for p in PRECISIONS])]
    if not candidates:
        return goal(what, against, limit, note='not measured')
    # Of the fastest precision: there the rest weighs most.
    _, name, run = min(candidates, key=lambda c: c[0])
    shares = [statistics.median((p + a) / part for p, a, part in zip(r[name]['prepare_ms'], r[name]['anomaly_map_ms'], r[name]['part_ms']))
              for r in run.content['rounds']]
    return goal(what, against, limit, shares, name)


def compact_goal(run):
    what, against, limit = 'compact model (resnet18), whole part, best precision', f'{FULL} whole part, best precision', 0.15
    if run is None:
        return goal(what, against, limit, note='not measured')
    ours, peer = (run.fastest([f'trd4j-{p}-{run.content[kind]}' for p in PRECISIONS], 'part') for kind in ('compact', 'full'))
    return goal(what, against, limit, run.ratios(ours, peer, 'part'), ours, peer)


def preparation_goal(run, modality):
    what, against, limit = f'preparation, 800×800 colour and points → {modality}', 'the official Python preparation', 0.05
    if run is None:
        return goal(what, against, limit, note='not measured')
    if not run.timed(['python']):
        return goal(what, against, limit, note='not measured: ' + run.why_not('python'))
    return goal(what, against, limit, run.ratios('trd4j', 'python', 'prepare'), 'trd4j', 'python')


def start_up_goal(content, read, how):
    what, against, limit = '`Inspector.open` to the first verdict', 'reading the file once from the disk cache, ' + how, 3
    if content is None:
        return goal(what, against, limit, note='not measured')
    return goal(what, against, limit, [r['first_verdict_ms'] / r[read + '_ms'] for r in content['rounds']], 'trd4j', read)


def goals(files, size):
    def run(name):
        return Run(files[name]) if name in files else None

    full, low = run(f'network-{FULL}-{size}-fp32'), run(f'network-{FULL}-{size}-low')
    frozen = ['pytorch-compile-bf16', 'libtorch-fused-bf16']
    return [
        network_goal(full, 'network, fp32', 'the faster of ONNX Runtime fp32 and torch.compile fp32', 0.95, 'trd4j-fp32',
                     ['onnxruntime-java', 'onnxruntime-python', 'pytorch-compile', 'libtorch-fused-fp32'], 'pytorch-compile'),
        network_goal(low, 'network, bf16', 'torch.compile bf16 (frozen)', 0.95, 'trd4j-bf16', frozen, frozen[0]),
        network_goal(low, 'network, int8', 'torch.compile bf16 (frozen)', 0.55, 'trd4j-int8', frozen, frozen[0]),
        network_goal(low, 'network, `auto`', 'PyTorch eager, official code', 0.16, 'trd4j-auto', ['pytorch-eager']),
        preparation_goal(run(f'preparation-depth-{size}'), 'depth'),
        preparation_goal(run(f'preparation-normals-{size}'), 'normals'),
        outside_goal([full, low]),
        compact_goal(run(f'compact-{size}')),
        start_up_goal(files.get(f'start-up-{size}'), 'read', 'into memory'),
        start_up_goal(files.get(f'start-up-{size}'), 'read_through', 'through a buffer of 1 MiB'),
    ]


def described(name, run):
    """One row per side of a file."""
    stages = {'network': ['network'], 'compact': ['part'], 'preparation': ['prepare']}[run.content['group']]
    rows = []
    for side, about in run.sides.items():
        row = {'side': side, **{k: about[k] for k in ('precision', 'version', 'setting', 'unavailable', 'map_error_std',
                                                      'map_correlation', 'prepared_error', 'memory_mib') if k in about}}
        if 'unavailable' not in about:
            wanted = stages + [s for s in ('part', 'prepare', 'anomaly_map') if s not in stages]
            row['median_ms'] = {s: run.median(side, s) for s in wanted if s + '_ms' in run.content['rounds'][0][side]}
            row['repeats'] = sum(r[side].get('repeats', 0) for r in run.content['rounds'])
            row['others_share_max'] = max(r[side]['others_share'] for r in run.content['rounds'])
        rows.append(row)
    return {'file': name + '.json', **{k: v for k, v in run.content.items() if k not in ('sides', 'rounds')},
            'rounds': len(run.content['rounds']), 'sides': rows}


def write(folder):
    files = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith('.json') and name not in ('env.json', 'summary.json'):
            with open(os.path.join(folder, name)) as file:
                files[name[:-len('.json')]] = json.load(file)
    if not files:
        return
    size = next(iter(files.values()))['size']
    summary = {'size': size, 'goals': goals(files, size),
               'runs': [described(name, Run(content)) for name, content in files.items() if 'sides' in content]}
    with open(os.path.join(folder, 'summary.json'), 'w') as file:
        json.dump(summary, file, indent=1)
        file.write('\n')
    for run in summary['runs']:
        print(f"{run['file']}: {run['rounds']} rounds of {run['passes']} passes, {run['threads']} threads")
        for side in run['sides']:
            times = 'not available: ' + side['unavailable'] if 'unavailable' in side else ', '.join(
                f'{stage} {ms:.1f} ms' for stage, ms in side['median_ms'].items()) + f", others up to {side['others_share_max']:.0%}, {side['repeats']} turns repeated"
            print(f"  {side['side']}: {times}")
    for g in summary['goals']:
        verdict = g['note'] if g['ratio'] is None else (f"{g['ratio']:.3f} {'met' if g['met'] else 'MISSED'} ({g['ours']}"
                                                        + (f" / {g['peer']}" if g['peer'] else '') + ')' + (f"; {g['note']}" if g['note'] else ''))
        print(f"{g['what']}, against {g['against']}: goal <= {g['limit']}; {verdict}")


if __name__ == '__main__':
    sys.exit(write(sys.argv[1]))
