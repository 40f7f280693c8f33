#!/usr/bin/env bash
# How well a teacher detects: trains and evaluates TRD on synthetic categories with each teacher, and prints one table.
#
#   benchmarks/detection/run.sh OUT --teachers "random FILE …" [--shapes "cookie plate ring rope"] [--modalities normals]
#                               [--seeds "1 2 3"] [--train 40] [--validation 10] [--test 90] [--epochs 30] [--threads 0]
#
# A seed is that of the parts and of the students' initial weights alike. What OUT already holds is not computed again, so an
# interrupted run continues. TRD names the launcher when it is not the one of this repository.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
trd=${TRD:-$here/../../trd}
[ $# -ge 1 ] && [[ $1 != -* ]] || { sed -n '4,5s/^# *//p' "$0" >&2; exit 2; }
out=$1; shift
teachers=random shapes='cookie plate ring rope' modalities=normals seeds='1 2 3' train=40 validation=10 test=90 epochs=30 threads=0
while [ $# -gt 0 ]; do
  case $1 in
    --teachers|--shapes|--modalities|--seeds|--train|--validation|--test|--epochs|--threads) declare "${1#--}=${2:?$1 needs a value}"; shift 2 ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

for seed in $seeds; do
  for shape in $shapes; do
    data=$out/data/$seed/$shape
    [ -d "$data" ] || "$trd" synth --out "$out/data/$seed" --shape "$shape" --train "$train" --validation "$validation" \
      --test "$test" --size 256 --seed "$seed" >/dev/null
    for teacher in $teachers; do
      name=$(basename "$teacher" .safetensors)
      for modality in $modalities; do
        run=$out/runs/$name/$modality/$shape/$seed
        [ -f "$run/metrics.json" ] && continue
        mkdir -p "$run"
        start=$(date +%s)
        "$trd" train --data "$data" --out "$run/model.safetensors" --teacher "$teacher" --modality "$modality" --size 128 \
          --batch 8 --epochs "$epochs" --seed "$seed" --threads "$threads" --state-every 100000 >"$run/train.txt" 2>&1
        "$trd" evaluate --model "$run/model.safetensors" --data "$data" --out "$run" --precision fp32 --threads "$threads" \
          >"$run/evaluate.txt" 2>&1
        rm "$run/model.safetensors"
        echo $(($(date +%s) - start)) >"$run/seconds.txt"
        echo "$name $modality $shape seed $seed: $(cat "$run/seconds.txt") s" >&2
      done
    done
  done
done
python3 "$here/table.py" "$out/runs"
