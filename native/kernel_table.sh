#!/usr/bin/env bash
# What ptxas says of every kernel.
#   kernel_table.sh compile NVCC ARGUMENTS...   runs nvcc, keeps ptxas's lines beside the object, shows all others
#   kernel_table.sh table FILE OBJECT...        the table of all kernels; fails when one spills or has a stack that
#                                               is not allowed
# A kernel may have a stack where `allowed_stack` below says why.
set -euo pipefail

# PATTERN BYTES: kernels (demangled names) that may use so much stack.
allowed_stack() {
  cat <<'LIST'
LIST
}

if [ "$1" = compile ]; then
  shift
  object=''
  previous=''
  for argument in "$@"; do
    if [ "$previous" = -o ]; then object=$argument; fi
    previous=$argument
  done
  status=0
  output=$("$@" 2>&1) || status=$?
  # A failed compilation shows everything.
  if [ $status -ne 0 ]; then printf '%s\n' "$output" >&2; exit $status; fi
  [ -n "$object" ] && printf '%s\n' "$output" | grep -a '^ptxas info' -A1 | grep -a -e '^ptxas info' -e 'bytes stack frame' >"$object.usage" || true
  printf '%s\n' "$output" | grep -a -v -e '^ptxas info' -e 'bytes stack frame' -e '^$' >&2 || true
  exit 0
fi

[ "$1" = table ] || { echo "kernel_table.sh: compile or table" >&2; exit 1; }
table=$2
shift 2
usages=()
for object in "$@"; do
  [ -f "$object.usage" ] || { echo "kernel_table.sh: $object.usage is missing: build again from an empty folder" >&2; exit 1; }
  usages+=("$object.usage")
done
{
  echo "arch   registers  shared  stack  spill_stores  spill_loads  constant  kernel"
  cat "${usages[@]}" | awk '
    /Compiling entry function/ { split($0, part, "\x27"); kernel = part[2]; arch = part[4]; stack = stores = loads = 0; next }
    /bytes stack frame/ { stack = $1; stores = $5; loads = $9; next }
    /Used [0-9]+ registers/ {
      registers = shared = 0; constant = "-"
      for (i = 1; i <= NF; i++) {
        if ($(i + 1) ~ /^registers/) registers = $i
        if ($(i + 1) == "bytes" && $(i + 2) ~ /^smem/) shared = $i
        if ($(i + 1) == "bytes" && $(i + 2) ~ /^cmem\[0\]/) constant = $i
      }
      printf "%-6s %9d %7d %6d %13d %12d %9s  %s\n", arch, registers, shared, stack, stores, loads, constant, kernel
    }' | c++filt -p | sed -e 's/(anonymous namespace):://g; s/trd::cuda:://g' | sort -k8 -k1,1V
} >"$table.new"
allowed_stack | awk -v table="$table.new" '
  { allowed[$1] = $2 }
  END {
    while ((getline line < table) > 0) {
      if (split(line, f, " +") < 8 || f[1] == "arch") continue
      rows++
      limit = 0
      for (pattern in allowed) if (line ~ pattern) limit = allowed[pattern]
      if (f[5] > 0 || f[6] > 0) { print "spills registers: " line; bad = 1 }
      else if (f[4] > limit) { print "has a stack of " f[4] " bytes: " line; bad = 1 }
    }
    if (rows == 0) { print "no kernel is in the table"; bad = 1 }
    exit bad
  }' >&2
mv "$table.new" "$table"
