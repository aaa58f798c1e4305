# Sourced by build.sh, launch.sh and unpack.sh: what they share. POSIX sh; works in dash and busybox ash.
# shellcheck shell=sh

# Where the function lives (contract I4).
code=/usr/code

# fail MESSAGE: ends the script with one line that says what is wrong and what to do.
fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# find_entrypoint DEFAULT: sets `entrypoint` to the file that the function starts in (contract L2), a path
# relative to /usr/code, and makes sure that it is a regular file in there, also after resolving links.
find_entrypoint() {
    entrypoint=${ENTRYPOINT_NAME:-${APPWRITE_ENTRYPOINT_NAME:-${INTERNAL_RUNTIME_ENTRYPOINT:-$1}}}
    case $entrypoint in
    /* | ../* | */../* | */..)
        fail "the entrypoint '$entrypoint' is not a path inside the function's folder; name it relative to that folder, such as '$1'" ;;
    *'
'*) fail "the entrypoint's name has a line break in it; rename the file and set ENTRYPOINT_NAME" ;;
    esac
    [ -f "$code/$entrypoint" ] || {
        found=$(cd "$code" && find . -mindepth 2 -maxdepth 4 -path "*/$entrypoint" -type f ! -path '*/node_modules/*' ! -path '*/.*/*' | head -n 1)
        [ -z "$found" ] ||
            fail "the function has no file '$entrypoint', but '${found#./}'; pack the contents of that folder, or set ENTRYPOINT_NAME to '${found#./}'"
        fail "the function has no file '$entrypoint'; set ENTRYPOINT_NAME to the file that holds it, or name that file '$1'"
    }
    case $(readlink -f "$code/$entrypoint") in
    "$(readlink -f "$code")"/*) ;;
    *) fail "the entrypoint '$entrypoint' is a link that leads out of the function's folder; put the file itself there" ;;
    esac
}

# record_entrypoint: notes `entrypoint` where the gateway looks for it (contract L2, R6). The last step of every build.
record_entrypoint() {
    printf '%s\n' "$entrypoint" >"$code/.entrypoint"
}

# packages_kept: whether /usr/code still has the packages that this build would install. Only who keeps the container
# between builds knows that, and says so (`./dev serve`).
packages_kept() {
    [ -n "${RUNTIME_PACKAGES_KEPT-}" ]
}

# only_one FILE…: sets `lock` to the file that is there, or to nothing. Several could say different things (contract L2).
only_one() {
    lock=
    for file; do
        [ -f "$file" ] || continue
        [ -z "$lock" ] || fail "$lock and $file may say different things about which packages are installed; keep one of them"
        lock=$file
    done
}

# refuse WAY_OUT FILE…: ends the build if there is a file that says which packages are installed, and nothing here reads.
refuse() {
    way_out=$1
    shift
    for file; do
        [ ! -f "$file" ] || fail "${file#"$code"/} is not read by this runtime; $way_out"
    done
}
