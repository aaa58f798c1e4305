#!/bin/sh
# Compiles what functions in Kotlin need that take a context, with the image's own compiler. Sourced by install.sh beside
# this folder.
# shellcheck shell=sh
set -eu
kotlin=/usr/local/lib/kotlin
mkdir "$kotlin/context" "$work/kotlin"
# shellcheck source=/dev/null
JAVA_VERSION=$(. "$JAVA_HOME/release" && echo "${JAVA_VERSION%%.*}")
java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp "$kotlin/compiler/*" \
    org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -jvm-target "$JAVA_VERSION" -nowarn -no-stdlib -no-reflect -d "$work/kotlin" \
    -cp "$target/context.jar:$target/gson.jar:$(find "$kotlin/library" -name '*.jar' -printf '%p:')" kotlin/*.kt
jar --create --date 2020-01-01T00:00:00Z --file "$kotlin/context/context.jar" -C "$work/kotlin" .
chmod 644 "$kotlin/context/context.jar"
