#!/bin/sh
# Starts a Perl function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

exec /usr/local/bin/gateway perl /usr/local/src/adapter.pl
