#!/usr/bin/env bash
# What each part of the method is worth: trains and evaluates TRD without it, with every teacher on synthetic categories, then says
# which of the paper's claims hold.
#
#   benchmarks/detection/ablations.sh OUT --teachers "random FILE …" [--modalities normals] [--seeds "1 2 3"]
#     [--shapes "cookie plate ring rope cloth"] [--train 60] [--validation 20] [--good 20] [--per-kind 10]
#     [--size 128] [--epochs 30] [--normal-kernel 5] [--device auto]
#     [--threads 0] [--variants full,no-filter,no-amplifier,independent,fused,rgb-only,second-only]
#
# The categories are run.sh's, made where OUT does not hold them yet. What OUT already holds is not computed again, so an interrupted
# run continues. CLASSPATH names built classes (this project's, the benchmarks' and all they need) where building is not wanted.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
[ $# -ge 1 ] && [[ $1 != -* ]] || { sed -n '5,8s/^# *//p' "$0" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd); shift
teachers=random modalities=normals seeds='1 2 3' shapes='cookie plate ring rope cloth'
train=60 validation=20 good=20 per_kind=10 size=128 epochs=30 normal_kernel=5 device=auto threads=0
variants=full,no-filter,no-amplifier,independent,fused,rgb-only,second-only
while [ $# -gt 0 ]; do
  case $1 in
    --teachers|--modalities|--seeds|--shapes|--train|--validation|--good|--per-kind|--size|--epochs|--normal-kernel|--device|--threads|--variants)
      [ $# -ge 2 ] || { echo "ablations.sh: $1 needs a value" >&2; exit 2; }
      name=${1#--}; declare "${name//-/_}=$2"; shift 2 ;;
    *) echo "ablations.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

source "$here/../common.sh"
built_or_named

for seed in $seeds; do
  for shape in $shapes; do
    data=$out/data/$seed/$shape
    # The list of defects is written last: with it the category is complete.
    if [ ! -f "$data/defects.csv" ]; then
      rm -rf "$data"
      run io.trd4j.cli.Main synth --out "$out/data/$seed" --shape "$shape" --train "$train" --validation "$validation" --good "$good" \
        --per-kind "$per_kind" --size 256 --seed "$seed" >/dev/null
    fi
    for teacher in $teachers; do
      for modality in $modalities; do
        run io.trd4j.benchmarks.detection.Ablations --data "$data" --runs "$out/ablations" --teacher "$teacher" --modality "$modality" \
          --size "$size" --normal-kernel "$normal_kernel" --batch 8 --epochs "$epochs" --seed "$seed" --threads "$threads" --device "$device" --variants "$variants"
      done
    done
  done
done
python3 "$here/claims.py" "$out/ablations" | tee "$out/ablations.md"
