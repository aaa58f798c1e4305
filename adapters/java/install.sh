#!/bin/sh
# Installs the worker in an image, as root in a Dockerfile: compiles it and archives the data of the classes that it and
# a simple function load, from which each start saves most of its time (contract S2).
set -eu
cd "$(dirname "$0")"
target=/usr/local/src
work=$(mktemp -d)
# shellcheck source=adapters/java/install_worker.sh
. ./install_worker.sh
# shellcheck source=adapters/java/kotlinc.sh
. ./kotlinc.sh

# Strings are put together without the machinery that would have to be loaded at each start.
javac -XDstringConcat=inline -d "$work/worker" src/*.java src/runtimeadapter/*.java
pack worker
cp build.sh gradle.awk kotlinc.sh launch.sh worker.options "$target"
train worker training
# Gson is part of what functions are promised that take a context, or are written as in 2022.
mkdir "$target/library"
sh "$target/fetch.sh" mvn --batch-mode --quiet -Dmaven.repo.local="$work/maven" -Dartifact=com.google.code.gson:gson:2.13.2 \
    -DoutputDirectory="$work/gson" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy
cp "$work"/gson/gson-*.jar "$target/library/gson.jar"
date_of library/gson
# shellcheck source=adapters/java/of_2022/install.sh
. ./of_2022/install.sh
date_of library/of_2022
# For the image of functions that take a context, which is made on this one.
cp -R context "$target"
cp -R install_worker.sh training "$target/context"
chmod 755 "$target"/*.sh
rm -rf "$work"
