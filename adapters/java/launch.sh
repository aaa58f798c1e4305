#!/bin/sh
# Starts a Java or Kotlin function (contract L5). The options are explained where they stand.
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

exec /usr/local/bin/gateway java @/usr/local/src/worker.options -jar /usr/local/src/worker.jar
