#!/bin/sh
# Makes an Elixir function ready to be packed: fetches and compiles what its project declares, then compiles the function
# itself (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.ex
cd "$code"

rm -rf .elixir
[ -f mix.exs ] || refuse "add the mix.exs that it belongs to" mix.lock
if [ -f mix.exs ]; then
    export MIX_ENV=prod
    [ -z "${RUNTIME_CACHE-}" ] || export HEX_HOME="$RUNTIME_CACHE/hex" REBAR_CACHE_DIR="$RUNTIME_CACHE/rebar"
    # With a lock file exactly what it says.
    set --
    [ ! -f mix.lock ] || set -- --check-locked
    # mix asks whether it may fetch Hex or rebar, where a dependency needs them.
    yes | /usr/local/src/fetch.sh mix deps.get --only prod "$@" || fail "the dependencies could not be fetched; see the error above"
    mix compile || fail "the project could not be compiled; see the error above"
fi

elixir -pa /usr/local/src/ebin -e 'Runtime.Function.build(hd(System.argv()))' -- "$entrypoint" ||
    fail "$entrypoint could not be compiled; see the error above"

record_entrypoint
