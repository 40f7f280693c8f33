# Sourced by run.sh: finds the NVIDIA driver, its devices, and the CUDA and cuDNN libraries that LibTorch asks for.
#   TRD_CUDA_LIBS   folders to look into first, separated by colons: with the libraries themselves, or of a Python environment
# Sets: cuda_folders (in which needed libraries were found, in order), searched, missing (libraries), driver, devices.

about() { sed -n "s/^$1=//p" "$here/about.txt"; }

# Version $1 is at least version $2.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# What the dynamic linker finds by itself; the program is not in the PATH of every user.
linker_cache() { PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null || true; }

# A Python environment keeps NVIDIA's libraries below site-packages/nvidia/*/lib.
expand_folder() {
  local folder
  for folder in "$1" "$1"/nvidia/*/lib "$1"/lib/python3*/site-packages/nvidia/*/lib; do
    if [ -d "$folder" ]; then echo "$folder"; fi
  done
}

python_folders() {
  local python
  for python in ${TRD_PYTHON:-} python3 python; do
    command -v "$python" >/dev/null || continue
    "$python" -c 'import site, sysconfig
folders = {sysconfig.get_path("purelib"): 0, sysconfig.get_path("platlib"): 0, site.getusersitepackages(): 0}
print(*folders, *getattr(site, "getsitepackages", list)(), sep="\n")' 2>/dev/null
  done
}

# Folders in the order in which they are searched. Those that were given come first.
candidate_folders() {
  local folder
  tr ':' '\n' <<<"${TRD_CUDA_LIBS:-}" | while read -r folder; do [ -z "$folder" ] || expand_folder "$folder"; done
  tr ':' '\n' <<<"${LD_LIBRARY_PATH:-}" | while read -r folder; do if [ -d "$folder" ]; then echo "$folder"; fi; done
  linker_cache | sed -n 's|.*=> \(.*\)/lib\(cudart\|cublas\|cudnn\|nccl\|cupti\)\.so.*|\1|p'
  for folder in /usr/local/cuda/lib64 /usr/local/cuda-13*/lib64 /opt/cuda/lib64 /usr/lib/x86_64-linux-gnu /usr/lib64; do
    if [ -d "$folder" ]; then echo "$folder"; fi
  done
  for folder in ${VIRTUAL_ENV:-} ${CONDA_PREFIX:-}; do expand_folder "$folder"; done
  python_folders | while read -r folder; do [ -z "$folder" ] || expand_folder "$folder"; done
  for folder in /opt/*/lib/python3*/site-packages/nvidia/*/lib; do if [ -d "$folder" ]; then echo "$folder"; fi; done
}

# PyTorch's own folder is none of them: what lies there fits PyTorch only.
usable_folders() { candidate_folders | awk '!seen[$0]++' | grep -v '/torch/lib/*$' || true; }

find_cuda() {
  local library folder
  mapfile -t searched < <(usable_folders)
  cuda_folders=() missing=() found=()
  while read -r library; do
    [ -n "$library" ] || continue
    for folder in "${searched[@]}"; do
      if [ -e "$folder/$library" ]; then
        found+=("$library=$folder")
        case " ${cuda_folders[*]} " in *" $folder "*) ;; *) cuda_folders+=("$folder") ;; esac
        continue 2
      fi
    done
    missing+=("$library")
  done < <(about cuda_libraries | tr ',' '\n')
}

find_driver() {
  local folder
  driver='' driver_library='' devices=()
  driver_library=$(linker_cache | sed -n 's/.*libcuda\.so\.1 .*x86-64.* => //p' | head -n 1)
  if [ -z "$driver_library" ]; then
    for folder in $(tr : " " <<<"${LD_LIBRARY_PATH:-}") /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/local/nvidia/lib64 /usr/lib/wsl/lib; do
      if [ -e "$folder/libcuda.so.1" ]; then driver_library=$folder/libcuda.so.1; break; fi
    done
  fi
  if command -v nvidia-smi >/dev/null; then
    mapfile -t devices < <(nvidia-smi --query-gpu=index,name,compute_cap,memory.total,driver_version --format=csv,noheader 2>/dev/null | grep '^[0-9]')
  fi
  if [ ${#devices[@]} -gt 0 ]; then driver=${devices[0]##*, }
  elif [ -r /proc/driver/nvidia/version ]; then driver=$(sed -n 's/.*Kernel Module[^0-9]*\([0-9.]*\).*/\1/p' /proc/driver/nvidia/version); fi
}

# CUDA 13 needs a driver of the 580 series or newer.
oldest_driver=580

# Of the devices' compute capabilities (9.0), one that the machine code in this bundle serves: the same generation, not newer.
served() { # 9.0
  local wanted kept
  wanted=${1/./}
  [ "$(about architectures)" != all ] || return 0
  for kept in $(about architectures | tr ',' ' '); do
    if [ "${kept%?}" = "${wanted%?}" ] && [ "$kept" -le "$wanted" ]; then return 0; fi
  done
  return 1
}

# What stands in the way of computing on the GPU, in words, one per line; nothing when all is there.
gpu_obstacles() {
  local device capability
  if [ -z "$driver_library" ]; then echo "no NVIDIA driver (libcuda.so.1)"
  elif [ -z "$driver" ]; then echo "an NVIDIA driver that does not answer (nvidia-smi)"
  elif ! at_least "$driver" "$oldest_driver"; then echo "NVIDIA driver $driver is too old, CUDA 13 needs $oldest_driver or newer"
  elif [ ${#devices[@]} -eq 0 ]; then echo "no NVIDIA GPU"; fi
  for device in "${devices[@]}"; do
    capability=$(cut -d, -f3 <<<"$device" | tr -d ' ')
    served "$capability" || echo "device ${device%%,*} has compute capability $capability, the bundle machine code for $(about architectures) (pack it with --keep-architecture ${capability/./})"
  done
  if [ ${#missing[@]} -gt 0 ]; then echo "no $(tr '\n' ' ' <<<"$(printf '%s\n' "${missing[@]}")" | sed 's/ $//; s/ /, /g')"; fi
}

host_glibc() { getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/.* //'; }

# The newest version of its interface that the host's C++ library names.
host_glibcxx() {
  local library
  library=$(linker_cache | sed -n 's/.*libstdc++\.so\.6 .*x86-64.* => //p' | head -n 1)
  [ -n "$library" ] || library=$(ls /usr/lib/x86_64-linux-gnu/libstdc++.so.6 /usr/lib64/libstdc++.so.6 2>/dev/null | head -n 1)
  [ -z "$library" ] || grep -ao 'GLIBCXX_[0-9.]*[0-9]' "$library" | sed 's/GLIBCXX_//' | sort -V | tail -n 1
}

# What stands in the way of running the bundle at all.
host_obstacles() {
  local version library
  version=$(host_glibc)
  at_least "${version:-0}" "$(about glibc)" || echo "glibc $(about glibc) or newer is needed, this host has ${version:-none}"
  version=$(host_glibcxx)
  at_least "${version:-0}" "$(about glibcxx)" || echo "libstdc++ with GLIBCXX_$(about glibcxx) is needed, this host's has ${version:-none}"
  # Of CUDA, LibTorch asks for these also where it computes on the CPU.
  for library in "${missing[@]}"; do
    case "$library" in libcudart.*|libcupti.*) echo "no $library" ;; esac
  done
}
