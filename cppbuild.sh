#!/usr/bin/env bash
# Builds libtrd with CMake. Called by `mvn package`; also stands alone.
#   bash cppbuild.sh [-platform=linux-x86_64] [-extension=-gpu] <install|test|clean>
# install  target/native<extension>/lib/libtrd.so
# test     the native tests, twice: as shipped, and under AddressSanitizer + UndefinedBehaviorSanitizer
# clean    removes target/native<extension>*
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() { echo "cppbuild.sh: $1; usage: bash cppbuild.sh [-platform=linux-x86_64|macosx-arm64] [-extension=-gpu] <install|test|clean>" >&2; exit 1; }

platform=linux-x86_64 extension='' operation=''
for argument in "$@"; do
  case "$argument" in
    -platform=*) platform=${argument#*=} ;;
    -extension=*) extension=${argument#*=} ;;
    install|test|clean) operation=$argument ;;
    *) usage "unknown argument '$argument'" ;;
  esac
done
case "$platform" in linux-x86_64|macosx-arm64) ;; *) usage "unknown platform '$platform'" ;; esac
case "$extension" in ''|-gpu) ;; *) usage "unknown extension '$extension'" ;; esac

build=target/native$extension
configure_and_build() { # folder, CMake options...
  local folder=$1; shift
  mkdir -p "$folder"
  cmake -S native -B "$folder" "$@" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log" >&2; exit 1; }
  cmake --build "$folder" --parallel >"$folder/build.log" 2>&1 || { cat "$folder/build.log" >&2; exit 1; }
}

case "$operation" in
  install)
    configure_and_build "$build/release"
    cmake --install "$build/release" --prefix "$PWD/$build" >/dev/null
    ;;
  test)
    configure_and_build "$build/release"
    configure_and_build "$build/sanitized" -DTRD_SANITIZE=ON
    for folder in release sanitized; do
      echo "native tests, $folder:"
      ctest --test-dir "$build/$folder" --output-on-failure --no-tests=error
    done
    ;;
  clean) rm -rf "$build" ;;
  *) usage "no operation" ;;
esac
