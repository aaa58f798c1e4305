# In an image of one function (./dev bundle) this is /usr/local/src/unpack.sh: the function was put into its place when
# the image was made. Sourced by every launch.sh.
# shellcheck shell=sh
# shellcheck source=adapters/common/common.sh
. /usr/local/src/common.sh

read -r entrypoint 2>/dev/null <"$code/.entrypoint" || entrypoint=
[ -f "$code/$entrypoint" ] && [ -n "$entrypoint" ] ||
    fail "the function of this image is not in $code; mount nothing there"
