#!/bin/sh
# Makes a Node function ready to be packed: checks its syntax, installs what it declares (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.js
cd "$code"

# --check knows JavaScript only.
case $entrypoint in
*.js | *.mjs | *.cjs) node --check "$code/$entrypoint" || fail "$entrypoint does not parse; see the error above" ;;
esac

declares_dependencies() {
    node -e '
        const declared = JSON.parse(require("fs").readFileSync("package.json", "utf8"));
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
    if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]; then
        set -- ci
    else
        set -- install --no-package-lock
    fi
    /usr/local/src/fetch.sh npm "$@" --omit=dev --cache "$cache" --no-audit --no-fund --no-update-notifier ||
        fail "the dependencies could not be installed; see the error above"
fi

record_entrypoint
