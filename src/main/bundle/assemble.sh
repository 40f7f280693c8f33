#!/bin/sh
# Puts the pieces beside this script together, verifies every one by its SHA-256 checksum, and unpacks them.
#   sh assemble.sh [FOLDER]     into FOLDER/trd4j-gpu; FOLDER is the current one unless given
# Needs sha256sum, tar, and xz or Python 3. Exit code 2: something is missing or damaged, and nothing was unpacked.
set -eu
name=trd4j-gpu
pieces=$(cd "$(dirname "$0")" && pwd)
folder=${1:-.}

fail() { echo "assemble.sh: $1" >&2; exit 2; }

[ $# -le 1 ] || fail "one folder at most; usage: sh assemble.sh [FOLDER]"
[ -f "$pieces/SHA256SUMS" ] || fail "there is no SHA256SUMS in $pieces; copy it there with the pieces"
for tool in sha256sum tar; do
  command -v "$tool" >/dev/null || fail "there is no $tool in the PATH; install it"
done
[ ! -e "$folder/$name" ] || fail "$folder/$name exists; remove it or name another folder"
mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] || fail "$folder cannot be written; name another folder"

unpacker() {
  if command -v xz >/dev/null; then xz -dc
  else python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.stdin.buffer), sys.stdout.buffer, 1 << 20)'
  fi
}
command -v xz >/dev/null || python3 -c 'import lzma' 2>/dev/null || fail "there is neither xz nor Python 3 in the PATH; install one of them"

cd "$pieces"
# In the order of the list, which is that of the archive.
list=$(sed 's/^[0-9a-f]*  //' SHA256SUMS)
[ -n "$list" ] || fail "SHA256SUMS is empty; copy it again"
for piece in $list; do
  [ -f "$piece" ] || fail "$piece is missing in $pieces; copy it there"
done
damaged=$(sha256sum -c SHA256SUMS 2>/dev/null | sed -n 's/: FAILED.*//p' | tr '\n' ' ')
[ -z "$damaged" ] || fail "damaged: ${damaged% }; copy again what is damaged"
cd - >/dev/null

# Unpacked under another name first: a half unpacked bundle never looks like a whole one.
partial=$folder/.$name.partial
rm -rf "$partial"
trap 'rm -rf "$partial"' EXIT
mkdir "$partial"
( cd "$pieces" && cat $list ) | unpacker | tar -x -f - -C "$partial" || fail "the archive cannot be unpacked into $folder; is there room on the disk?"
[ -d "$partial/$name" ] || fail "the archive cannot be unpacked into $folder; is there room on the disk?"
mv "$partial/$name" "$folder/$name"
echo "unpacked $folder/$name; next: $folder/$name/run.sh doctor"
