#!/bin/sh
# Starts a Deno function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

# What build.sh has downloaded and transpiled came with the archive; nothing more is fetched.
export DENO_DIR="$code/.deno" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1

# A function may use the network, its environment, facts about the system, and the folders that it may write to anyway
# (contract L6); the worker needs /tmp and the network too, for the gateway's socket. It may start no other program, load
# no native library, and read nothing else of the image. What it imports from other hosts is in the cache already.
folders=$code,/usr/workspace,/tmp
exec /usr/local/bin/gateway deno run --quiet --no-prompt --cached-only \
    --allow-net --allow-env --allow-sys --allow-import --allow-read="$folders" --allow-write="$folders" \
    --preload=/usr/local/src/adapter.js
