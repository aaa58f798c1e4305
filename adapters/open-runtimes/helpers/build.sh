#!/bin/sh
# build.sh [INSTALL COMMAND]: makes the archive of a function from its source (docs/protocol-v5.md, B1 to B3).
# Without a command what the function declares is installed, exactly as the runtime's first image does (docs/dependencies.md).
set -eu
# shellcheck source=adapters/open-runtimes/helpers/common.sh
. "${0%/*}/common.sh"
# What `compile` leaves and the gateway starts, in languages whose functions are programs: the program, and its other files.
program=
# shellcheck source=adapters/open-runtimes/languages/node.sh
. "$server/helpers/language.sh"

# compile_as_first_image: what build.sh of the runtime's first image does, for a function that takes a context. It
# installs what the function declares; of what the install command has put there it takes what it can use.
# The last variable is for pip alone, which warns of the root user that is meant here.
compile_as_first_image() {
    (cd /usr/local/src && ENTRYPOINT_NAME=$entrypoint RUNTIME_SHAPE=context PIP_ROOT_USER_ACTION=ignore ./build.sh) || exit
}

source=${OPEN_RUNTIMES_BUILD_INPUT_DIR:-/mnt/code}
target=${OPEN_RUNTIMES_BUILD_OUTPUT_DIR:-/mnt/code}
compression=${OPEN_RUNTIMES_BUILD_COMPRESSION:-gzip}
entrypoint=${OPEN_RUNTIMES_ENTRYPOINT:-$default_entrypoint}
check_entrypoint
case $compression in
gzip | zstd | none | squashfs | skip | auto) ;;
*) fail "OPEN_RUNTIMES_BUILD_COMPRESSION is '$compression'; it must be gzip, zstd, none, auto, squashfs or skip" ;;
esac
# The image's own, /tmp, is a folder of the caller's.
! is_root || export HOME=/root

# Two builds in one container must not mix, unless whoever keeps it has seen to that (packages_kept of the first image's
# build.sh). An archive of an earlier build is no source.
[ -n "${RUNTIME_PACKAGES_KEPT-}" ] || find "$build" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
[ -d "$source" ] || fail "there is no folder $source; mount the function's source there, or name its folder in OPEN_RUNTIMES_BUILD_INPUT_DIR"
find "$source" -mindepth 1 -maxdepth 1 ! -name code.tar.gz ! -name code.sqfs ! -name .extracted -exec cp -a -t "$build" {} +
[ -n "$(ls -A "$build")" ] || fail "$source is empty; unpack the function's source there"
cd "$build"

if [ $# -gt 0 ]; then
    prepare
    # A command of the user's: its shell is bash, as executors have it (B1).
    [ -z "$1" ] || bash -c "$1" || fail "the install command failed with exit code $?; see its output above"
    compile
else
    compile_as_first_image
fi

packed=$build
if [ -n "${OPEN_RUNTIMES_OUTPUT_DIRECTORY:-}" ]; then
    packed=$build/$OPEN_RUNTIMES_OUTPUT_DIRECTORY
    [ -d "$packed" ] || fail "the build left no folder '$OPEN_RUNTIMES_OUTPUT_DIRECTORY' (OPEN_RUNTIMES_OUTPUT_DIRECTORY)"
fi
[ -n "$(ls -A "$packed")" ] || fail "the build left nothing in ${OPEN_RUNTIMES_OUTPUT_DIRECTORY:-$build}; there is nothing to pack"
# A folder of the output's own lacks what was compiled after it was made.
for left in $program; do
    [ "$packed" = "$build" ] || [ ! -e "$build/$left" ] || (cd "$build" && cp -a --parents -t "$packed" "$left")
done
left=${program%% *}
[ -e "$packed/${left:-$entrypoint}" ] ||
    printf "%s: warning: there is no file '%s' in what was built; requests will be answered with 503\n" "${0##*/}" "$entrypoint" >&2

small=5242880
if [ "$compression" = auto ]; then
    compression=gzip
    [ "$(du -sb "$packed" | cut -f 1)" -ge "$small" ] || compression=none
fi
cat >"$packed/$settings" <<END
OPEN_RUNTIMES_ENTRYPOINT='$entrypoint'
OPEN_RUNTIMES_CLEANUP=''
OPEN_RUNTIMES_COMPRESSION='$compression'
END

mkdir -p "$target" || fail "$target cannot be written to"
archive=code.tar.gz
[ "$compression" != squashfs ] || archive=code.sqfs
part=$target/.$archive.part
trap 'rm -rf "$part"' EXIT
# Under its name only when it is whole.
case $compression in
gzip) tar -C "$packed" -czf "$part" . ;;
none) tar -C "$packed" -cf "$part" . ;;
zstd) tar -C "$packed" --zstd -cf "$part" . ;;
squashfs) mksquashfs "$packed" "$part" -quiet -no-progress -comp zstd >/dev/null ;;
skip)
    cp -a "$packed/." "$target/"
    : >"$target/.extracted"
    ;;
esac || fail "$target/$archive could not be written; is its disk full, or may this user not write there?"
[ ! -e "$part" ] || mv "$part" "$target/$archive"
printf '%s: the function is built: %s\n' "${0##*/}" "$([ "$compression" = skip ] && echo "$target" || du -h "$target/$archive" | cut -f 1)"
