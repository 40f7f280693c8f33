#!/usr/bin/env bash
# spill.sh KERNEL_TABLE NVCC INCLUDES FLAGS...: a kernel that spills must neither compile with the build's flags nor
# pass the table.
set -euo pipefail
table=$1 nvcc=$2 includes=$3
shift 3
source=$(dirname "${BASH_SOURCE[0]}")/spill.cu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compile() {
  bash "$table" compile "$nvcc" -std=c++17 -O3 -arch=sm_80 "-I$includes" "$@" -c "$source" -o "$folder/spill.o" \
    2>"$folder/said"
}
fail() { echo "FAILED: $1"; if [ $# -gt 1 ]; then cat "$2"; fi; exit 1; }

if compile "$@"; then fail "a kernel that spills was compiled"; fi
grep -a -q 'Registers are spilled' "$folder/said" || fail "it was refused for another reason:" "$folder/said"
compile -Xptxas=--verbose || fail "it does not compile at all:" "$folder/said"
if bash "$table" table "$folder/kernels.txt" "$folder/spill.o" 2>"$folder/said"; then fail "the table accepts a spill"; fi
grep -q 'spills registers: sm_80 .* spills' "$folder/said" || fail "the table says:" "$folder/said"
echo "a spill fails the build"
