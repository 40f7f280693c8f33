#!/usr/bin/env bash
# Runs NVIDIA's compute-sanitizer over the native tests that use CUDA, on a GPU: memcheck, racecheck, synccheck,
# initcheck.
#   tests/native/sanitize.sh BUILD_DIR [TEST...]
# BUILD_DIR is that of `cmake -S native -B BUILD_DIR && cmake --build BUILD_DIR`.
# Logs are in BUILD_DIR/sanitize. Exit codes: 0 nothing was found, 1 something was, 2 something is missing.
# TRD_SANITIZE_TOOLS="memcheck racecheck" runs fewer of them.
set -euo pipefail
fail() { echo "sanitize.sh: $1" >&2; exit 2; }

[ $# -ge 1 ] || fail 'usage: tests/native/sanitize.sh BUILD_DIR [TEST...]'
[ -d "$1" ] || fail "$1 is no folder"
build=$(cd "$1" && pwd); shift
for folder in /usr/local/cuda/bin /usr/local/cuda/compute-sanitizer ${CUDA_HOME:+"$CUDA_HOME/bin"}; do
  PATH=$PATH:$folder
done
if nvcc=$(command -v nvcc); then PATH=$PATH:$(dirname "$(readlink -f "$nvcc")"); fi
command -v compute-sanitizer >/dev/null ||
  fail "no compute-sanitizer in the PATH, /usr/local/cuda/bin or beside nvcc (it is part of the CUDA toolkit)"

# Which tests use CUDA, ctest knows: they are named TEST.cuda.
if [ $# -gt 0 ]; then tests=("$@"); else
  mapfile -t tests < <(ctest --test-dir "$build" --show-only 2>/dev/null |
    sed -n 's/.*: \(test_[a-z0-9_]*\)\.cuda$/\1/p')
fi
[ ${#tests[@]} -gt 0 ] || fail "$build has no native tests with CUDA: build native with nvcc and TRD_TESTS_TOO=ON"

mkdir -p "$build/sanitize"
export TRD_TEST_BACKEND=cuda TRD_REQUIRE_CUDA=1
bad=0
printf '%-28s %-10s %8s  %s\n' test tool seconds result
for test in "${tests[@]}"; do
  [ -x "$build/$test" ] || fail "$build/$test is missing"
  for tool in ${TRD_SANITIZE_TOOLS:-memcheck racecheck synccheck initcheck}; do
    options=()
    [ "$tool" != memcheck ] || options+=(--leak-check full)
    log=$build/sanitize/$test.$tool.log start=$SECONDS code=0
    compute-sanitizer --tool "$tool" "${options[@]}" --error-exitcode 9 "$build/$test" >"$log" 2>&1 || code=$?
    case $code in
      0) result=clean ;;
      9) result="FOUND: $(grep -a 'ERROR SUMMARY\|RACECHECK SUMMARY' "$log" | tail -n 1 | sed 's/^=* *//')" ;;
      *) result="FAILED, exit code $code: $(grep -a . "$log" | tail -n 1)" ;;
    esac
    [ $code -eq 0 ] || bad=1
    printf '%-28s %-10s %8d  %s\n' "$test" "$tool" $((SECONDS - start)) "$result"
  done
done
[ $bad -eq 0 ] || echo "sanitize.sh: the logs are in $build/sanitize" >&2
exit $bad
