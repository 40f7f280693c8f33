#!/usr/bin/env bash
# trd4j on a GPU host: no network, no Java, no root needed.
#   ./run.sh [--cuda-libs PATH[:PATH]...] VERB
#   doctor                   what was found of driver, devices and libraries, and what is missing
#   trd ARGS...              the command line; ./run.sh trd --help
#   gpu-test [--sanitize]    native tests (where nvcc and CMake are) and Java tests on the GPU; --sanitize: also under compute-sanitizer
#   gpu-bench [OPTIONS]      trd4j beside PyTorch, alternating in one run; ./run.sh gpu-bench --help
# --cuda-libs, or TRD_CUDA_LIBS in the environment: folders with the CUDA 13 and cuDNN 9 libraries, or of a Python environment that has
# them. TRD_PYTHON: the interpreter with PyTorch, python3 unless given. Exit codes: 0 done, 2 something is missing, 1 a failure.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
source "$here/cuda.sh"

usage() { sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$here/run.sh"; }
fail() { echo "run.sh: $1" >&2; exit "${2:-2}"; }
in_one_line() { paste -sd ';' | sed 's/;/; /g'; }

# --- Java --------------------------------------------------------------------------------------------------------

cache_folder() {
  local folder=$here/cache
  if ! mkdir -p "$folder" 2>/dev/null || [ ! -w "$folder" ]; then
    # Others can write beside it, and could have made it before: programs are loaded from it.
    folder=${TMPDIR:-/tmp}/trd4j-gpu-$(id -u)
    mkdir -m 700 "$folder" 2>/dev/null || { [ -d "$folder" ] && [ ! -L "$folder" ] && [ -O "$folder" ]; } \
      || fail "$folder cannot be made, or belongs to another user; set TMPDIR to a folder of yours"
  fi
  echo "$folder"
}

# What Java and LibTorch must know of this folder, in the array java_options; and the libraries' search path.
prepare_java() {
  local obstacles folders
  obstacles=$(host_obstacles | in_one_line)
  [ -z "$obstacles" ] || fail "$obstacles; ./run.sh doctor says where was searched, --cuda-libs names other folders"
  folders=$(IFS=:; echo "${cuda_folders[*]}")
  java_options=(-Djava.awt.headless=true -Djdk.console=java.base
    -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0
    # The libraries lie in one folder instead of jars, LibTorch's being the build for GPUs.
    -Dorg.bytedeco.javacpp.pathsFirst=true -Djava.library.path="$here/natives" -Dorg.bytedeco.javacpp.platform.extension=-gpu
    -Dorg.bytedeco.javacpp.platform.linkpath="$folders" -Dorg.bytedeco.javacpp.cachedir="$(cache_folder)")
  # From version 24 on, Java warns of native libraries, and of the one library (of ZSTD) that calls sun.misc.Unsafe.
  if [ "$(about java)" -ge 24 ]; then java_options+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow); fi
  # Ours first: a folder with CUDA may hold libraries of the same names as ours.
  export LD_LIBRARY_PATH=$here/natives${folders:+:$folders}
  export OPENCV_LOG_LEVEL=${OPENCV_LOG_LEVEL:-SILENT}
  # Where the locale's charset is ASCII, as in every bare container, Java cannot name files that are not.
  case $(locale charmap 2>/dev/null) in ANSI_X3.4-1968|US-ASCII|'') export LC_ALL=C.UTF-8 ;; esac
  # Symbols of libraries that are not used on this host stay unresolved.
  unset LD_BIND_NOW
}

run_java() { # class path, main class, arguments
  local class_path=$1; shift
  exec "$here/runtime/bin/java" "${java_options[@]}" -cp "$class_path" "$@"
}

# --- verbs -------------------------------------------------------------------------------------------------------

require_gpu() { # verb
  local obstacles
  obstacles=$( { gpu_obstacles; host_obstacles | grep -v '^no ' || true; } | in_one_line)
  [ -z "$obstacles" ] || fail "$1 needs a GPU and CUDA 13: $obstacles; ./run.sh doctor says where was searched"
}

doctor() {
  local entry device bad=0 version
  say() { printf '%-8s %s\n' "$1" "$2"; if [ "$1" = missing ]; then bad=2; fi; }
  version=$(host_glibc)
  if at_least "${version:-0}" "$(about glibc)"; then say ok "glibc $version ($(about glibc) needed)"; else say missing "glibc $(about glibc) or newer; this host has ${version:-none}"; fi
  version=$(host_glibcxx)
  if at_least "${version:-0}" "$(about glibcxx)"; then say ok "libstdc++ with GLIBCXX_$version (GLIBCXX_$(about glibcxx) needed)"
  else say missing "libstdc++ with GLIBCXX_$(about glibcxx); this host's has ${version:-none}"; fi
  if version=$("$here/runtime/bin/java" -version 2>&1); then say ok "Java of the bundle: $(head -n 1 <<<"$version")"
  else say missing "Java of the bundle does not start: $(head -n 1 <<<"$version")"; fi
  if [ -n "$driver_library" ]; then say ok "driver library $driver_library"
  else say missing "NVIDIA driver: libcuda.so.1, searched with ldconfig, in LD_LIBRARY_PATH, /usr/lib/x86_64-linux-gnu, /usr/lib64, /usr/local/nvidia/lib64, /usr/lib/wsl/lib"; fi
  if [ -z "$driver" ]; then say missing "driver version: neither nvidia-smi nor /proc/driver/nvidia/version tells it"
  elif at_least "$driver" "$oldest_driver"; then say ok "driver $driver ($oldest_driver needed for CUDA 13)"
  else say missing "driver $oldest_driver or newer, which CUDA 13 needs; this host has $driver"; fi
  [ ${#devices[@]} -gt 0 ] || say missing "NVIDIA GPU: nvidia-smi lists none"
  for device in "${devices[@]}"; do
    version=$(cut -d, -f3 <<<"$device" | tr -d ' ')
    if served "$version"; then say ok "device $device"
    else say missing "machine code for device $device: the bundle has $(about architectures); pack it with --keep-architecture ${version/./}"; fi
  done
  for entry in "${found[@]}"; do say ok "${entry%%=*} in ${entry#*=}"; done
  for entry in "${missing[@]}"; do say missing "$entry, searched in $(IFS=:; echo "${searched[*]:-no folder}")"; done
  if tools=$(native_tools); then say ok "for the native tests: $tools"; else say none "for the native tests: $tools"; fi
  if version=$(python_with_torch); then say ok "for the comparison: $version"; else say none "for the comparison: $version"; fi
  say bundle "commit $(about commit), LibTorch's machine code for $(about architectures)"
  return $bad
}

# nvcc, CMake and a compiler, or what of them is missing. Not needed to run trd4j.
native_tools() {
  local nvcc tool
  nvcc=$(find_nvcc) || { echo "no nvcc in the PATH, /usr/local/cuda*/bin or beside the CUDA libraries"; return 1; }
  for tool in cmake c++; do command -v "$tool" >/dev/null || { echo "no $tool in the PATH"; return 1; }; done
  echo "$nvcc, $(command -v cmake), $(command -v c++)"
}

find_nvcc() {
  local folder
  command -v nvcc && return
  for folder in /usr/local/cuda/bin /usr/local/cuda-13*/bin "${cuda_folders[@]/%//../bin}"; do
    if [ -x "$folder/nvcc" ]; then echo "$folder/nvcc"; return; fi
  done
  return 1
}

python_with_torch() {
  local python version
  for python in ${TRD_PYTHON:-python3 python}; do
    command -v "$python" >/dev/null || continue
    if version=$("$python" -c 'import numpy, torch; print("PyTorch", torch.__version__, "CUDA", torch.version.cuda)' 2>/dev/null); then
      echo "$(command -v "$python"), $version"; return
    fi
  done
  echo "no ${TRD_PYTHON:-python3} with PyTorch and NumPy; TRD_PYTHON names another interpreter"
  return 1
}

# Configures and builds one of the stand-alone CMake projects in source/; its programs are then in the folder that is printed.
build_native() { # project below source/
  local build; build=$(cache_folder)/$(tr / - <<<"$1")
  mkdir -p "$build"
  { CUDACXX=$(find_nvcc) cmake -S "$here/source/$1" -B "$build" && cmake --build "$build" --parallel; } >"$build.log" 2>&1 \
    || { tail -n 30 "$build.log" >&2; fail "$1 cannot be built; all of the log is $build.log" 1; }
  echo "$build"
}

gpu_test() {
  local sanitize='' build tools code=0
  case "${1:-}" in '') ;; --sanitize) sanitize=1 ;; *) fail "gpu-test knows --sanitize only, not '$1'" ;; esac
  require_gpu gpu-test
  export TRD_REQUIRE_CUDA=1
  if tools=$(native_tools); then
    build=$(build_native native)
    echo "native tests ($tools):"
    ctest --test-dir "$build" --output-on-failure --no-tests=error || code=1
    if [ -n "$sanitize" ]; then
      PATH=$PATH:$(dirname "$(find_nvcc)") bash "$here/source/tests/native/sanitize.sh" "$build" || code=$?
    fi
  else
    echo "native tests: not run, $tools"
    [ -z "$sanitize" ] || fail "--sanitize needs the native tests"
  fi
  prepare_java
  echo "Java tests:"
  ls "$here"/lib/*.jar | paste -sd : >"$(cache_folder)/classpath.txt"
  "$here/runtime/bin/java" "${java_options[@]}" -Xmx3g -Dtrd.fixtures="$here/tests/fixtures" -Dtrd.classes="$here/lib/trd4j.jar" \
    -Dtrd.classpath="$(cache_folder)/classpath.txt" -Dlogback.configurationFile=io/trd4j/cli/logback.xml \
    -cp "$here/tests/classes:$here/lib/*:$here/tests/junit.jar" org.junit.platform.console.ConsoleLauncher execute \
    --scan-classpath "$here/tests/classes" --include-tag gpu --disable-banner --fail-if-no-tests || code=1
  return $code
}

gpu_bench() {
  local python tools native=()
  python=$(python_with_torch) || python=$(command -v python3 || command -v python) || fail "gpu-bench is a Python program: there is no python3 in the PATH"
  python=${python%%,*}
  case " $* " in
    *' --help '*|*' -h '*) ;;
    *)
      case " $* " in *' --device cpu '*) ;; *) require_gpu gpu-bench ;; esac
      if [ ! -f "$here/source/benchmarks/native/CMakeLists.txt" ]; then :
      elif tools=$(native_tools); then native=(--native "$(build_native benchmarks/native)")
      else echo "kernel benchmarks: not run, $tools" >&2; fi ;;
  esac
  exec "$python" "$here/source/benchmarks/reference/gpu_bench.py" --run "$here/run.sh" --commit "$(about commit)" "${native[@]}" "$@"
}

# --- the command line --------------------------------------------------------------------------------------------

while :; do
  case "${1:-}" in
    --cuda-libs) [ $# -ge 2 ] || fail "--cuda-libs needs folders, separated by colons"; given=$2; shift 2 ;;
    --cuda-libs=*) given=${1#*=}; shift ;;
    *) break ;;
  esac
  export TRD_CUDA_LIBS=$given
done
for folder in $(tr ':' ' ' <<<"${TRD_CUDA_LIBS:-}"); do
  [ -d "$folder" ] || fail "--cuda-libs: $folder is no folder"
  case "$folder/" in */torch/lib/*) fail "--cuda-libs: $folder is PyTorch's own folder, whose libraries do not fit; name site-packages beside it" ;; esac
done
verb=${1:-}
[ $# -eq 0 ] || shift
case "$verb" in ''|-h|--help|help) usage; exit 0 ;; doctor|trd|java|gpu-test|gpu-bench) ;; *) fail "unknown verb '$verb'; ./run.sh --help lists them" ;; esac
find_cuda
find_driver
case "$verb" in
  doctor) doctor || exit $? ;;
  trd) prepare_java; run_java "$here/lib/*" io.trd4j.cli.Main "$@" ;;
  # For gpu-bench: a class of the benchmarks.
  java) prepare_java; run_java "$here/benchmarks:$here/tests/classes:$here/lib/*:$here/tests/junit.jar" "$@" ;;
  gpu-test) gpu_test "$@" || exit $? ;;
  gpu-bench) gpu_bench "$@" ;;
esac
