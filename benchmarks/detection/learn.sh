#!/usr/bin/env bash
# What learning that parts are OK does: trains a model with an NG limit, lets it learn parts of a new batch, harmless ones and planted
# bad ones, and counts false rejects, known defects and what the gate refuses.
#
#   benchmarks/detection/learn.sh OUT [--shape plate] [--seed 1] [--size 128] [--train-steps 150] [--steps 50] [--threads 2]
#
# README.md beside this file says what is measured. Results that OUT already holds are not computed again.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
[ $# -ge 1 ] && [[ $1 != -* ]] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
out=$1; shift
shape=plate seed=1 size=128 train_steps=150 steps=50 threads=2
while [ $# -gt 0 ]; do
  case $1 in
    --shape|--seed|--size|--train-steps|--steps|--threads)
      [ $# -ge 2 ] || { echo "learn.sh: $1 needs a value" >&2; exit 2; }
      name=${1#--}; declare "${name//-/_}=$2"; shift 2 ;;
    *) echo "learn.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
mkdir -p "$out"
out=$(cd "$out" && pwd)

source "$here/../common.sh"
built_or_named

draw() { # folder, numbers of parts; the list of defects is written last: with it the category is complete
  local folder=$1; shift
  [ ! -f "$folder/$shape/defects.csv" ] || return 0
  rm -rf "${folder:?}/$shape"
  run io.trd4j.cli.Main synth --out "$folder" --shape "$shape" --size 256 "$@" >/dev/null
}

draw "$out/data" --train 60 --validation 60 --good 20 --per-kind 10 --seed "$seed"
draw "$out/batch" --train 0 --validation 100 --good 0 --per-kind 4 --seed $((seed + 1000))
if [ ! -f "$out/$shape.calibrated" ]; then
  run io.trd4j.cli.Main train --data "$out/data/$shape" --out "$out/$shape.safetensors" --size "$size" --steps "$train_steps" \
    --align none --threads "$threads" --no-sensitivity
  run io.trd4j.cli.Main calibrate --model "$out/$shape.safetensors" --data "$out/data/$shape" --false-reject-rate 5% --device cpu \
    --precision fp32 --threads "$threads" --no-sensitivity
  touch "$out/$shape.calibrated"
fi
for kind in new-batch harmless planted; do
  # A measurement writes what it has after every case: the last one makes it complete.
  if [ ! -f "$out/$shape-$kind.json" ]; then
    run io.trd4j.learn.LearnMeasurement --model "$out/$shape.safetensors" --data "$out/data/$shape" --batch "$out/batch/$shape" \
      --kind "$kind" --out "$out/$shape-$kind.json.part" --steps "$steps" --threads "$threads"
    mv "$out/$shape-$kind.json.part" "$out/$shape-$kind.json"
  fi
done
python3 "$here/learn.py" "$out/$shape"-{new-batch,harmless,planted}.json | tee "$out/$shape.md"
