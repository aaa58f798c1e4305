#!/bin/sh
# Makes a Dart function the executable `runtime` (contract I3, L2, L3), compiled ahead of time where its files are, so that
# stack traces name them.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.dart
sources=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PUB_CACHE="${PUB_CACHE:-${RUNTIME_CACHE:-$work}/pub}"
dart() { command dart --suppress-analytics "$@"; }

# main, or the start of 2021's functions; those are older than what Dart 3.13 no longer takes: `final` on a parameter.
# Functions that take a context are written with it.
name=main
language=
main=main.dart
shape="Future<void> main(Request req, Response res)"
has() { grep -Eq "(^|[[:space:]>?])$1[[:space:]]*\\(" "$code/$entrypoint"; }
if [ "${RUNTIME_SHAPE-}" = context ]; then
    language=', "languageVersion": "3.12"'
    main=main_context.dart
    shape="Future<dynamic> main(final context)"
elif has start && ! has main; then
    name=start
    language=', "languageVersion": "2.12"'
fi

# The packages: those of the nearest pubspec.yaml at or above the entrypoint, if there is one, and the worker.
worker="{\"name\": \"runtime\", \"rootUri\": \"file://$sources/runtime\", \"packageUri\": \"lib/\", \"languageVersion\": \"3.10\"}"
# What the worker's package was called in 2022, unless the function has another one of that name.
types="{\"name\": \"function_types\", \"rootUri\": \"file://$sources/function_types\", \"packageUri\": \"lib/\", \"languageVersion\": \"3.10\"}"
module=$(dirname "$code/$entrypoint")
while [ ! -f "$module/pubspec.yaml" ] && [ "$module" != "$code" ]; do module=$(dirname "$module"); done
[ -f "$module/pubspec.yaml" ] || refuse "add the pubspec.yaml that it belongs to" "$module/pubspec.lock"
if [ -f "$module/pubspec.yaml" ]; then
    # With a lock file exactly what it says.
    set --
    [ ! -f "$module/pubspec.lock" ] || set -- --enforce-lockfile
    (cd "$module" && /usr/local/src/fetch.sh dart --suppress-analytics pub get --no-example "$@") ||
        fail "the dependencies could not be installed; see the error above"
    packages=$module/.dart_tool/package_config.json
    # A package `runtime` of the function's own, such as the types that editors use, gives way to the worker.
    sed -i "/^    {$/{:a;N;/\n    }/!ba;s|^.*\"name\": \"runtime\",.*}|$worker|;}" "$packages"
    grep -qF "$worker" "$packages" || sed -i "s|\"packages\": *\[|&$worker,|" "$packages"
    grep -qF '"name": "function_types"' "$packages" || sed -i "s|\"packages\": *\[|&$types,|" "$packages"
else
    packages=$work/packages.json
    printf '{"configVersion": 2, "packages": [%s, %s, {"name": "function", "rootUri": "file://%s"%s}]}\n' \
        "$worker" "$types" "$code" "$language" >"$packages"
fi

sed "s|@ENTRYPOINT@|$code/$entrypoint|; s|@NAME@|$name|" "$sources/$main.in" >"$work/runtime_main.dart"
mkdir -p "$code/lib"
cd "$code" # the compiler names files as they are seen from here
dart compile aot-snapshot --packages="$packages" --verbosity=error --output="$code/lib/function.aot" "$work/runtime_main.dart" ||
    fail "the function could not be built; see the error above. It needs: $shape"
[ "$packages" = "$work/packages.json" ] || rm -r "$module/.dart_tool"

if [ "${RUNTIME_SHAPE-}" != context ]; then
    # What runs it, with the C library and what else that is linked to: a run image may have an older one, or none. The
    # image of a function that takes a context builds and runs it.
    program=$DART_SDK/bin/dartaotruntime
    cp "$program" "$code/lib"
    ldd "$program" >"$work/libraries"
    cp -L "$(awk '$1 ~ /^\// { print $1 }' "$work/libraries")" "$code/lib/ld.so"
    awk '$3 ~ /^\// { print $3 }' "$work/libraries" | xargs -I{} cp -L {} "$code/lib"
    missing=$("$code/lib/ld.so" --library-path "$code/lib" --list "$code/lib/dartaotruntime" |
        awk -v own="$code/lib/" '$2 == "=>" && index($3, own) != 1 { print $1 }')
    [ -z "$missing" ] || fail "the function is linked to what would not come along: $missing"
fi
cp "$sources/run.sh" "$code/runtime"
record_entrypoint
