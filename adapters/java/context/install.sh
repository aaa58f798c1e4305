#!/bin/sh
# Installs what functions need that take a context, as root in the Dockerfile of the open-runtimes protocol's image:
# their types, and the worker that knows them. The first image has left this folder in /usr/local/src.
set -eu
cd "$(dirname "$0")"
target=/usr/local/src
work=$(mktemp -d)
# shellcheck source=adapters/java/install_worker.sh
. ./install_worker.sh
# shellcheck source=adapters/java/kotlinc.sh
. "$target/kotlinc.sh"

javac -nowarn -XDstringConcat=inline -d "$work/context" -cp "$target/worker.jar:$target/library/gson.jar" \
    io/openruntimes/java/*.java runtimeadapter/*.java
pack context worker.jar library/gson.jar
sed 's|worker[.]|context.|' "$target/worker.options" >"$target/context.options"
[ ! -d /usr/local/lib/kotlin ] || . ./kotlin/install.sh
RUNTIME_SHAPE=context train context trained
rm -rf "$work"
