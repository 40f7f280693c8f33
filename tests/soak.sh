#!/bin/bash
# Soak tests: what the suite tries some times goes on for minutes. tests/soak.sh [minutes], 10 unless given, of each.
# Prints a table, and ends with 1 when there were faults. Needs what ./trd test has built.
set -u
cd "$(dirname "$0")/.."
minutes=${1:-10}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "tests/soak.sh: minutes must be a number above 0, not '$minutes'" >&2; exit 2; }
mkdir -p target/soak
rm -f target/soak/*.tsv
failed=0

# Files that each reader is given: some thousand a minute.
files=$((minutes * 10000))

soak() { # name, test classes
  mvn -q -B -o -f src/pom.xml test -DskipTests=false -DskipNativeTests -Dtest="$2" -Dtrd.soak.seconds=$((minutes * 60)) \
    -Dtrd.hostile=$files -Dtrd.hostile.seed=$RANDOM \
    -Dtrd.soak.table="$PWD/target/soak/$1.tsv" >"target/soak/$1.log" 2>&1 || failed=1
  [ -f "target/soak/$1.tsv" ] || printf '%s\t-\tit did not end, see target/soak/%s.log\n' "$1" "$1" >"target/soak/$1.tsv"
}

# Many callers of libtrd at once under ThreadSanitizer.
native_threads() {
  local log=target/soak/native-threads.log faults=0
  bash cppbuild.sh trees && TRD_TEST_SECONDS=$((minutes * 60)) target/native/threads/test_threads >"$log" 2>&1 || { failed=1; faults=1; }
  printf 'callers of libtrd under ThreadSanitizer\t%s\t%s\n' "$(sed -n 's/, as they should be//p' "$log" 2>/dev/null)" "$faults" \
    >target/soak/native-threads.tsv
}

soak stopping StoppingTest
soak disks-and-machines FullDiskTest,MachineFaultsTest
soak long-run LongRunTest
soak threads ManyThreadsTest
native_threads
soak hostile-files HostileFilesTest
# Inputs per reader: in ten minutes' form a million, which takes some minutes each.
TRD_FUZZ_SEED=$RANDOM bash tests/fuzz.sh $((minutes * 100000)) each 2>target/soak/fuzzing.log |
  sed 's/\t/, fuzzing\t/' >target/soak/fuzzing.tsv
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
[ -s target/soak/fuzzing.log ] && printf 'fuzzing\t-\t%s\n' "$(tail -n 1 target/soak/fuzzing.log)" >>target/soak/fuzzing.tsv
{ printf 'test\ttries, or at first\tfaults, or at last\tspeed and memory\n'; cat target/soak/*.tsv; } | column -t -s "$(printf '\t')"
exit $failed
