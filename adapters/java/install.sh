#!/bin/sh
# Installs the worker in an image, as root in a Dockerfile: compiles it and archives the data of the classes that it and
# a simple function load, from which each start saves most of its time (contract S2).
set -eu
cd "$(dirname "$0")"
target=/usr/local/src
work=$(mktemp -d)

# Strings are put together without the machinery that would have to be loaded at each start.
javac -XDstringConcat=inline -d "$work/worker" src/*.java src/runtimeadapter/*.java
# ThreadLocals.java says what is opened. With an option instead, java would not use all of the archive below.
printf '%s\n' 'Main-Class: runtimeadapter.Worker' 'Add-Opens: java.base/java.lang' >"$work/manifest"
# With a date of its own: each entry would have the moment's, and the image other bytes each time.
jar --create --date 2020-01-01T00:00:00Z --file "$target/worker.jar" --manifest "$work/manifest" -C "$work/worker" .
# The archive is used only with the very jar, whose time must outlive how images are packed.
touch -d 2020-01-01T00:00:00Z "$target/worker.jar"
cp build.sh launch.sh worker.options "$target"

mkdir -p "$work/.classes/Index.java"
cp training/Index.java "$work"
javac -d "$work/.classes/Index.java" -cp "$target/worker.jar" training/Index.java
java training/Training.java "$work" java "@$target/worker.options" -Xshare:off \
    -XX:DumpLoadedClassList="$work/classes" -jar "$target/worker.jar" "$work/Index.java"
# Only the larger collector can also archive objects; the one that runs later can read them.
java "@$target/worker.options" -XX:-UseSerialGC -XX:+UseG1GC \
    -Xshare:dump -XX:SharedClassListFile="$work/classes" >/dev/null
chmod 644 "$target"/worker.*
chmod 755 "$target"/*.sh
rm -rf "$work"
