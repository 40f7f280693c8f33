#!/usr/bin/env bash
# How well regions measure defects: trains models with thresholds and compares the regions of defective parts with their masks.
#
#   benchmarks/detection/regions.sh OUT [--shapes "cookie plate ring rope cloth"] [--data "CATEGORY …"] [--seeds "1 2 3"]
#     [--teacher embedded] [--size 128] [--epochs 16] [--per-kind 6] [--threads N]
#
# README.md beside this file says what is measured. Results that OUT already holds are not computed again.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
[ $# -ge 1 ] && [[ $1 != -* ]] || { sed -n '4,5s/^# *//p' "$0" >&2; exit 2; }
out=$1; shift
shapes='cookie plate ring rope cloth' data='' seeds='1 2 3' teacher=embedded size=128 epochs=16 per_kind=6 threads=$(nproc)
while [ $# -gt 0 ]; do
  case $1 in
    --shapes|--data|--seeds|--teacher|--size|--epochs|--per-kind|--threads)
      [ $# -ge 2 ] || { echo "regions.sh: $1 needs a value" >&2; exit 2; }
      name=${1#--}; declare "${name//-/_}=$2"; shift 2 ;;
    *) echo "regions.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
mkdir -p "$out"
out=$(cd "$out" && pwd)

source "$here/../common.sh"
built_or_named

measure() { # category seed
  local category=$1 seed=$2 run=$out/runs/$(basename "$1")/$2
  [ ! -f "$run/regions.csv" ] || return 0
  mkdir -p "$run"
  if [ ! -f "$run/calibrated" ]; then
    run io.trd4j.cli.Main train --data "$category" --out "$run/model.safetensors" --teacher "$teacher" --size "$size" --batch 8 \
      --epochs "$epochs" --seed "$seed" --threads "$threads" --resume >"$run/log.txt" 2>&1
    run io.trd4j.cli.Main calibrate --model "$run/model.safetensors" --data "$category" --false-reject-rate 5% \
      --threads "$threads" >>"$run/log.txt" 2>&1
    touch "$run/calibrated"
  fi
  run io.trd4j.benchmarks.detection.RegionMeasurement --model "$run/model.safetensors" --data "$category" \
    --out "$run/regions.csv" >>"$run/log.txt" 2>&1
  rm "$run/model.safetensors" "$run/calibrated"
  echo "done: $(basename "$category") seed $seed" >&2
}

for seed in $seeds; do
  for shape in $shapes; do
    # The list of defects is written last: with it the category is complete.
    if [ ! -f "$out/data/$seed/$shape/defects.csv" ]; then
      rm -rf "$out/data/$seed/$shape"
      run io.trd4j.cli.Main synth --out "$out/data/$seed" --shape "$shape" --train 40 --validation 60 --good 10 \
        --per-kind "$per_kind" --size 256 --seed "$seed" >/dev/null
    fi
    measure "$out/data/$seed/$shape" "$seed"
  done
  for category in $data; do measure "$category" "$seed"; done
done
python3 "$here/regions.py" "$out" | tee "$out/regions.md"
