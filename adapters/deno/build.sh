#!/bin/sh
# Makes a Deno function ready to be packed: checks its syntax, fetches what it imports (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.ts
cd "$code"

# In the archive: what is downloaded, and what TypeScript becomes.
export DENO_DIR="$code/.deno" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1

only_one deno.lock package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb
refuse "make a deno.lock with Deno and send that instead" \
    package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb
# With a lock file exactly what it says; without one none is left behind.
if [ -n "$lock" ]; then
    set -- --frozen
else
    set -- --no-lock
fi
if [ -f package.json ] || [ -f deno.json ] || [ -f deno.jsonc ]; then
    packages_kept || /usr/local/src/fetch.sh deno install --quiet "$@" || fail "the dependencies could not be installed; see the error above"
fi
# Reads all that the function imports; with no imports from elsewhere it does not touch the network.
/usr/local/src/fetch.sh deno cache --quiet --allow-import "$@" "$code/$entrypoint" ||
    fail "$entrypoint or something that it imports cannot be loaded; see the error above"

record_entrypoint
