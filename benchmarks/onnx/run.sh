#!/usr/bin/env bash
# Exported graphs beside trd: verdicts and scores of all test parts of synthetic categories, in ONNX Runtime from Java and Python.
#
#   benchmarks/onnx/run.sh OUT [--categories "cookie:metric plate:depth"] [--train 24] [--validation 29] [--test 28]
#     [--size 128] [--epochs 20]
#
# README.md beside this file says what is written. PYTHON names a Python with the packages of verdicts.py; TRD a launcher of trd,
# CLASSPATH the classes of the benchmarks with it.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
source "$here/../common.sh"
usage() { sed -n '4,5s/^# *//p' "$0" >&2; exit 2; }
[ $# -ge 1 ] && [[ $1 != -* ]] || usage
out=$1; shift
categories='cookie:metric plate:depth' train=24 validation=29 test=28 size=128 epochs=20
flags=$*
while [ $# -gt 0 ]; do
  case $1 in
    --categories|--train|--validation|--test|--size|--epochs) [ $# -ge 2 ] || usage; declare "${1#--}=$2"; shift 2 ;;
    *) usage ;;
  esac
done
python=${PYTHON:-python3}
"$python" -c 'import cv2, numpy, onnx, onnxruntime, tifffile' || fail "$python lacks a package; PYTHON names another Python"
if [ -n "${TRD:-}" ]; then read -ra trd <<<"$TRD"; else trd=("$root/trd"); fi
built_or_named
commit=${TRD_COMMIT:-$(measured_commit)}
new_folder "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
environment "$out/env.json" "$flags"
cd "$work"
for category in $categories; do
  name=${category%%:*}
  case ${category#*:} in
    metric) geometry=() ;;
    depth|normals) geometry=(--geometry reference --modality "${category#*:}") ;;
    *) fail "$category: a category is SHAPE:metric, SHAPE:depth or SHAPE:normals" ;;
  esac
  "${trd[@]}" synth --out . --shape "$name" --train "$train" --validation "$validation" --test "$test"
  "${trd[@]}" train --data "$name" --out "$name.safetensors" --teacher embedded --backbone resnet18 --size "$size" --align none \
    --batch 8 --epochs "$epochs" --no-sensitivity --device cpu ${geometry[@]+"${geometry[@]}"}
  "${trd[@]}" calibrate --model "$name.safetensors" --data "$name" --false-reject-rate 10% --review-rate 20% --no-sensitivity \
    --precision fp32 --device cpu
  "${trd[@]}" inspect --model "$name.safetensors" --data "$name" --json "$name.jsonl" --precision fp32 --device cpu
  # Of one model, so that every graph has its own name.
  graphs=()
  for precision in fp32 fp16 int8; do
    graph=$name-${category#*:}-$precision.onnx
    run io.trd4j.benchmarks.OnnxVerdicts "$name.safetensors" "$name" "$precision" "$graph" >>"$out/java.jsonl"
    graphs+=("$graph")
  done
  prepared=$name-${category#*:}-prepared.onnx
  "${trd[@]}" export --model "$name.safetensors" --to onnx --data "$name" --out "$prepared"
  "$python" -c 'import sys; sys.path.insert(0, sys.argv[1]); import verdicts; print(sys.argv[2], verdicts.checked(sys.argv[2]))' \
    "$here" "$prepared" >>"$out/checker.txt"
  "$python" "$here/verdicts.py" "$name.jsonl" "${graphs[@]}" --check --json "$out/python-$name.json" | tee "$out/python-$name.txt"
done
