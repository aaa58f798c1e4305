#!/bin/sh
# start.sh [START COMMAND]: puts a built function into its folder, and starts it (docs/protocol-v5.md, B4 to B6).
set -eu
began=$(date +%s%N)
# As process 1 this shell would not notice a SIGTERM, and `docker stop` would wait in vain. exec undoes the trap.
trap 'exit 0' TERM INT
# shellcheck source=adapters/open-runtimes/helpers/common.sh
. "${0%/*}/common.sh"
# shellcheck source=adapters/open-runtimes/languages/node.sh
. "$server/helpers/language.sh"

# The user that the gateway gives to workers: what the function may write is that user's.
as_user=
if is_root; then
    [ "${RUNTIME_USER-}" = root ] || as_user="setpriv --reuid 2001 --regid 2000 --clear-groups"
    # Executors mount a folder of root's there, and functions could not write to it.
    chmod 1777 /tmp
fi

# note NAME SINCE: how long a part of the start took; the gateway writes it down with its own (V4).
timings=
note() {
    took=$((($(date +%s%N) - $2) / 1000000))
    timings="$timings $1=$((took / 1000)).$(printf %03d $((took % 1000)))"
}

# Of an earlier start of this container.
find "$function" -mindepth 1 -maxdepth 1 -exec rm -rf {} + || fail "$function holds files that cannot be removed"

archive=
for name in code.sqfs code.tar code.tar.gz code.gz; do
    [ ! -f "/mnt/code/$name" ] || { archive=/mnt/code/$name && break; }
done
unpacking=$(date +%s%N)
if [ -n "$archive" ]; then
    # By its first bytes, whatever its name says (B4).
    case $(od -A n -t x1 -N 4 "$archive" | tr -d ' \n') in
    68737173)
        unsquashfs -quiet -no-progress -force -dest "$function" "$archive" >/dev/null &&
            { [ -z "$as_user" ] || chown -R 2001:2000 "$function"; }
        ;;
    1f8b*) $as_user /usr/local/bin/inflate tar -C "$function" --no-same-owner -xf - <"$archive" ;;
    28b52ffd) $as_user tar -C "$function" --no-same-owner --zstd -xf - <"$archive" ;;
    *) $as_user tar -C "$function" --no-same-owner -xf - <"$archive" ;;
    esac || fail "$archive could not be unpacked; build the function again with helpers/build.sh"
    note extract "$unpacking"
elif [ -f /mnt/code/.extracted ]; then
    find /mnt/code -mindepth 1 -maxdepth 1 ! -name .extracted -exec ln -s -t "$function" {} +
    note symlink "$unpacking"
else
    fail "there is no archive in /mnt/code; mount the code.tar.gz there that helpers/build.sh has made"
fi

use_recorded_entrypoint
note prepare "$began"
export RUNTIME_TIMINGS="$timings"
cd "$server"
# bash, since executors and users write commands for it (B5).
exec bash -c "${1:-sh helpers/server.sh}"
