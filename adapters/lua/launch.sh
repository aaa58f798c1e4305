#!/bin/sh
# Starts a Lua function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

exec /usr/local/bin/gateway lua5.4 /usr/local/src/adapter.lua
