"""Writes the state-dict lists that the Java network is compared with: one line per tensor, its name and its dimensions.

    python3 state_dicts.py ../../tests/fixtures/state-dict
"""
import os
import sys

from trd_reference import ARCH, Student, Teacher

for arch in ARCH:
    with open(os.path.join(sys.argv[1], arch + '.txt'), 'w') as out:
        for prefix, network in (('teacher', Teacher(arch)), ('student', Student(arch))):
            for name, tensor in network.state_dict().items():
                print(' '.join([prefix + '.' + name] + [str(d) for d in tensor.shape]), file=out)
