#!/usr/bin/env python3
"""The tables of a detection benchmark, and whether it meets its targets, as Markdown on standard output.

    python3 benchmarks/detection/table.py OUT             gathers OUT/runs into OUT/results.json first
    python3 benchmarks/detection/table.py results.json    from results that were gathered before

A cell is the mean over seeds, ± their standard deviation. A mean over categories is taken per seed, over the seeds that every
category has. Standard library only.
"""
import json
import os
import statistics
import sys

BRANCHES = ('combined', 'rgb', 'second')
OFFICIAL = (('I-AUROC', 'I'), ('P-AUROC', 'P'), ('AUPRO@30', 'PRO'))
SEVERITIES = {'1': 'slight', '2': 'medium', '3': 'severe'}
# The order of `trd synth`; what is not named here comes after.
CATEGORIES = ('cookie', 'plate', 'ring', 'rope', 'cloth')
KINDS = ('stain', 'dent', 'bump', 'hole', 'crack', 'contamination')
# (what, of which measure the mean over categories must be, at least what)
TARGETS = (('combined I-AUROC', 'I combined', 0.95),
           ('combined AUPRO@30', 'PRO combined', 0.88),
           ('colour only: stain by the rgb branch, I-AUROC', 'stain rgb', 0.93),
           ('geometry only: dent by the second branch, I-AUROC', 'dent second', 0.93),
           ('geometry only: bump by the second branch, I-AUROC', 'bump second', 0.93))
MOST_BEHIND = 0.02


def gather(folder):
    """All runs of a folder and its settings; kept in results.json, which is small enough to be committed."""
    runs = []
    for where, _, files in os.walk(os.path.join(folder, 'runs')):
        if 'run.json' in files:
            with open(os.path.join(where, 'run.json')) as file:
                runs.append(json.load(file))
    runs.sort(key=lambda run: (run['teacher'], run['modality'], rank(CATEGORIES, run['category']), run['seed']))
    with open(os.path.join(folder, 'settings.txt')) as file:
        settings = dict(line.rstrip('\n').split('=', 1) for line in file)
    results = {'settings': settings, 'runs': runs}
    target = os.path.join(folder, 'results.json')
    with open(target + '.tmp', 'w') as file:
        json.dump(results, file, indent=1)
    os.replace(target + '.tmp', target)
    return results


def rank(order, name):
    return (order.index(name) if name in order else len(order), name)


def measures(run):
    """One run's numbers by name: 'I combined', 'stain rgb', 'severity 1 second' …"""
    flat = {f'{short} {branch}': run['metrics'][branch][metric] for metric, short in OFFICIAL for branch in BRANCHES}
    for kind, values in run['kinds'].items():
        flat |= {f'{kind} {branch}': values[branch] for branch in BRANCHES}
    for grade, values in run['severities'].items():
        flat |= {f'severity {grade} {branch}': values[branch] for branch in BRANCHES}
    return flat


class Group:
    """All runs of one teacher and modality."""

    def __init__(self, runs):
        self.rows = {(run['category'], run['seed']): measures(run) for run in runs}
        self.categories = sorted({category for category, _ in self.rows}, key=lambda name: rank(CATEGORIES, name))
        self.kinds = sorted({kind for run in runs for kind in run['kinds']}, key=lambda name: rank(KINDS, name))
        self.seeds = sorted({seed for _, seed in self.rows})
        self.common = [seed for seed in self.seeds if all((category, seed) in self.rows for category in self.categories)]

    def of(self, category, measure):
        """A category's values, one per seed."""
        return [row[measure] for (name, _), row in sorted(self.rows.items()) if name == category and measure in row]

    def mean(self, measure):
        """Per common seed, the mean over the categories."""
        return [statistics.fmean(values) for seed in self.common
                if (values := [self.rows[c, seed][measure] for c in self.categories if measure in self.rows[c, seed]])]

    def behind(self, category):
        """How far the combined I-AUROC lies below that of the better branch, each a mean over seeds: negative when above."""
        combined, rgb, second = (statistics.fmean(self.of(category, f'I {branch}')) for branch in BRANCHES)
        return max(rgb, second) - combined


def cell(values):
    if not values:
        return '–'
    return f'{statistics.fmean(values):.3f}' + (f' ±{statistics.stdev(values):.3f}' if len(values) > 1 else '')


def table(head, rows):
    print()
    print('| ' + ' | '.join(head) + ' |')
    print('|' + '---|' * len(head))
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')


def side_by_side(groups):
    columns = [f'I {branch}' for branch in BRANCHES] + ['P combined', 'PRO combined', 'stain rgb', 'dent second', 'bump second']
    print('\n## Side by side\n\nMeans over categories. I: I-AUROC, P: P-AUROC, PRO: AUPRO@30; of a kind of defect: I-AUROC. '
          'Behind: the combined I-AUROC\nbelow the better branch, in the worst category.')
    table(['teacher', 'modality', *columns, 'behind'],
          [[*name, *(cell(group.mean(column)) for column in columns), f'{max(map(group.behind, group.categories)):.3f}']
           for name, group in groups.items()])


def official(group):
    columns = [f'{short} {branch}' for _, short in OFFICIAL for branch in BRANCHES]
    rows = [[category, *(cell(group.of(category, column)) for column in columns)] for category in group.categories]
    rows.append(['**mean**', *(cell(group.mean(column)) for column in columns)])
    table(['category', *columns], rows)


def by_kind(group):
    print('\nI-AUROC per kind of defect, mean over categories, and per severity:')
    rows = [[kind, *(cell(group.mean(f'{kind} {branch}')) for branch in BRANCHES)] for kind in group.kinds]
    rows += [[f'{grade} {name}', *(cell(group.mean(f'severity {grade} {branch}')) for branch in BRANCHES)]
             for grade, name in SEVERITIES.items()]
    table(['parts with', *BRANCHES], rows)
    print('\nI-AUROC per kind and category, combined / rgb / second:')
    table(['category', *group.kinds],
          [[category, *(' / '.join(f'{statistics.fmean(values):.2f}' if (values := group.of(category, f'{kind} {branch}')) else '–'
                                   for branch in BRANCHES) for kind in group.kinds)] for category in group.categories])


def verdict(margin):
    """`margin` is how far a number is on the right side; a sum's last bits decide nothing."""
    return f'met by {abs(margin):.3f}' if margin > -1e-9 else f'**missed by {-margin:.3f}**'


def targets(group):
    rows = []
    for what, measure, least in TARGETS:
        values = group.mean(measure)
        rows.append([what, f'≥ {least}', cell(values), verdict(statistics.fmean(values) - least) if values else 'not judged'])
    for category in group.categories:
        behind = group.behind(category)
        rows.append([f'{category}: combined I-AUROC below the better branch', f'≤ {MOST_BEHIND}', f'{behind:.3f}',
                     verdict(MOST_BEHIND - behind)])
    table(['target', 'demanded', 'measured', ''], rows)


def main(source):
    if os.path.isdir(source):
        results = gather(source)
    else:
        with open(source) as file:
            results = json.load(file)
    runs = results['runs']
    if not runs:
        sys.exit(f'{source} has no complete run')
    names = sorted({(run['teacher'], run['modality']) for run in runs})
    groups = {name: Group([run for run in runs if (run['teacher'], run['modality']) == name]) for name in names}
    hours = sum(sum(run['seconds'].values()) for run in runs) / 3600
    print('# Detection benchmark\n')
    print('Settings: ' + ', '.join(f'{name} {value}' for name, value in results['settings'].items()) + '. Commit '
          + ', '.join(sorted({run['commit'] for run in runs})) + f'. {len(runs)} runs, {hours:.1f} hours of training and evaluation.')
    side_by_side(groups)
    for (teacher, modality), group in groups.items():
        print(f'\n## {teacher}, {modality}\n\nCategories: {", ".join(group.categories)}; seeds {", ".join(map(str, group.seeds))}.', end='')
        if group.common != group.seeds:
            print(f' Only {len(group.common)} of the seeds have all categories: the means are over these.', end='')
        print()
        official(group)
        by_kind(group)
        print('\nTargets, by means over the categories above where no category is named:')
        targets(group)


if __name__ == '__main__':
    main(sys.argv[1])
