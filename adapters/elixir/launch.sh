#!/bin/sh
# Starts an Elixir function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

# A crash says why on stderr; its dump would fill the disk.
export ERL_CRASH_DUMP_SECONDS=0

elixir=/usr/local/lib/elixir/lib
# Few threads, on a large machine as on a small one: each file that is called has a virtual machine of its own, and all together
# have 128 (contract L6). None waits by spinning.
exec /usr/local/bin/gateway erl +S 2:2 +SDcpu 1:1 +SDio 1 +sbwt none +sbwtdcpu none +sbwtdio none +fnu \
    -noinput -elixir_root "$elixir" -pa "$elixir/elixir/ebin" -pa /usr/local/src/ebin -s Elixir.Runtime.Worker run -extra
