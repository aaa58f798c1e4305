# Sourced by every launch.sh: puts the packed function into /usr/code (contract L5), as any user, as often as it is
# run, or ends with one clear line.
# shellcheck shell=sh
# shellcheck source=adapters/common/common.sh
. /usr/local/src/common.sh

# As process 1 this shell would not notice a SIGTERM, and `docker stop` would wait in vain. exec undoes the trap.
trap 'exit 0' TERM INT

archive=/tmp/code.tar.gz

[ -r "$archive" ] || fail "there is no readable $archive; mount the archive that was packed from $code after build.sh"

# The function may have taken from this user the right to write there, which is its own folder.
chmod u+rwx "$code" 2>/dev/null || :
# /usr/code is a mount point: its contents go, it stays. Read-only folders are made writable first, or rm fails in them.
find "$code" -mindepth 1 -maxdepth 1 -exec chmod -R u+rwX {} + 2>/dev/null
find "$code" -mindepth 1 -maxdepth 1 -exec rm -rf {} + 2>/dev/null ||
    fail "$code holds files of another user that cannot be removed; start with an empty volume there"

# Unpacked beside its place, then moved: the archive's own entry for "." sets mode and time of the folder it lands in,
# which for the mount point only its owner may. -o: files belong to whoever unpacks them.
fresh=$(mktemp -d "$code/.unpack.XXXXXX") || fail "$code is not writable; mount a volume there that this user may write"
reason=$(tar -xzof "$archive" -C "$fresh" 2>&1) ||
    fail "$archive could not be unpacked ($(printf '%s\n' "$reason" | grep -m 1 .)); pack $code again after build.sh"
chmod u+rwx "$fresh"
# A folder can be moved only while it is writable.
find "$fresh" -mindepth 1 -maxdepth 1 -type d -exec chmod u+w {} +
find "$fresh" -mindepth 1 -maxdepth 1 -exec sh -c 'mv -- "$@" "$0"' "$code" {} +
rmdir "$fresh" 2>/dev/null || fail "the files of $archive could not be moved into $code; see the lines above"

entrypoint=$(cat "$code/.entrypoint" 2>/dev/null) || entrypoint=
[ -n "$entrypoint" ] || fail "$archive records no entrypoint; pack $code after build.sh has run in it"
[ -f "$code/$entrypoint" ] ||
    fail "$archive lacks its entrypoint '$entrypoint'; build the function again and pack all of $code"
