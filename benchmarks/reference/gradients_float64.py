"""Writes the gradients of the golden training file's first step, computed in double precision.

    python3 gradients_float64.py ../../tests/fixtures/golden/train-resnet18-64-float64.json

In float32 a single ReLU near zero may fall on the other side, which moves the gradient of a small BatchNorm bias by more
than a part in a thousand: the float32 golden file itself differs from these by up to 1.7e-3 in two of its tensors.
"""
import json
import sys

import torch
from generated import fill, images
from trd_reference import Student, Teacher, student_loss

N, SIZE, ARCH = 4, 64, 'resnet18'
teacher, students = Teacher(ARCH).eval(), {'rgb': Student(ARCH), 'depth': Student(ARCH)}
fill('teacher', teacher)
inputs = {}
for branch, student in students.items():
    fill('student_' + branch, student)
    student.train().double()
    inputs[branch] = images(f'train.{branch}.0', N, SIZE).double()
teacher.double()
norms = {}
with torch.no_grad():
    features = {branch: teacher(x) for branch, x in inputs.items()}
for k, (own, other) in enumerate((('rgb', 'depth'), ('depth', 'rgb'))):
    student_loss(students[own](features[own], features[other]), features[own]).backward()
    for name, parameter in students[own].named_parameters():
        norms[f'grad.{k}.{name}'] = float(parameter.grad.norm())
with open(sys.argv[1], 'w') as out:
    json.dump(norms, out, indent=0, sort_keys=True)
