#!/bin/bash
# Coverage-guided fuzzing of readers, and of libtrd's entry points.
#   tests/fuzz.sh INPUTS [READER...]   all readers unless some are named; they share the inputs
#   tests/fuzz.sh INPUTS each          one reader after the other, each in a process of its own, then libtrd
#   tests/fuzz.sh INPUTS libtrd        the entry points; needs clang, with which cppbuild.sh builds them
# Prints a line for each process: readers, inputs, findings, inputs per second and peak memory. Findings are kept in
# target/fuzz/NAME/findings, what was said in target/fuzz/NAME/log. Exit codes: 0 nothing was found, 1 something was, 2
# something is missing. Needs what ./trd test has built. TRD_FUZZ_SEED=2 makes other inputs.
set -u
cd "$(dirname "$0")/.."
fail() { echo "tests/fuzz.sh: $1" >&2; exit 2; }

inputs=${1:-}
[[ $inputs =~ ^[1-9][0-9]{0,9}$ ]] || fail "INPUTS must be a number above 0, not '$inputs'"
shift
for file in target/jazzer.txt target/classpath.txt target/test-classes; do
  [ -e $file ] || fail "$file is missing; run ./trd test first"
done
classes=target/test-classes:target/classes:$(cat target/classpath.txt)
java=(java -Xmx1g -XX:+UseSerialGC -Djava.awt.headless=true -Dtrd.fixtures="$PWD/tests/fixtures"
  -Dlogback.configurationFile=io/trd4j/cli/logback.xml)

if [ "${1:-}" = each ]; then
  names=$("${java[@]}" -cp "$classes" io.trd4j.hostile.FuzzTarget) || fail 'the readers could not be listed'
  worst=0
  for name in $names libtrd; do
    bash tests/fuzz.sh "$inputs" "$name"
    code=$?
    [ $code -le $worst ] || worst=$code
  done
  exit $worst
fi

name=${1:-all}
[ $# -lt 2 ] || name=$1-and-$(($# - 1))
out=target/fuzz/$name
rm -rf "$out"
mkdir -p "$out/findings" "$out/corpus"
libfuzzer=(-artifact_prefix="$out/findings/" -seed="${TRD_FUZZ_SEED:-1}" -runs="$inputs" -timeout=10
  -rss_limit_mb=3072 -print_final_stats=1 "$out/corpus")
if [ "$name" = libtrd ]; then
  bash cppbuild.sh fuzz >"$out/log" 2>&1 || fail "$(tail -n 1 "$out/log")"
  target/native/fuzz/fuzz_trd -max_len=512 "${libfuzzer[@]}" tests/fixtures/fuzz/libtrd >"$out/log" 2>&1
  code=$?
else
  # The files of the readers: in memory where that is a folder.
  files=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" trd-fuzz.XXXXXX)
  trap 'rm -rf "$files"' EXIT
  # Jazzer's detectors look for other faults than a reader's: without them it starts in half the time.
  "${java[@]}" -Dtrd.fuzz.corpus="$out/corpus" -Dtrd.fuzz.files="$files" -cp "$classes:$(cat target/jazzer.txt)" \
    com.code_intelligence.jazzer.Jazzer --target_class=io.trd4j.hostile.FuzzTarget --target_args="$*" \
    --instrumentation_includes='io.trd4j.**:com.fasterxml.jackson.**:net.razorvine.**:io.airlift.**' \
    --instrumentation_excludes='io.trd4j.hostile.**:io.trd4j.jni.**:io.trd4j.ops.**' --custom_hook_excludes='**' \
    --reproducer_path="$files" -dict=tests/fixtures/fuzz/dictionary -max_len=65536 "${libfuzzer[@]}" >"$out/log" 2>&1
  code=$?
  if ! grep -q '^#' "$out/log"; then
    why=$(sed -n 's/^== Java Exception: [^ ]*: //p' "$out/log")
    fail "no input was tried: ${why:-see $out/log}"
  fi
  # A process that ended otherwise than Jazzer ends it leaves the last file where the reader had it.
  if [ $code -ne 0 ] && [ -z "$(ls "$out/findings")" ]; then cp -r "$files/." "$out/findings/"; fi
fi
stat() { sed -n "s/^stat::$1: *//p" "$out/log"; }
findings=$(find "$out/findings" -type f | wc -l)
printf '%s\t%s\t%s\t%s/s, %s MB\n' "$name" "$(stat number_of_executed_units)" "$findings" \
  "$(stat average_exec_per_sec)" "$(stat peak_rss_mb)"
[ $code -eq 0 ] || exit 1
