#!/bin/sh
# Makes a Bun function ready to be packed: checks its syntax, installs what it declares (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
# TypeScript needs no step, so a function may as well start in index.ts.
if [ -f "$code/index.ts" ] && [ ! -f "$code/index.js" ]; then
    find_entrypoint index.ts
else
    find_entrypoint index.js
fi
cd "$code"

bun build --no-bundle --target=bun "$code/$entrypoint" >/dev/null ||
    fail "$entrypoint does not parse; see the error above"

declares_dependencies() {
    bun --no-install --eval '
        const declared = JSON.parse(await Bun.file("package.json").text());
        const names = { ...declared.dependencies, ...declared.optionalDependencies };
        process.exit(Object.keys(names).length > 0 ? 0 : 3);
    ' || {
        [ $? -eq 3 ] || fail "package.json cannot be read; see the error above"
        return 1
    }
}

if [ -f package.json ] && declares_dependencies; then
    cache=$(mktemp -d)
    trap 'rm -rf "$cache"' EXIT
    # With a lock file exactly what it says; without one nothing is left behind but node_modules.
    if [ -f bun.lock ] || [ -f bun.lockb ]; then
        set -- --frozen-lockfile
    else
        set -- --no-save
    fi
    /usr/local/src/fetch.sh bun install "$@" --production --cache-dir "$cache" --no-progress ||
        fail "the dependencies could not be installed; see the error above"
fi

record_entrypoint
