#!/usr/bin/env bash
# Installs the jar, runs the JMH benchmarks on it and records raw results and environment in a folder of their own.
#   benchmarks/run.sh [JMH options]          all benchmarks, JMH's options as given
#   benchmarks/run.sh -f 1 -wi 3 -i 5 Ops    a short look at the ops
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build
new_folder "$results/jmh"
environment "$results/jmh/env.json" "${*:-JMH defaults}"
"$java" ${java_options[@]+"${java_options[@]}"} -cp "$class_path" org.openjdk.jmh.Main -rf json -rff "$results/jmh/results.json" "$@" | tee "$results/jmh/log.txt"
echo "load average after the run: $(load_now)" >>"$results/jmh/log.txt"
echo "wrote $results/jmh; the table in RESULTS.md: python3 benchmarks/table.py" >&2
