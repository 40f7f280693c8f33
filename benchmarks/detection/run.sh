#!/usr/bin/env bash
# How well teachers detect: trains and evaluates TRD on synthetic categories, standard and hard, and on folders of real data, and judges
# the results by targets.
#
#   benchmarks/detection/run.sh OUT [--teachers "random FILE …"] [--modalities "depth normals"] [--seeds "1 2 3"]
#     [--difficulties "standard hard"] [--shapes "cookie plate ring rope cloth"] [--data CATEGORY …]
#     [--train 60] [--validation 60] [--good 20] [--per-kind 10] [--size 128] [--epochs 30] [--train-args "--batch 8"]
#     [--false-reject-rate 5%] [--regions yes] [--device DEVICE] [--jobs 1] [--threads N]
#
# README.md beside this file says what is written and what the environment variables TRD, TRD_COMMIT and CLASSPATH are for.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
source "$here/../common.sh"
[ $# -ge 1 ] && [[ $1 != -* ]] || { sed -n '5,8s/^# *//p' "$0" >&2; exit 2; }
out=$1; shift
teachers='random embedded' modalities='depth normals' seeds='1 2 3' shapes='cookie plate ring rope cloth'
difficulties='standard hard' data=() train=60 validation=60 good=20 per_kind=10 size=128 epochs=30 train_args='--batch 8'
false_reject_rate=5% regions=yes device='' jobs=1 threads=''
while [ $# -gt 0 ]; do
  case $1 in
    --data)
      [ $# -ge 2 ] || { echo "run.sh: $1 needs a value" >&2; exit 2; }
      [ -d "$2" ] || { echo "run.sh: --data $2 is not a folder; give that of one category" >&2; exit 2; }
      data+=("$(cd "$2" && pwd)"); shift 2 ;;
    --teachers|--modalities|--seeds|--difficulties|--shapes|--train|--validation|--good|--per-kind|--size|--epochs|--train-args|\
    --false-reject-rate|--regions|--device|--jobs|--threads)
      [ $# -ge 2 ] || { echo "run.sh: $1 needs a value" >&2; exit 2; }
      name=${1#--}; declare "${name//-/_}=$2"; shift 2 ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || { echo "run.sh: --jobs must be a positive number, not $jobs" >&2; exit 2; }
[[ $regions == yes || $regions == no ]] || { echo "run.sh: --regions must be yes or no, not $regions" >&2; exit 2; }
if [ -z "$threads" ]; then threads=$(($(nproc) / jobs)); [ "$threads" -ge 1 ] || threads=1; fi
if [ -n "${TRD:-}" ]; then read -ra trd <<<"$TRD"; else trd=("$root/trd"); fi
read -ra train_options <<<"--size $size --epochs $epochs $train_args${device:+ --device $device}"

label() { basename "$(basename "$1" .safetensors)" .pth; }

names=$(for teacher in $teachers; do label "$teacher"; done)
twice=$(sort <<<"$names" | uniq -d)
[ -z "$twice" ] || { echo "run.sh: two teachers are called" $twice "; rename a file" >&2; exit 2; }

# Of every category by name: the set it belongs to, and its folder or, where it is drawn, its shape.
declare -A set_of source_of
categories=()
category() { # name set source
  if [ -n "${set_of[$1]:-}" ]; then echo "run.sh: two categories are called $1; rename a folder" >&2; exit 2; fi
  [[ $1 =~ ^[A-Za-z0-9._-]+$ ]] || { echo "run.sh: a category's name has letters, digits, ., _ and -, not '$1'; rename it" >&2; exit 2; }
  set_of[$1]=$2 source_of[$1]=$3
  categories+=("$1")
}
for difficulty in $difficulties; do
  case $difficulty in
    standard) suffix='' ;;
    hard) suffix=-hard ;;
    *) echo "run.sh: --difficulties are standard and hard, not $difficulty" >&2; exit 2 ;;
  esac
  for shape in $shapes; do category "$shape$suffix" "$difficulty" "$shape"; done
done
for folder in ${data[@]+"${data[@]}"}; do category "$(basename "$folder")" data "$folder"; done

# Runs of different settings do not belong into one table.
mkdir -p "$out"
settings=$(printf '%s\n' "train=$train" "validation=$validation" "good=$good" "per_kind=$per_kind" "size=$size" "epochs=$epochs" \
  "train_args=$train_args" "false_reject_rate=$false_reject_rate" "regions=$regions")
if [ -f "$out/settings.txt" ] && [ "$settings" != "$(cat "$out/settings.txt")" ]; then
  echo "run.sh: $out holds runs of other settings ($(tr '\n' ' ' <"$out/settings.txt")); choose another folder" >&2; exit 2
fi
echo "$settings" >"$out/settings.txt"

# Builds what is not built before many processes would do it, and ends here when the launcher is not there.
"${trd[@]}" --version >/dev/null || { echo "run.sh: ${trd[*]} --version failed; TRD names the launcher" >&2; exit 2; }

if [ "$regions" = yes ]; then built_or_named; fi
commit=${TRD_COMMIT:-$(measured_commit 2>/dev/null || true)}

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

data_of() { # category seed
  if [ "${set_of[$1]}" = data ]; then echo "${source_of[$1]}"; else echo "$out/data/$2/$1"; fi
}

draw() { # category seed. The list of defects is written last: with it the category is complete.
  local folder; folder=$(data_of "$1" "$2")
  [ ! -f "$folder/defects.csv" ] || return 0
  rm -rf "$folder"
  mkdir -p "$out/data/$2"
  "${trd[@]}" synth --out "$out/data/$2" --shape "${source_of[$1]}" --difficulty "${set_of[$1]}" --category "$1" --train "$train" \
    --validation "$validation" --good "$good" --per-kind "$per_kind" --size 256 --seed "$2" >"$folder.log" 2>&1
}

run_folder() { echo "$out/runs/$(label "$1")/$2/$3/$4"; }

# Thresholds that normal validation parts give, of each branch alone, in the arithmetic of the evaluation. Without enough such parts there
# are none, and the reason is left in no-thresholds.txt.
thresholds() { # run data; sets the model's, and measures the regions by the combined one's alone
  local run=$1 data=$2 branch code reason
  rm -f "$run/no-thresholds.txt" "$run/regions.csv"
  # Those that an interrupted call has left.
  "${trd[@]}" threshold --model "$run/model.safetensors" --clear >>"$run/log.txt" 2>&1 || return 1
  for branch in combined rgb depth; do
    code=0
    "${trd[@]}" calibrate --model "$run/model.safetensors" --data "$data" --false-reject-rate "$false_reject_rate" --branch "$branch" \
      --device cpu --precision fp32 --threads "$threads" >"$run/calibrate.txt" 2>&1 || code=$?
    cat "$run/calibrate.txt" >>"$run/log.txt"
    if [ "$code" = 2 ] && [ "$branch" = combined ]; then
      reason=$(tail -n 1 "$run/calibrate.txt")
      echo "${reason//"$data"/$(basename "$data")}" >"$run/no-thresholds.txt"
      return 0
    fi
    [ "$code" = 0 ] || return 1
    if [ "$branch" = combined ] && [ "$regions" = yes ]; then
      run io.trd4j.benchmarks.detection.RegionMeasurement --model "$run/model.safetensors" --data "$data" --out "$run/regions.csv" \
        --device cpu --precision fp32 --threads "$threads" >>"$run/log.txt" 2>&1 || return 1
    fi
  done
}

one_run() { # teacher modality category seed. run.json is written last: with it the run is complete.
  local data run start facts; data=$(data_of "$3" "$4"); run=$(run_folder "$@")
  [ ! -f "$run/run.json" ] || return 0
  mkdir -p "$run"
  if [ "${set_of[$3]}" != data ] && [ ! -f "$data/defects.csv" ]; then cp "$data.log" "$run/log.txt"; return 1; fi
  local sees=(--modality "$2")
  [ "$2" != metric ] || sees=(--geometry metric)
  local options=(--teacher "$1" "${sees[@]}" "${train_options[@]}" --seed "$4")
  if [ ! -f "$run/model.safetensors" ]; then
    "${trd[@]}" train --data "$data" --out "$run/model.safetensors" "${options[@]}" --threads "$threads" \
      --no-sensitivity --resume --state-every 600 >"$run/log.txt" 2>&1
  fi
  start=$(date +%s)
  # Always the same arithmetic, wherever it was trained.
  "${trd[@]}" evaluate --model "$run/model.safetensors" --data "$data" --out "$run" --device cpu --precision fp32 --threads "$threads" \
    >>"$run/log.txt" 2>&1
  thresholds "$run" "$data" || return 1
  options[1]=$(basename "$1") # where the file lay says nothing elsewhere
  facts=("set=${set_of[$3]}" "teacher=$(label "$1")" "modality=$2" "category=$3" "seed=$4" "commit=${commit:-unknown}"
    "command=trd train ${options[*]}" "evaluate_seconds=$(($(date +%s) - start))")
  if [ -f "$run/no-thresholds.txt" ]; then facts+=("no_thresholds=$(cat "$run/no-thresholds.txt")"); fi
  python3 "$here/record.py" "$run" "$data" "${facts[@]}" >>"$run/log.txt" 2>&1
  rm -f "$run/model.safetensors" "$run/calibrate.txt" "$run/no-thresholds.txt"
  echo "done: $(label "$1") $2 $3 seed $4" >&2
}

wanted() { # teacher modality category seed, a line each: whole seeds first, as a table needs them
  local teacher modality category seed
  for seed in $seeds; do for category in ${categories[@]+"${categories[@]}"}; do
    for teacher in $teachers; do for modality in $modalities; do echo "$teacher $modality $category $seed"; done; done
  done; done
}

drawn() { # category seed, a line each
  local category seed
  for seed in $seeds; do for category in ${categories[@]+"${categories[@]}"}; do
    if [ "${set_of[$category]}" != data ]; then echo "$category $seed"; fi
  done; done
}

in_parallel draw < <(drawn)
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
