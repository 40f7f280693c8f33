#!/usr/bin/env bash
# Builds libtrd with CMake. Called by `mvn package`; also stands alone.
#   bash cppbuild.sh [-platform=linux-x86_64] <install|simt|trees|test|fuzz|clean>
# install  target/native/lib/libtrd.so; with nvcc its CUDA backend too, and target/native/kernels.txt: registers,
#          memory, spills
# simt     target/native/simt/lib/libtrd.so: its CUDA kernels run on the CPU, for tests of what calls them (Linux on
#          x86-64)
# test     the native tests: as shipped; under AddressSanitizer + UndefinedBehaviorSanitizer with the CUDA kernels on the
#          CPU; those with every access to shared memory checked for races; and many callers at once under
#          ThreadSanitizer
# trees    what test builds beside the shipped library, and nothing is run
# fuzz     target/native/fuzz/fuzz_trd: the entry points under libFuzzer and both sanitizers; needs clang. Nothing is run:
#          tests/fuzz.sh 1000000 libtrd does
# clean    removes target/native
# TRD_CUDA_ARCHITECTURES="90" in the environment compiles the kernels for fewer devices, TRD_CUDA=OFF for none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  echo "cppbuild.sh: $1; usage: bash cppbuild.sh [-platform=linux-x86_64|macosx-arm64] <install|simt|trees|test|fuzz|clean>" >&2
  exit 1
}

platform=linux-x86_64 operation=''
for argument in "$@"; do
  case "$argument" in
    -platform=*) platform=${argument#*=} ;;
    install|simt|trees|test|fuzz|clean) operation=$argument ;;
    *) usage "unknown argument '$argument'" ;;
  esac
done
case "$platform" in linux-x86_64|macosx-arm64) ;; *) usage "unknown platform '$platform'" ;; esac

build=target/native
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# Two at once must not build one tree: the launcher builds those of the tests beside what Maven does.
configure_and_build() { # folder, CMake options...
  mkdir -p "$1"
  ( if command -v flock >/dev/null; then flock 9; fi; build_tree "$@" ) 9>"$1/.lock"
}

build_tree() { # folder, CMake options...
  local folder=$1; shift
  cmake -S native -B "$folder" "$@" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log" >&2; exit 1; }
  # What was found or is missing is said to the user, not only to the log.
  sed -n 's/^-- \(libtrd: .*\)/\1/p' "$folder/configure.log" >&2
  cmake --build "$folder" --parallel "$cores" >"$folder/build.log" 2>&1 || { cat "$folder/build.log" >&2; exit 1; }
}

configure_release() {
  local options=(-DTRD_CUDA="${TRD_CUDA:-AUTO}")
  [ -z "${TRD_CUDA_ARCHITECTURES:-}" ] || options+=(-DTRD_CUDA_ARCHITECTURES="${TRD_CUDA_ARCHITECTURES// /;}")
  configure_and_build "$build/release" "${options[@]}"
}

# The kernels on the CPU: not on macOS.
has_simt() { [ "$platform" = linux-x86_64 ]; }

build_test_trees() {
  configure_and_build "$build/threads" -DTRD_SANITIZE_THREADS=ON
  if has_simt; then
    configure_and_build "$build/sanitized" -DTRD_SANITIZE=ON -DTRD_SIMT=ON
    configure_and_build "$build/races" -DTRD_SIMT=ON -DTRD_SIMT_RACES=ON
  else
    configure_and_build "$build/sanitized" -DTRD_SANITIZE=ON -DTRD_CUDA=OFF
  fi
}

run_tests() { # name
  echo "native tests, $1:"
  ctest --test-dir "$build/$1" --output-on-failure --no-tests=error --parallel "$cores"
}

# libFuzzer belongs to clang: the newest one that has it.
build_fuzz() {
  local c cxx
  for c in clang clang-2{2,1,0} clang-1{9,8,7,6,5,4}; do
    cxx=${c/clang/clang++}
    if command -v "$cxx" >/dev/null && echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
      "$cxx" -fsanitize=fuzzer,address -x c++ - -o /dev/null 2>/dev/null; then
      configure_and_build "$build/fuzz" -DCMAKE_C_COMPILER="$c" -DCMAKE_CXX_COMPILER="$cxx" -DTRD_CUDA=OFF \
        -DTRD_SANITIZE=ON -DTRD_FUZZ=ON
      return
    fi
  done
  echo "cppbuild.sh: fuzz needs clang and its runtime libraries: apt-get install clang-19 libclang-rt-19-dev, or others" >&2
  exit 1
}

case "$operation" in
  fuzz) build_fuzz ;;
  install)
    configure_release
    cmake --install "$build/release" --prefix "$PWD/$build" >/dev/null
    rm -f "$build/kernels.txt"
    if [ -f "$build/release/kernels.txt" ]; then cp "$build/release/kernels.txt" "$build/kernels.txt"; fi
    ;;
  simt)
    has_simt || { echo "cppbuild.sh: the SIMT harness runs on Linux x86-64 only: nothing is built"; exit 0; }
    configure_and_build "$build/simt" -DTRD_SIMT=ON -DTRD_TESTS_TOO=OFF
    cmake --install "$build/simt" --prefix "$PWD/$build/simt" >/dev/null
    ;;
  trees) build_test_trees ;;
  test)
    configure_release
    build_test_trees
    run_tests release
    run_tests sanitized
    run_tests threads
    if has_simt; then run_tests races; fi
    ;;
  clean) rm -rf "$build" ;;
  *) usage "no operation" ;;
esac
