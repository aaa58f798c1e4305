#!/bin/sh
# In an image of one function (./dev bundle) this is helpers/start.sh: the function was put into its place when the image
# was made. Nothing is written, and nobody need be root.
set -eu
# shellcheck source=adapters/open-runtimes/helpers/common.sh
. "${0%/*}/common.sh"
# shellcheck source=adapters/open-runtimes/languages/node.sh
. "$server/helpers/language.sh"

[ -f "$function/$settings" ] || fail "the function of this image is not in $function; mount nothing there"
use_recorded_entrypoint
# A plain HTTP service, unless whoever starts it sets a secret: there is no executor that would send one (V6).
export OPEN_RUNTIMES_SECRET="${OPEN_RUNTIMES_SECRET-}"
# Nobody collects files of logs here, and a read-only root has none (V39).
export RUNTIME_LOGS="${RUNTIME_LOGS:-container}"
# Of a user without an entry in /etc/passwd it would be /.
export HOME=/tmp
cd "$server"
serve
