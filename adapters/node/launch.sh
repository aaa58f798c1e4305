#!/bin/sh
# Starts a Node function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

exec /usr/local/bin/gateway node /usr/local/src/adapter.cjs
