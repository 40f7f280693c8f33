"""Tables and cells that the detection benchmark's scripts print, as Markdown. Standard library only."""
import statistics

BRANCHES = ('combined', 'rgb', 'second')


def rank(order, name):
    """A sort key: names of `order` first, in its order, then the others by name."""
    return (order.index(name) if name in order else len(order), name)


def cell(values):
    """A mean over seeds, ± their standard deviation."""
    if not values:
        return '–'
    return f'{statistics.fmean(values):.3f}' + (f' ±{statistics.stdev(values):.3f}' if len(values) > 1 else '')


def table(head, rows):
    print()
    print('| ' + ' | '.join(head) + ' |')
    print('|' + '---|' * len(head))
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')
