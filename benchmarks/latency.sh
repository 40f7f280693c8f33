#!/usr/bin/env bash
# Latency of trd4j beside PyTorch, ONNX Runtime and LibTorch's fused operators: same weights and inputs, alternating in one run.
#   benchmarks/latency.sh [--backbone NAME] [--rounds N] [--size S] [--passes K] [--threads T] [--groups LIST] [--sides LIST] [--reuse]
# Everything unless told otherwise: 10 rounds, S = 256, about half an hour on 2 cores, 23 GiB of memory with wide_resnet50_2.
# PYTHON=… chooses the interpreter (default: python3), which needs PyTorch and NumPy and may have ONNX Runtime. OUT=… writes to
# another folder than benchmarks/results. Run it on a machine that does nothing else.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/common.sh"

python=${PYTHON:-python3}
OPENBLAS_NUM_THREADS=1 "$python" -c 'import torch, numpy' 2>/dev/null \
  || fail "$python has no PyTorch with NumPy; set PYTHON to an interpreter that has"

build
folder=${OUT:-$results/latency}
new_folder "$folder"
environment "$folder/env.json" "${*:-defaults}"
"$python" "$here/reference/latency.py" --java "$java" ${java_options[@]+"${java_options[@]/#/--java-option=}"} --class-path "$class_path" --work "$here/target/latency" --out "$folder" "$@" \
  || { rm -rf "$folder"; fail "nothing was recorded"; }
echo "wrote $folder; the table in RESULTS.md: python3 benchmarks/table.py" >&2
