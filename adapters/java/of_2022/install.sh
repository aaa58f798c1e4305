# Sourced by install.sh, which has made worker.jar: installs the types of functions that are written as in 2022. Some
# import them from the reference's package, others expect them in their own, which has no name: they are compiled for both.
# shellcheck shell=sh

for language in java kotlin; do
    mkdir -p "$work/of_2022/$language"
    for file in of_2022/Runtime*; do
        { echo "package io.openruntimes.$language;" && cat "$file"; } >"$work/of_2022/$language/${file##*/}"
    done
done
if [ -d /usr/local/lib/kotlin ]; then
    javac -d "$work/types" of_2022/RuntimeRequest.java "$work/of_2022/kotlin/RuntimeRequest.java"
    kotlinc -d "$work/types" -cp "$work/types:$target/worker.jar:$(find /usr/local/lib/kotlin/library -name '*.jar' -printf '%p:')" \
        of_2022/RuntimeResponse.kt "$work/of_2022/kotlin/RuntimeResponse.kt"
else
    javac -d "$work/types" -cp "$target/worker.jar" of_2022/*.java "$work"/of_2022/java/*.java
fi
jar --create --date 2020-01-01T00:00:00Z --file "$target/library/of_2022.jar" -C "$work/types" .
