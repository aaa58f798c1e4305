#!/bin/sh
# Starts a Bun function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

# A call that is the last thing a function does would leave no line of its own in stack traces (contract E2).
export BUN_JSC_useTailCalls=0

# Bun would download missing packages while the function runs; build.sh has installed what is declared.
exec /usr/local/bin/gateway bun run --no-install /usr/local/src/adapter.js
