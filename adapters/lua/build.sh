#!/bin/sh
# Makes a Lua function ready to be packed: installs what it declares, checks its syntax (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.lua
cd "$code"

# In the archive, and out of the way of the image's own modules.
modules=$code/.rocks
packages_kept || rm -rf "$modules"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -n "$(find . -maxdepth 1 -name '*.rockspec')" ] || refuse "add the rockspec that it belongs to" luarocks.lock
for rockspec in *.rockspec; do
    [ -f "$rockspec" ] && ! packages_kept || break
    /usr/local/src/fetch.sh luarocks --lua-version 5.4 --tree "$modules" install --only-deps "$rockspec" ||
        fail "the dependencies of $rockspec could not be installed; see the error above"
    # With a lock file it has not looked at the rockspec. It does where there is none; what is missing is on no server then.
    [ -f luarocks.lock ] || continue
    printf 'repository = {}\nmodules = {}\ncommands = {}\n' >"$work/manifest-5.4"
    (cd "$work" && /usr/local/src/fetch.sh luarocks --lua-version 5.4 --tree "$modules" --only-server "$work" install --only-deps "$code/$rockspec") ||
        fail "luarocks.lock does not fit $rockspec; see the error above"
done

luac5.4 -p -- "$entrypoint" || fail "$entrypoint does not compile; see the error above"

record_entrypoint
