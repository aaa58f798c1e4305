#!/bin/sh
# Installs the worker in an image, as root in a Dockerfile: compiles it and archives the data of the classes that it and
# a simple function load, from which each start saves most of its time (contract S2).
set -eu
cd "$(dirname "$0")"
target=/usr/local/src
work=$(mktemp -d)
# shellcheck source=adapters/java/install_worker.sh
. ./install_worker.sh

# Strings are put together without the machinery that would have to be loaded at each start.
javac -XDstringConcat=inline -d "$work/worker" src/*.java src/runtimeadapter/*.java
pack worker
cp build.sh gradle.awk launch.sh worker.options "$target"
train worker training
# For the image of functions that take a context, which is made on this one.
cp -R context "$target"
cp -R install_worker.sh training "$target/context"
chmod 755 "$target"/*.sh
rm -rf "$work"
