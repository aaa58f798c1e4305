#!/bin/sh
# Becomes the gateway, which serves the function (docs/protocol-v5.md, B5).
set -eu
# shellcheck source=adapters/open-runtimes/helpers/common.sh
. /usr/local/server/helpers/common.sh
# shellcheck source=adapters/open-runtimes/languages/node.sh
. "$server/helpers/language.sh"
export OPEN_RUNTIMES_ENTRYPOINT="${OPEN_RUNTIMES_ENTRYPOINT:-$default_entrypoint}"
serve
