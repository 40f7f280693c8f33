#!/usr/bin/env bash
# spill.sh KERNEL_TABLE NVCC INCLUDES FLAGS...: a kernel that spills must neither compile with the build's flags nor
# pass the table.
set -euo pipefail
table=$1 nvcc=$2 includes=$3
shift 3
source=$(dirname "${BASH_SOURCE[0]}")/spill.cu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compile() { bash "$table" compile "$nvcc" -std=c++17 -O3 -arch=sm_80 "-I$includes" "$@" -c "$source" -o "$folder/spill.o" 2>"$folder/said"; }

if compile "$@"; then echo "FAILED: a kernel that spills was compiled"; exit 1; fi
grep -a -q 'Registers are spilled' "$folder/said" || { echo "FAILED: it was refused for another reason:"; cat "$folder/said"; exit 1; }
compile -Xptxas=--verbose || { echo "FAILED: it does not compile at all:"; cat "$folder/said"; exit 1; }
if bash "$table" table "$folder/kernels.txt" "$folder/spill.o" 2>"$folder/said"; then echo "FAILED: the table accepts a spill"; exit 1; fi
grep -q 'spills registers: sm_80 .* spills' "$folder/said" || { echo "FAILED: the table says:"; cat "$folder/said"; exit 1; }
echo "a spill fails the build"
