#!/bin/sh
# Starts an Elixir function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

# A crash says why on stderr; its dump would fill the disk.
export ERL_CRASH_DUMP_SECONDS=0

exec /usr/local/bin/gateway erl -args_file /usr/local/src/worker.args -extra
