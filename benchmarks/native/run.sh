#!/usr/bin/env bash
# Times libtrd's CUDA kernels on this machine's GPU: configures, builds and runs trd-kernels. Needs nvcc, CMake and a
# C++ compiler.
#   benchmarks/native/run.sh OUT_DIR [ARGUMENTS OF trd-kernels...]
# OUT_DIR gets kernels.json (device, commit, flags, rows), kernels.txt (the table) and build/. It must not hold results
# already.
# TRD_CUDA_ARCHITECTURES="90" in the environment compiles for one kind of device; TRD_COMMIT names the commit where
# there is no git.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() { echo "run.sh: $1" >&2; exit 2; }

[ $# -ge 1 ] || fail 'usage: benchmarks/native/run.sh OUT_DIR [ARGUMENTS OF trd-kernels...]'
mkdir -p "$1" || fail "$1 cannot be made"
out=$(cd "$1" && pwd); shift
[ ! -e "$out/kernels.json" ] || fail "$out/kernels.json exists; results are never overwritten (choose another folder)"
for tool in cmake c++; do command -v "$tool" >/dev/null || fail "there is no $tool in the PATH"; done

# The last commit that changed what is measured.
commit=${TRD_COMMIT:-}
if [ -z "$commit" ]; then
  commit=$(git -C "$here" log -1 --format=%h -- ../../native . 2>/dev/null) || commit=''
  [ -z "$commit" ] || [ -z "$(git -C "$here" status --porcelain -- ../../native . 2>/dev/null)" ] || commit+=-dirty
fi

options=()
[ -z "${TRD_CUDA_ARCHITECTURES:-}" ] || options+=(-DTRD_CUDA_ARCHITECTURES="${TRD_CUDA_ARCHITECTURES// /;}")
mkdir -p "$out/build"
cores=${CMAKE_BUILD_PARALLEL_LEVEL:-$(getconf _NPROCESSORS_ONLN)}
build() { cmake -S "$here" -B "$out/build" "${options[@]}" && cmake --build "$out/build" --parallel "$cores"; }
build >"$out/build.log" 2>&1 || {
  tail -n 20 "$out/build.log" >&2
  echo "run.sh: the kernels cannot be built; all of the log is $out/build.log" >&2
  exit 1
}
code=0
"$out/build/trd-kernels" --json "$out/kernels.json" --commit "${commit:-unknown}" --flags "$*" "$@" \
  >"$out/kernels.txt" || code=$?
cat "$out/kernels.txt"
exit $code
