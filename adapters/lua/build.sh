#!/bin/sh
# Makes a Lua function ready to be packed: installs what it declares, checks its syntax (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.lua
cd "$code"

# In the archive, and out of the way of the image's own modules.
modules=$code/.rocks
rm -rf "$modules"
for rockspec in *.rockspec; do
    [ -f "$rockspec" ] || break
    /usr/local/src/fetch.sh luarocks --lua-version 5.4 --tree "$modules" install --only-deps "$rockspec" ||
        fail "the dependencies of $rockspec could not be installed; see the error above"
done

luac5.4 -p -- "$entrypoint" || fail "$entrypoint does not compile; see the error above"

record_entrypoint
