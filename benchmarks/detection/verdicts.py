"""The detection benchmark's tables of verdicts and regions: how many parts are NG at the thresholds that normal validation parts give,
and how well the regions of those parts cover the masks. Standard library only."""
from markdown import BRANCHES, rank, table

GRADES = {'1': 'slight', '2': 'medium', '3': 'severe', '': 'ungraded'}
# The order of `trd synth`; what is not named here comes after.
KINDS = ('stain', 'dent', 'bump', 'hole', 'crack', 'contamination')


def measures(run):
    """One run's shares of NG parts by name: 'NG combined', of defects, 'NG good combined' …; empty without thresholds."""
    shares = {}
    for branch, found in run.get('verdicts', {}).items():
        ng, parts = total(found['kinds'])
        if parts:
            shares[f'NG {branch}'] = ng / parts
        ng, parts = found['good']
        if parts:
            shares[f'NG good {branch}'] = ng / parts
    return shares


def total(kinds, kind=None, grade=None):
    """[NG, all] of the parts of a kind, or of all kinds, and of a grade, or of all."""
    chosen = [counts for name, grades in kinds.items() if kind in (None, name)
              for number, counts in grades.items() if grade in (None, number)]
    return [sum(counts[0] for counts in chosen), sum(counts[1] for counts in chosen)]


def share(counts):
    """The sum of [NG, all] over runs, as a cell."""
    ng, parts = (sum(of) for of in zip(*counts))
    return f'{ng} of {parts}' if parts else '–'


def kinds_of(runs, what):
    return sorted({kind for run in runs for kind in what(run)}, key=lambda name: rank(KINDS, name))


def grades_of(runs, what):
    found = {grade for run in runs for grades in what(run).values() for grade in grades}
    return [grade for grade in GRADES if grade in found]


def tables(runs, categories):
    """All tables of one set, teacher and modality; parts of all seeds together."""
    judged = [run for run in runs if 'verdicts' in run]
    for reason in sorted({f"{run['category']}: {run['no_verdicts']}" for run in runs if 'no_verdicts' in run}):
        print(f'\nNo verdicts: {reason}')
    if judged:
        verdict_tables(judged, [name for name in categories if any(run['category'] == name for run in judged)])
    outlined = [run for run in runs if 'regions' in run]
    if outlined:
        region_tables(outlined, [name for name in categories if any(run['category'] == name for run in outlined)])


def verdict_tables(runs, categories):
    def kinds(run, branch='combined'):
        return run['verdicts'][branch]['kinds']
    grades = grades_of(runs, kinds)
    print('\nNG parts of all categories and seeds, by the threshold of each branch alone; normal parts are false rejects:')
    rows = [['good parts', *(share([run['verdicts'][branch]['good'] for run in runs]) for branch in BRANCHES)],
            ['defects', *(share([total(kinds(run, branch)) for run in runs]) for branch in BRANCHES)]]
    rows += [[f'{grade} {GRADES[grade]}'.strip(), *(share([total(kinds(run, branch), grade=grade) for run in runs]) for branch in BRANCHES)]
             for grade in grades]
    rows += [[kind, *(share([total(kinds(run, branch), kind) for run in runs]) for branch in BRANCHES)]
             for kind in kinds_of(runs, kinds)]
    table(['NG of', *BRANCHES], rows)
    print('\nNG by the combined score, per kind and severity, and per category:')
    rows = [[kind, '', *(share([total(kinds(run), kind, grade) for run in runs]) for grade in (*grades, None))]
            for kind in kinds_of(runs, kinds)]
    for category in categories:
        of = [run for run in runs if run['category'] == category]
        rows.append([category, share([run['verdicts']['combined']['good'] for run in of]),
                     *(share([total(kinds(run), grade=grade) for run in of]) for grade in (*grades, None))])
    table(['', 'good parts', *(GRADES[grade] for grade in grades), 'defects'], rows)


def region_tables(runs, categories):
    def regions(run):
        return run['regions']

    def line(name, some, kind=None, grade=None):
        chosen = [counts for run in some for of, grades in regions(run).items() if kind in (None, of)
                  for number, counts in grades.items() if grade in (None, number)]
        parts, found, located, iou = (sum(counts[key] for counts in chosen) for key in ('parts', 'found', 'located', 'iou'))
        return [name, f'{found} of {parts}', f'{located} of {found}', f'{iou / located:.2f}' if located else '–']
    print('\nRegions of NG parts: located when they cover a pixel of the mask; IoU: intersection over union with the mask, mean over the '
          'located.')
    rows = [line('all', runs)]
    rows += [line(f'{grade} {GRADES[grade]}'.strip(), runs, grade=grade) for grade in grades_of(runs, regions)]
    rows += [line(kind, runs, kind) for kind in kinds_of(runs, regions)]
    rows += [line(category, [run for run in runs if run['category'] == category]) for category in categories]
    table(['parts with', 'NG', 'located', 'IoU'], rows)
