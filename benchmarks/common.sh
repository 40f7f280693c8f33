# Sourced by run.sh, latency.sh, reference/training.sh and detection's scripts: builds what is measured and opens its results folder.
#   java      the JVM        class_path   of the benchmarks        commit   what is measured        java_options   of the JVM
#   results   benchmarks/results/<date>_<cpu>_<commit>

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# From version 24 on, Java warns of native libraries; older ones would start more slowly with the option.
java_options=()
if [[ $("$java" -version 2>&1) =~ version\ \"([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 24 ]; then
  java_options=(--enable-native-access=ALL-UNNAMED)
fi

fail() { echo "$(basename "$0"): $1" >&2; exit 1; }

# The last commit that changed what is measured; commits of texts, tests and results leave it as it is.
measured_commit() {
  local sources=(native src/main pom.xml src/pom.xml cppbuild.sh ':!*.md') commit
  commit=$(git -C "$root" log -1 --format=%h -- "${sources[@]}")
  [ -z "$(git -C "$root" status --porcelain -- "${sources[@]}")" ] || commit+=-dirty
  echo "$commit"
}

cpu_short_name() {
  local name
  name=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
  [ -n "$name" ] || name=$(uname -m)
  echo "$name" | sed -E 's/\((R|TM)\)//gI; s/ (CPU|Processor)\b.*//I; s/ @.*//' | tr 'A-Z' 'a-z' | sed -E 's/[^a-z0-9]+/-/g; s/^-|-$//g'
}

build() {
  echo "building" >&2
  mvn -q -B -ntp -Dstyle.color=never -f "$root/pom.xml" -DskipTests install
  mvn -q -B -ntp -Dstyle.color=never -f "$root/benchmarks/pom.xml" package
  cd "$root"
  class_path=$root/benchmarks/target/classes:$(cat "$root/benchmarks/target/classpath.txt")
  commit=$(measured_commit)
  results=benchmarks/results/$(date +%F)_$(cpu_short_name)_$commit
}

# The classes that CLASSPATH names (this project's, the benchmarks' and all they need), else those that are built; the working
# folder stays.
built_or_named() {
  local working=$PWD
  if [ -n "${CLASSPATH:-}" ]; then class_path=$CLASSPATH; else build; fi
  cd "$working"
}

run() { # a class and its arguments
  "$java" ${java_options[@]+"${java_options[@]}"} -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dlogback.configurationFile=io/trd4j/cli/logback.xml -cp "$class_path" "$@"
}

# A result is never overwritten: what was published once stays as it was.
new_folder() {
  [ ! -e "$1" ] || fail "$1 exists; results are never overwritten (remove it if it was not committed)"
  mkdir -p "$1"
}

environment() { # file, flags
  "$java" ${java_options[@]+"${java_options[@]}"} -cp "$class_path" io.trd4j.benchmarks.Environment "$1" "$commit" "$2"
}

load_now() { cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || echo unknown; }
