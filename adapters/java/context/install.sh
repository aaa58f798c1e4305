#!/bin/sh
# Installs what functions need that take a context, as root in the Dockerfile of the open-runtimes protocol's image:
# their types, and the worker that knows them. The first image has left this folder in /usr/local/src.
set -eu
cd "$(dirname "$0")"
target=/usr/local/src
work=$(mktemp -d)
# shellcheck source=adapters/java/install_worker.sh
. ./install_worker.sh

# Gson is part of what functions are promised.
sh /common/fetch.sh mvn --batch-mode --quiet -Dmaven.repo.local="$work/maven" -Dartifact=com.google.code.gson:gson:2.13.2 \
    -DoutputDirectory="$work/gson" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy
cp "$work"/gson/gson-*.jar "$target/gson.jar"
date_of gson
javac -nowarn -XDstringConcat=inline -d "$work/context" -cp "$target/worker.jar:$target/gson.jar" \
    io/openruntimes/java/*.java runtimeadapter/*.java
pack context worker.jar gson.jar
sed 's|worker[.]|context.|' "$target/worker.options" >"$target/context.options"
[ ! -d /usr/local/lib/kotlin ] || . ./kotlin/install.sh
RUNTIME_SHAPE=context train context trained
rm -rf "$work"
