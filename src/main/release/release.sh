#!/usr/bin/env bash
# Makes the files of a release:  bash src/main/release/release.sh VERSION [GPG_KEY]
# Builds the last commit twice, and fails when a byte differs. Then target/release/VERSION holds what a
# central repository takes: jars, sources, Javadoc, poms, SBOMs, checksums and, with the id of a GPG key, signatures,
# which are made once (they hold their time). Takes two whole builds; the tests run before, with ./trd test.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
fail() { echo "release: $1" >&2; exit 2; }

version=${1:-}
key=${2:-}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.]+)?$ ]] || fail "give the version, such as 0.1.0"
grep -qxF "## $version" "$root/src/docs/changelog.md" || fail "src/docs/changelog.md has no section $version"
[ -z "$(git -C "$root" status --porcelain)" ] || fail "the checkout has changes that are not committed"
[ -z "$key" ] || command -v gpg >/dev/null || fail "gpg is missing, which signs; install gnupg"
[ -z "$key" ] || gpg --list-secret-keys "$key" >/dev/null 2>&1 || fail "gpg has no secret key $key"

work=$root/target/release
out=$work/$version
rm -rf "$work"
mkdir -p "$out"
# Both in one folder, one after the other: nvcc names what is local to a file by the folder that it works in.
checkout=$work/build
for build in first second; do
  rm -rf "$checkout"
  mkdir "$checkout"
  git -C "$root" archive HEAD | tar -x -C "$checkout"
  echo "release: the $build build" >&2
  signing=()
  if [ "$build" = first ] && [ -n "$key" ]; then signing=(-Psign "-Dgpg.keyname=$key"); fi
  (cd "$checkout" && mvn -q -B -ntp -Dstyle.color=never -DskipTests -Prelease ${signing[@]+"${signing[@]}"} "-Drevision=$version" \
    "-DaltDeploymentRepository=release::file://$work/repository-$build" deploy >"$work/$build.log" 2>&1) \
    || { tail -n 20 "$work/$build.log" >&2; fail "the $build build failed; its log is $work/$build.log"; }
done

# Of a repository's own lists the time is part; signatures hold theirs.
sums() { (cd "$work/repository-$1" && find . -type f ! -name 'maven-metadata*' ! -name '*.asc*' -print0 | sort -z | xargs -0 sha256sum); }
sums first >"$work/first.sha256"
sums second >"$work/second.sha256"
diff "$work/first.sha256" "$work/second.sha256" >"$work/differences" \
  || { cat "$work/differences" >&2; fail "the two builds differ in these files"; }

cp -r "$work/repository-first/." "$out"
find "$out" -name 'maven-metadata*' -delete
if [ -n "$key" ]; then
  find "$out" -name '*.asc' -print0 | while IFS= read -r -d '' signature; do
    gpg --quiet --verify "$signature" "${signature%.asc}" 2>/dev/null || fail "$signature does not fit its file"
  done
fi
cp "$work/first.sha256" "$out/SHA256SUMS"
if [ -n "$key" ]; then
  gpg --quiet --local-user "$key" --armor --output "$out/SHA256SUMS.asc" --detach-sign "$out/SHA256SUMS" \
    || fail "gpg cannot sign $out/SHA256SUMS; all else is there"
fi
rm -rf "$checkout" "$work"/repository-*
echo "release: $(wc -l <"$out/SHA256SUMS") files, twice with the same bytes, are in $out"
[ -n "$key" ] || echo "release: they are not signed; name a GPG key to sign them"
