#!/bin/sh
# Starts a compiled function in a run image (contract I3, L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

[ -f "$code/runtime" ] ||
    fail "the archive holds no executable called 'runtime'; build the function with its language's build image"
[ -x "$code/runtime" ] ||
    fail "'runtime' in the archive is not executable; keep file modes when packing $code"

exec /usr/local/bin/gateway --compiled "$code/runtime"
