#!/bin/sh
# Starts a Python function (contract L5). The options are explained in adapter.py.
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

exec /usr/local/bin/gateway python3 -I -S -X utf8 /usr/local/src/adapter.py
