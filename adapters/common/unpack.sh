# Sourced by every launch.sh: puts the packed function into /usr/code (contract L5), as any user, as often as it is
# run, or ends with one clear line.
# shellcheck shell=sh
# shellcheck source=adapters/common/common.sh
. /usr/local/src/common.sh

# As process 1 this shell would not notice a SIGTERM, and `docker stop` would wait in vain. exec undoes the trap.
trap 'exit 0' TERM INT

archive=/tmp/code.tar.gz

[ -r "$archive" ] || fail "there is no readable $archive; mount the archive that was packed from $code after build.sh"

# holds FOLDER: whether anything is in it. Each program that need not start saves a millisecond or two of a cold start.
holds() {
    for each in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        { [ -e "$each" ] || [ -L "$each" ]; } && return
    done
    return 1
}

# open_up FOLDER: this user may do anything in it from now on.
open_up() {
    { [ -r "$1" ] && [ -w "$1" ] && [ -x "$1" ]; } || chmod u+rwx "$1"
}

# The function may have taken from this user the right to write there, which is its own folder.
open_up "$code" 2>/dev/null
if holds "$code"; then
    # /usr/code is a mount point: its contents go, it stays. Read-only folders are made writable first, or rm fails in them.
    find "$code" -mindepth 1 -maxdepth 1 -exec chmod -R u+rwX {} + 2>/dev/null
    find "$code" -mindepth 1 -maxdepth 1 -exec rm -rf {} + 2>/dev/null ||
        fail "$code holds files of another user that cannot be removed; start with an empty volume there"
fi

# Unpacked beside its place, then moved: the archive's own entry for "." sets mode and time of the folder it lands in,
# which for the mount point only its owner may. -o: files belong to whoever unpacks them.
fresh=$code/.unpack.$$
mkdir "$fresh" 2>/dev/null || fail "$code is not writable; mount a volume there that this user may write"
reason=$(/usr/local/bin/inflate tar -xof - -C "$fresh" <"$archive" 2>&1) ||
    fail "$archive could not be unpacked ($(printf '%s\n' "$reason" | grep -m 1 .)); pack $code again after build.sh"
open_up "$fresh"
# A folder can be moved only while it is writable.
for each in "$fresh"/*/ "$fresh"/.[!.]*/ "$fresh"/..?*/; do
    [ ! -d "$each" ] || [ -L "${each%/}" ] || [ -w "$each" ] || chmod u+w "$each"
done
find "$fresh" -mindepth 1 -maxdepth 1 -exec mv -t "$code" -- {} +
rmdir "$fresh" 2>/dev/null || fail "the files of $archive could not be moved into $code; see the lines above"

entrypoint=
[ ! -f "$code/.entrypoint" ] || IFS= read -r entrypoint <"$code/.entrypoint"
[ -n "$entrypoint" ] || fail "$archive records no entrypoint; pack $code after build.sh has run in it"
[ -f "$code/$entrypoint" ] ||
    fail "$archive lacks its entrypoint '$entrypoint'; build the function again and pack all of $code"
