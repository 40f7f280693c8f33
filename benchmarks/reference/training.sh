#!/usr/bin/env bash
# Training throughput of trd4j against PyTorch eager: same network, weights, inputs and threads, alternating on one machine.
#   benchmarks/reference/training.sh [ROUNDS] [STEPS]     3 rounds of 6 timed steps unless told otherwise
# PYTHON=… chooses the interpreter whose PyTorch is measured (default: python3); THREADS=… the CPU threads (default: cores).
# Run it on a machine that does nothing else; how much others took is recorded with each run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../common.sh"

rounds=${1:-3} steps=${2:-6} warm_up=2
python=${PYTHON:-python3} threads=${THREADS:-$(getconf _NPROCESSORS_ONLN)}
configurations=("resnet18 128 8" "resnet18 256 4")
# PyTorch calls OpenBLAS where it was built with it, whose thread pool spins against PyTorch's own: one thread there is several
# times faster. trd4j does the same for its LibTorch.
export OPENBLAS_NUM_THREADS=1
"$python" -c 'import torch, numpy' 2>/dev/null || fail "$python has no PyTorch with NumPy; set PYTHON to an interpreter that has"

build
folder=$results/training
new_folder "$folder"
environment "$folder/env.json" "rounds $rounds, steps $steps, warm-up $warm_up, threads $threads"

trd4j() { # backbone size batch out
  "$java" ${java_options[@]+"${java_options[@]}"} -Xmx2g -cp "$class_path" io.trd4j.benchmarks.TrainingThroughput "$1" "$2" "$3" "$threads" "$warm_up" "$steps" "$4"
}
pytorch() { # backbone size batch out setting
  "$python" "$here/training.py" run "$1" "$2" "$3" "$threads" "$warm_up" "$steps" "$5" "$4"
}

for configuration in "${configurations[@]}"; do
  read -r backbone size batch <<<"$configuration"
  setting=$("$python" "$here/training.py" probe "$backbone" "$size" "$batch" "$threads")
  echo "$configuration: PyTorch is fastest with $setting" >&2
  for ((round = 1; round <= rounds; round++)); do
    name=$folder/$backbone-$size-batch$batch-round$round
    # Alternating order: what warms up or cools down during a round favours neither side.
    if ((round % 2)); then
      trd4j $configuration "$name-trd4j.json"
      pytorch $configuration "$name-pytorch.json" "$setting"
    else
      pytorch $configuration "$name-pytorch.json" "$setting"
      trd4j $configuration "$name-trd4j.json"
    fi
    "$python" "$here/training_ratio.py" check "$name-trd4j.json" "$name-pytorch.json"
  done
done
"$python" "$here/training_ratio.py" summary "$folder"
