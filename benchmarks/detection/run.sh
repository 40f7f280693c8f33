#!/usr/bin/env bash
# How well teachers detect: trains and evaluates TRD on synthetic categories, and judges the results by targets.
#
#   benchmarks/detection/run.sh OUT [--teachers "random FILE …"] [--modalities "depth normals"] [--seeds "1 2 3"]
#     [--shapes "cookie plate ring rope cloth"] [--train 60] [--validation 20] [--good 20] [--per-kind 10]
#     [--size 128] [--epochs 30] [--train-args "--batch 8"] [--device DEVICE] [--jobs 1] [--threads N]
#
# README.md beside this file says what is written and what the environment variables TRD and TRD_COMMIT are for.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
source "$here/../common.sh"
[ $# -ge 1 ] && [[ $1 != -* ]] || { sed -n '4,6s/^# *//p' "$0" >&2; exit 2; }
out=$1; shift
teachers='random embedded' modalities='depth normals' seeds='1 2 3' shapes='cookie plate ring rope cloth'
train=60 validation=20 good=20 per_kind=10 size=128 epochs=30 train_args='--batch 8' device='' jobs=1 threads=''
while [ $# -gt 0 ]; do
  case $1 in
    --teachers|--modalities|--seeds|--shapes|--train|--validation|--good|--per-kind|--size|--epochs|--train-args|--device|--jobs|--threads)
      [ $# -ge 2 ] || { echo "run.sh: $1 needs a value" >&2; exit 2; }
      name=${1#--}; declare "${name//-/_}=$2"; shift 2 ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || { echo "run.sh: --jobs must be a positive number, not $jobs" >&2; exit 2; }
if [ -z "$threads" ]; then threads=$(($(nproc) / jobs)); [ "$threads" -ge 1 ] || threads=1; fi
if [ -n "${TRD:-}" ]; then read -ra trd <<<"$TRD"; else trd=("$root/trd"); fi
read -ra train_options <<<"--size $size --epochs $epochs $train_args${device:+ --device $device}"
commit=${TRD_COMMIT:-$(measured_commit 2>/dev/null || true)}

label() { basename "$(basename "$1" .safetensors)" .pth; }

names=$(for teacher in $teachers; do label "$teacher"; done)
twice=$(sort <<<"$names" | uniq -d)
[ -z "$twice" ] || { echo "run.sh: two teachers are called" $twice "; rename a file" >&2; exit 2; }

# Runs of different settings do not belong into one table.
mkdir -p "$out"
settings=$(printf '%s\n' "train=$train" "validation=$validation" "good=$good" "per_kind=$per_kind" "size=$size" "epochs=$epochs" \
  "train_args=$train_args")
if [ -f "$out/settings.txt" ] && [ "$settings" != "$(cat "$out/settings.txt")" ]; then
  echo "run.sh: $out holds runs of other settings ($(tr '\n' ' ' <"$out/settings.txt")); choose another folder" >&2; exit 2
fi
echo "$settings" >"$out/settings.txt"

# Builds what is not built before many processes would do it, and ends here when the launcher is not there.
"${trd[@]}" --version >/dev/null || { echo "run.sh: ${trd[*]} --version failed; TRD names the launcher" >&2; exit 2; }

# Every job is a process group of its own, so that what it started ends with it when this script is interrupted.
set -m
stop() { local group; for group in $(jobs -p); do kill -- "-$group" 2>/dev/null || true; done; exit 130; }
trap stop INT TERM HUP

in_parallel() { # function; its arguments, a call a line, from standard input (no pipe: its subshell would own the jobs)
  local call running
  while read -ra call; do
    while running=($(jobs -rp)); [ "${#running[@]}" -ge "$jobs" ]; do wait -n || true; done
    "$1" "${call[@]}" </dev/null &
  done
  wait
}

draw() { # shape seed. The list of defects is written last: with it the category is complete.
  local folder=$out/data/$2/$1
  [ ! -f "$folder/defects.csv" ] || return 0
  rm -rf "$folder"
  mkdir -p "$out/data/$2"
  "${trd[@]}" synth --out "$out/data/$2" --shape "$1" --train "$train" --validation "$validation" --good "$good" \
    --per-kind "$per_kind" --size 256 --seed "$2" >"$folder.log" 2>&1
}

run_folder() { echo "$out/runs/$(label "$1")/$2/$3/$4"; }

one_run() { # teacher modality shape seed. run.json is written last: with it the run is complete.
  local data=$out/data/$4/$3 run start; run=$(run_folder "$@")
  [ ! -f "$run/run.json" ] || return 0
  mkdir -p "$run"
  if [ ! -f "$data/defects.csv" ]; then cp "$data.log" "$run/log.txt"; return 1; fi
  local sees=(--modality "$2")
  [ "$2" != metric ] || sees=(--geometry metric)
  local options=(--teacher "$1" "${sees[@]}" "${train_options[@]}" --seed "$4")
  if [ ! -f "$run/model.safetensors" ]; then
    "${trd[@]}" train --data "$data" --out "$run/model.safetensors" "${options[@]}" --threads "$threads" --resume --state-every 600 \
      >"$run/log.txt" 2>&1
  fi
  start=$(date +%s)
  # Always the same arithmetic, wherever it was trained.
  "${trd[@]}" evaluate --model "$run/model.safetensors" --data "$data" --out "$run" --device cpu --precision fp32 --threads "$threads" \
    >>"$run/log.txt" 2>&1
  options[1]=$(basename "$1") # where the file lay says nothing elsewhere
  python3 "$here/record.py" "$run" "$data" "teacher=$(label "$1")" "modality=$2" "category=$3" "seed=$4" "commit=${commit:-unknown}" \
    "command=trd train ${options[*]}" "evaluate_seconds=$(($(date +%s) - start))" >>"$run/log.txt" 2>&1
  rm "$run/model.safetensors"
  echo "done: $(label "$1") $2 $3 seed $4" >&2
}

wanted() { # teacher modality shape seed, a line each: whole seeds first, as a table needs them
  local teacher modality shape seed
  for seed in $seeds; do for shape in $shapes; do for teacher in $teachers; do for modality in $modalities; do
    echo "$teacher $modality $shape $seed"
  done; done; done; done
}

in_parallel draw < <(for seed in $seeds; do for shape in $shapes; do echo "$shape $seed"; done; done)
in_parallel one_run < <(wanted)

failed=0
while read -ra call; do
  run=$(run_folder "${call[@]}")
  if [ ! -f "$run/run.json" ]; then
    failed=$((failed + 1))
    echo "run.sh: failed: $(label "${call[0]}") ${call[1]} ${call[2]} seed ${call[3]}: $(tail -n 1 "$run/log.txt" 2>/dev/null)" >&2
  fi
done < <(wanted)
python3 "$here/table.py" "$out" >"$out/table.md.tmp" && mv "$out/table.md.tmp" "$out/table.md"
cat "$out/table.md"
if [ "$failed" -gt 0 ]; then
  echo "run.sh: $failed of $(wanted | wc -l) runs failed, the logs are $out/runs/…/log.txt; the same command tries them again" >&2
  exit 1
fi
