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

only_one bun.lock bun.lockb package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml deno.lock
refuse "make a bun.lock with Bun and send that instead" npm-shrinkwrap.json deno.lock
[ -z "$lock" ] || [ -f package.json ] || fail "$lock is there without the package.json that it belongs to; add it, or remove $lock"
if ! packages_kept && [ -f package.json ] && declares_dependencies; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # With a lock file exactly what it says; without one nothing is left behind but node_modules.
    case $lock in
    '') set -- --no-save ;;
    bun.lock | bun.lockb) set -- --frozen-lockfile ;;
    *)
        # Another tool's: taken over as it is, or not at all.
        bun pm migrate || fail "$lock cannot be taken over by Bun; make a bun.lock with Bun and send that instead"
        # No address is that of the registry in use; Yarn's files have that of the public one.
        sed -i 's#"https\{0,1\}://registry\.\(yarnpkg\|npmjs\)\.[^"]*"#""#' bun.lock
        set -- --frozen-lockfile
        made=bun.lock
        ;;
    esac
    /usr/local/src/fetch.sh bun install "$@" --production --cache-dir "${RUNTIME_CACHE:-$work}/bun" --no-progress ||
        fail "the dependencies could not be installed; see the error above"
    [ -z "${made-}" ] || rm "$made"
fi

record_entrypoint
