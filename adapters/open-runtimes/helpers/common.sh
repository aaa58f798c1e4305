# Sourced by the scripts of this folder: what they share. POSIX sh.
# shellcheck shell=sh

server=/usr/local/server
# Where the function is built, and where it runs (B1, B6).
build=/usr/local/build
function=$server/src/function
# What a build writes into the function's folder, and what a start reads from it (B2).
settings=.open-runtimes

# fail MESSAGE: ends the script with one line that says what is wrong and what to do.
fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# is_root: whether this is root, which gives away what the function may write.
is_root() {
    [ "$(id -u)" -eq 0 ]
}

# use_recorded_entrypoint: exports the file that is called. What the build has recorded comes before the environment
# (B2). Read, never run: it is the user's.
use_recorded_entrypoint() {
    entrypoint=${OPEN_RUNTIMES_ENTRYPOINT:-$default_entrypoint}
    recorded=$(sed -n "s/^OPEN_RUNTIMES_ENTRYPOINT=['\"]\{0,1\}\([^'\"]*\)['\"]\{0,1\}\$/\1/p" "$function/$settings" 2>/dev/null | tail -n 1) || :
    entrypoint=${recorded:-$entrypoint}
    check_entrypoint
    export OPEN_RUNTIMES_ENTRYPOINT="$entrypoint"
}

# check_entrypoint: ends the script if `entrypoint` cannot be a file inside the function's folder (V33).
check_entrypoint() {
    case $entrypoint in
    /* | ../* | */../* | */.. | ..)
        fail "OPEN_RUNTIMES_ENTRYPOINT '$entrypoint' is not a path inside the function's folder; name it relative to that folder, such as '$default_entrypoint'" ;;
    *'
'* | *"'"*) fail "OPEN_RUNTIMES_ENTRYPOINT has a line break or a quote in it; rename the file" ;;
    esac
}

# serve_program: becomes the gateway of a function that is a program, which build.sh has left as `runtime`.
serve_program() {
    [ -x "$function/runtime" ] ||
        fail "there is no program 'runtime' in $function; build the function with helpers/build.sh of this image"
    exec gateway --protocol open-runtimes --compiled "$function/runtime"
}
