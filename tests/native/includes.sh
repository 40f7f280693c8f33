#!/usr/bin/env bash
# includes.sh SOURCES: which folder of libtrd includes which. An op includes itself, cuda/ and the files beside the
# folders; the two crossmodal ops also include convolution/, their base layer. cuda/ includes no op, and nothing but
# entry/ includes entry/.
set -euo pipefail

# Prints each include that is not allowed; fails when there was one.
check() { # folder
  (cd "$1" && grep -rnE --include='*.[hc]pp' --include='*.cu' --include='*.cuh' '^ *# *include +"' .) | awk -F: '
    { split($1, path, "/"); from = path[3] == "" ? "" : path[2]; split($3, quoted, "\""); name = quoted[2] }
    { to = index(name, "/") ? substr(name, 1, index(name, "/") - 1) : "" }
    to == "" && name !~ /^(trd|lanes|cpu_isa|gaussian|gaussian_rows|workspace|simt)\.hp?p?$/ {
      print "FAILED: " $1 ":" $2 ": " name " is named without its folder"
      bad = 1
      next
    }
    to == "" || to == from || from == "entry" || (to == "cuda" && from != "") { next }
    to == "convolution" && from ~ /^crossmodal_(filter|amplifier)$/ { next }
    { print "FAILED: " $1 ":" $2 ": " (from == "" ? "a file beside the folders" : from) " includes " to; bad = 1 }
    END { if (NR == 0) print "FAILED: no include was found"; exit bad || NR == 0 }'
}

# The check finds what it is for.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/{max_pool,convolution,cuda,entry}
echo '#include "convolution/a.hpp"' >"$folder/max_pool/max_pool_cuda.cu"
echo '#include "entry/entry.hpp"' >"$folder/convolution/convolution.hpp"
echo '#include "max_pool/max_pool.hpp"' >"$folder/cuda/device.hpp"
echo '#include "cuda/device.hpp"' >"$folder/lanes.hpp"
echo '#include "b.hpp"' >"$folder/convolution/tile.cuh"
printf '#include "trd.h"\n#include "max_pool/max_pool.hpp"\n' >"$folder/entry/max_pool.cpp"
found=$(check "$folder") && { echo "FAILED: planted includes were not found"; exit 1; }
[ "$(wc -l <<<"$found")" -eq 5 ] || { printf 'FAILED: of five planted includes these were found:\n%s\n' "$found"; exit 1; }

check "$1"
echo "ops include only what they may"
