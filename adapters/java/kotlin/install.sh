#!/bin/sh
# Installs Kotlin of the given version in an image, as root in a Dockerfile: its compiler, and apart from it the library
# that functions use: Kotlin's own and that of coroutines, without which suspend functions could hardly wait.
set -eu
target=/usr/local/lib/kotlin
repository=$(mktemp -d)
sh /common/fetch.sh mvn --batch-mode --quiet --file "$(dirname "$0")/pom.xml" -Dkotlin="$1" -Dmaven.repo.local="$repository" \
    -DoutputDirectory="$target/compiler" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
mkdir "$target/library"
cd "$target/compiler"
ln -s "$PWD"/kotlin-stdlib-2* "$PWD"/kotlinx-coroutines-core-* "$PWD"/annotations-* ../library/
rm -rf "$repository"
