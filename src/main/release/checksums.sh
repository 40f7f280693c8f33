#!/usr/bin/env bash
# The libraries that the build takes from Maven's repository, by their SHA-256 in src/checksums.sha256.
#   bash src/main/release/checksums.sh [CLASSPATH_FILE]   compares; target/classpath.txt unless given; the build does it
#   bash src/main/release/checksums.sh write              writes the list anew from the local repository, after a change of versions
# Exit codes: 0 equal, 2 a library is not what the list says, or is not on it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
list=src/checksums.sha256

fail() { echo "checksums.sh: $1" >&2; exit 2; }

resolved() { # Maven's options; prints jars, of the tests too
  mvn -B -ntp -Dstyle.color=never -f src/pom.xml "$@" dependency:resolve -DoutputAbsoluteArtifactFilename=true \
    | sed -n 's/\x1b\[[0-9;]*m//g; s/.*:\(\/[^ ]*\.jar\).*/\1/p' | grep -v '/io/trd4j/'
}

if [ "${1:-}" = write ]; then
  jars=$(resolved; resolved -Pgpu)
  root=$(sed -n 's|/org/bytedeco/javacpp/.*||p' <<<"$jars" | head -n 1)
  (cd "$root" && sort -u <<<"$jars" | sed "s|^$root/||" | xargs sha256sum) >"$list.partial"
  mv "$list.partial" "$list"
  echo "$(wc -l <"$list") libraries in $list"
  exit
fi

classpath=${1:-target/classpath.txt}
[ -f "$classpath" ] || fail "there is no $classpath; build first"
root=$(tr : '\n' <"$classpath" | sed -n 's|/org/bytedeco/javacpp/.*||p' | head -n 1)
[ -n "$root" ] || fail "$classpath names no library of a Maven repository"
used=$(tr : '\n' <"$classpath" | grep '\.jar$' | sed "s|^$root/||")
wanted=''
while read -r jar; do
  line=$(grep -F "  $jar" "$list" | grep -E "  $(sed 's/[.+]/\\&/g' <<<"$jar")\$" || true)
  if [ -n "$line" ]; then wanted+=$line$'\n'
  elif [[ $jar =~ -(linux|macosx|windows)-[a-z0-9_-]+\.jar$ ]] && [[ $jar != *-linux-x86_64* ]]; then
    echo "checksums.sh: $jar is of a platform whose natives are not on the list" >&2
  else fail "$jar is not in $list; if its version was changed on purpose: bash src/main/release/checksums.sh write"; fi
done <<<"$used"
# Those of the tests, where they are there.
while read -r line; do
  jar=${line#*  }
  case $jar in *-gpu.jar) continue ;; esac
  if [ -f "$root/$jar" ] && ! grep -qF "  $jar" <<<"$wanted"; then wanted+=$line$'\n'; fi
done <"$list"
wrong=$(cd "$root" && printf '%s' "$wanted" | LC_ALL=C sha256sum -c --quiet - 2>/dev/null | sed 's/: FAILED.*//' | paste -sd ' ') || true
[ -z "$wrong" ] || fail "not what $list says: $wrong (below $root); delete it there, so that Maven downloads it again"
