#!/bin/sh
# Makes a Swift function that takes a context the executable `runtime` (docs/protocol-v5.md). The image that builds it runs
# it, too, so it is linked to the image's own libraries.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
# Whoever names the file may leave out its folder.
entrypoint=${ENTRYPOINT_NAME:-Sources/index.swift}
[ -f "$code/$entrypoint" ] || [ ! -f "$code/Sources/$entrypoint" ] || ENTRYPOINT_NAME=Sources/$entrypoint
find_entrypoint Sources/index.swift
sources=$PWD
worker=/usr/local/lib/swift-worker
shape="func main(context: RuntimeContext) async throws -> RuntimeOutput"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" TMPDIR="$work"  # the compiler's caches go there, too

# The function's files: all of Sources, or those beside the entrypoint.
case $entrypoint in
Sources/*)
    own=Sources
    depth=100
    ;;
*)
    own=$(dirname "$entrypoint")
    depth=1
    ;;
esac
mkdir -p "$work/package/RuntimeFunction/own"
copies=$work/package/RuntimeFunction/own
(cd "$code/$own" && find . -maxdepth "$depth" -name '*.swift' ! -path './Package.swift' -exec cp --parents -t "$copies" {} +)
# Its code would be the program, and could not stand beside ours.
[ ! -f "$copies/main.swift" ] || mv "$copies/main.swift" "$copies/main.function.swift"
cp entry_context.swift "$copies/.."

# As build.sh does; traces name the files where they are when the function runs.
apart="-Xllvm -enable-tail-merge=0 -Xllvm -sink-common-insts=0 -Xllvm -sil-disable-pass=early-codemotion -Xllvm -sil-disable-pass=late-codemotion"
compile="-gline-tables-only $apart -I $worker/context -I $sources/worker/traces -Xfrontend -import-module -Xfrontend FunctionRuntime"
compile="$compile -file-prefix-map $copies=/usr/local/server/src/function/$own"
link="$worker/context/worker.o $worker/traces.o -lbacktrace"
# said: what the compiler has said, of the files where they are.
said() { sed "s|$copies/|$own/|g" "$work/log"; }
listed() { printf '%s' "$1" | sed 's/[^ ]*/"&"/g; s/ /, /g'; }

# The package: the nearest Package.swift at or above the entrypoint. Of its targets only what they need is taken.
module=$(dirname "$code/$entrypoint")
while [ ! -f "$module/Package.swift" ] && [ "$module" != "$code" ]; do module=$(dirname "$module"); done
[ -f "$module/Package.swift" ] || refuse "add the Package.swift that it belongs to" "$module/Package.resolved"
if [ -f "$module/Package.swift" ]; then
    find "$module/" -mindepth 1 -maxdepth 1 ! -name .build ! -name Sources -exec cp -a -t "$work/package" {} +
    sed "s|@COMPILE@|$(listed "$compile")|; s|@LINK@|$(listed "$link")|" package_context.swift.in >>"$work/package/Package.swift"
    # With a lock file exactly what it says.
    exact=
    [ ! -f "$module/Package.resolved" ] || exact=--force-resolved-versions
    # shellcheck disable=SC2086 # one word or none
    /usr/local/src/fetch.sh swift package --package-path "$work/package" --scratch-path "$work/build" --cache-path "${RUNTIME_CACHE:-$work}/swift" \
        --quiet $exact resolve ||
        fail "the dependencies could not be fetched; see the error above"
    swift-build --package-path "$work/package" --scratch-path "$work/build" --configuration release --product runtime \
        --disable-index-store --quiet >"$work/log" 2>&1 ||
        fail "the function could not be built: $(said). It needs: $shape"
    cp "$work/build/release/runtime" "$code/runtime"
else
    # shellcheck disable=SC2046,SC2086 # lists of words
    find "$copies/.." -name '*.swift' -exec swiftc -O -whole-module-optimization -parse-as-library -module-name function $compile \
        -c -o "$work/function.o" {} + >"$work/log" 2>&1 ||
        fail "the function could not be built: $(said). It needs: $shape"
    # shellcheck disable=SC2086
    swiftc -o "$code/runtime" "$work/function.o" $link >"$work/log" 2>&1 ||
        fail "the function could not be linked: $(said)"
fi
record_entrypoint
