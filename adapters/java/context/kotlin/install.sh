# Sourced by ../install.sh, which has made context.jar: compiles what functions in Kotlin need that take a context.
# shellcheck shell=sh
kotlin=/usr/local/lib/kotlin
mkdir "$kotlin/context" "$work/kotlin"
kotlinc -d "$work/kotlin" -cp "$target/context.jar:$target/library/gson.jar:$(find "$kotlin/library" -name '*.jar' -printf '%p:')" kotlin/*.kt
jar --create --date 2020-01-01T00:00:00Z --file "$kotlin/context/context.jar" -C "$work/kotlin" .
chmod 644 "$kotlin/context/context.jar"
