#!/bin/sh
# packages.sh NAME…: installs system packages on top of a finished image, for a function's runtime.toml. Run as root in
# a Dockerfile's RUN, beside fetch.sh and prepare.sh. Debian's, Ubuntu's and Alpine's packages; others say so.
set -eu
here=${0%/*}
fail() {
    printf 'packages.sh: %s\n' "$1" >&2
    exit 1
}

[ $# -gt 0 ] || fail "name a package"
system=$(. "${OS_RELEASE:-/etc/os-release}" && printf '%s' "$PRETTY_NAME")
if command -v apt-get >/dev/null 2>&1; then
    sh "$here/fetch.sh" apt-get update
    for name in "$@"; do
        [ -n "$(apt-cache madison "$name")" ] ||
            fail "$system has no package '$name'; look for its name with: apt-cache search ${name%%[0-9]*}"
    done
    export DEBIAN_FRONTEND=noninteractive
    sh "$here/fetch.sh" apt-get install -y --no-install-recommends "$@"
elif command -v apk >/dev/null 2>&1; then
    sh "$here/fetch.sh" apk update
    for name in "$@"; do
        [ -n "$(apk search --exact "$name")" ] ||
            fail "$system has no package '$name'; look for its name with: apk search ${name%%[0-9]*}"
    done
    sh "$here/fetch.sh" apk add "$@"
else
    fail "$system has neither apt-get nor apk, so packages cannot be added; choose a runtime on Debian or Alpine"
fi
sh "$here/prepare.sh"
