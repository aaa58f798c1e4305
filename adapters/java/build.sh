#!/bin/sh
# Compiles a Java or Kotlin function and installs what it declares (contract L2, L3, L4). Each file that holds a
# function is compiled into a folder of its own, .classes/<file>, so that a request may name any of them.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
# Kotlin's image is Java's with Kotlin's compiler in it.
kotlin=/usr/local/lib/kotlin
if [ -d "$kotlin" ]; then language=kt; else language=java; fi
find_entrypoint "Index.$language"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$code"

packages=$code/.packages
rm -rf "$packages" .classes
mkdir .classes
# The shape of the function, which the image's protocol fixes (docs/worker-protocol.md): what it takes, where its types are.
shape=Request
types=$here/worker.jar
own=$here/library/gson.jar # after the function's packages, which may have a Gson of their own
case ${RUNTIME_SHAPE-} in
context)
    shape='(Request|RuntimeContext)' # one of the other shape does not compile, but must not be taken for a part of others
    types=$here/context.jar
    # A function's class is in the package io.openruntimes.java, wherever its file is.
    mkdir -p "$work/sources/io/openruntimes"
    ln -s "$code" "$work/sources/io/openruntimes/java"
    refuse "declare the dependencies with their versions in a .gradle file, or in pom.xml" gradle.lockfile
    ;;
*)
    own=$here/library/of_2022.jar:$own
    refuse "Gradle is not run here: declare the dependencies in pom.xml and remove this file" \
        gradle.lockfile build.gradle build.gradle.kts settings.gradle settings.gradle.kts
    ;;
esac
# Pieces of Gradle's files, as functions of this family have them, declare dependencies in a form that can be read.
pom=pom.xml
gradle=$(find . -maxdepth 1 -type f \( -name '*.gradle' -o -name '*.gradle.kts' \) ! -name 'settings.gradle*' -printf '%P\n' | sort)
[ -z "$gradle" ] || {
    [ ! -f pom.xml ] || fail "pom.xml and $(echo "$gradle" | head -n 1) may say different things about which packages are installed; keep one of them"
    pom=$work/pom.xml
    echo "$gradle" | tr '\n' '\0' | xargs -0 awk -f "$here/gradle.awk" >"$pom" || fail "the dependencies cannot be read; see above"
}
if [ -f "$pom" ] && grep -Eq '<(dependency|parent)[ >]' "$pom"; then
    mkdir "$packages"
    /usr/local/src/fetch.sh mvn --batch-mode --quiet --file "$pom" -Dmaven.repo.local="${RUNTIME_CACHE:-$work}/maven" \
        -DincludeScope=runtime -DoutputDirectory="$packages" \
        org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies >&2 ||
        fail "the dependencies could not be installed; see the error above"
fi

# How a function looks, in either language; grep's options say what is asked of the files. Tests are no part of it, nor the types
# that a starter has for editors, nor what the install command has put together to be packed.
sources() {
    find . \( -name '.?*' -o -path ./runtime_types -o -path "./${OPEN_RUNTIMES_OUTPUT_DIRECTORY:-test}" -o -path ./test -o -path ./src/test \) -prune -o -name "*.$language" -exec grep -zE "$1" "main[[:space:]]*\\([^)]*$shape" {} +
}
jars() { find "$@" -name '*.jar' -printf ':%p' 2>/dev/null || :; }

# Java of 2022 is the inside of a class that the reference's build wrote around it. No line moves.
wrap() {
    mkdir -p "$work/wrapped"
    awk -v name="$(basename "$1" .java)" '
        NR == FNR { if (/^[ \t]*(import|package)[ \t]/) last = FNR; next }
        FNR == last + 1 { printf "public class %s { ", name }
        { print }
        END { print "}" }' "$1" "$1" >"$work/wrapped/$(basename "$1")"
    echo "$work/wrapped/$(basename "$1")"
}

# javac finds what a function needs by itself.
compile_java() {
    file=$code/$2
    stem=$(basename "$2" .java)
    if grep -q RuntimeRequest "$file" && ! grep -Eq "(class|record|enum|interface)[[:space:]]+$stem([^[:alnum:]_]|\$)" "$file"; then
        file=$(wrap "$file")
    fi
    javac -g -nowarn -encoding UTF-8 -d "$1" -cp "$types$(jars "$packages"):$own" \
        -sourcepath "$work/sources:$code/$(dirname "$2"):$code" "$file"
}

# Kotlin's does not: each function is compiled with all files that hold none.
compile_kt() {
    # shellcheck source=adapters/java/kotlinc.sh
    . "$here/kotlinc.sh"
    { sources -L || :; echo "$2"; } | sed 's/.*/"&"/' >"$work/files"
    kotlinc -d "$1" -cp "$types$(jars "$packages" "$kotlin/library" "$kotlin/context"):$own" "@$work/files"
}

# compile FILE: leaves its classes, or the compiler's words in a file `refusal`, which are then a request's answer.
compile() {
    folder=.classes/$1
    mkdir -p "$folder"
    "compile_$language" "$folder" "$1" >"$work/said" 2>&1 || {
        rm -rf "$folder"
        mkdir "$folder"
        cp "$work/said" "$folder/refusal"
        return 1
    }
}

compile "$entrypoint" || {
    cat "$work/said" >&2
    fail "$entrypoint does not compile; see the error above"
}
# Only the entrypoint must be right: what else lies in the folder may not be for running.
sources -l | while read -r file; do
    [ -d ".classes/${file#./}" ] || compile "${file#./}" || :
done
record_entrypoint
