#!/bin/sh
# Starts a PHP function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

exec /usr/local/bin/gateway php -c /usr/local/src/php.ini /usr/local/src/adapter.php
