#!/bin/sh
# Makes a Swift function the executable `runtime` (contract I3, L2, L3). The user's files are compiled where they are, so
# that stack traces name them; nothing else is written there.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
[ "${RUNTIME_SHAPE-}" != context ] || exec ./context.sh
find_entrypoint index.swift
sources=$PWD
# The worker, compiled when the image was built: it is the same for all functions.
worker=/usr/local/lib/swift-worker
shape="func main(req: Request, res: Response) async throws -> Response"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" TMPDIR="$work"  # the compiler's caches go there, too

# Of a function's throws the optimisers, Swift's and LLVM's, would make one, whose line is none or another throw's.
apart="-Xllvm -enable-tail-merge=0 -Xllvm -sink-common-insts=0 -Xllvm -sil-disable-pass=early-codemotion -Xllvm -sil-disable-pass=late-codemotion"
# With the line numbers that traces need; the worker's types are known without an import.
compile="-gline-tables-only $apart -I $worker -I $sources/worker/traces -Xfrontend -import-module -Xfrontend FunctionRuntime"
# Static, the C library too: so it runs on any Linux.
link="-Xclang-linker -static $worker/worker.o $worker/traces.o -lbacktrace"

# The package: the nearest Package.swift at or above the entrypoint, else the Swift files of its folder.
folder=$(dirname "$code/$entrypoint")
module=$folder
while [ ! -f "$module/Package.swift" ] && [ "$module" != "$code" ]; do module=$(dirname "$module"); done
[ -f "$module/Package.swift" ] || refuse "add the Package.swift that it belongs to" "$module/Package.resolved"
if [ -f "$module/Package.swift" ]; then
    sed "s|@MODULE@|$module|; s|@IDENTITY@|${module##*/}|; s|@LINK@|\"$(echo "$link" | sed 's/ /", "/g')\"|" package.swift.in >"$work/Package.swift"
    mkdir "$work/entry"
    { echo 'import function' && cat entry.swift; } >"$work/entry/entry.swift"
    # shellcheck disable=SC2046,SC2086 # lists of words
    set -- $(printf -- '-Xswiftc %s ' $compile)
    # With a lock file exactly what it says.
    exact=
    if [ -f "$module/Package.resolved" ]; then
        cp "$module/Package.resolved" "$work"
        exact=--force-resolved-versions
    fi
    # shellcheck disable=SC2086 # one word or none
    /usr/local/src/fetch.sh swift package --package-path "$work" --scratch-path "$work/build" --cache-path "${RUNTIME_CACHE:-$work}/swift" \
        --quiet $exact resolve ||
        fail "the dependencies could not be fetched; see the error above"
    # shellcheck disable=SC2086
    swift-build --package-path "$work" --scratch-path "$work/build" --configuration release --static-swift-stdlib \
        --disable-index-store --quiet "$@" >"$work/log" 2>&1 ||
        fail "the package could not be built: $(cat "$work/log"). It needs a library 'function' with: public $shape"
    cp "$work/build/release/runtime" "$code/runtime"
else
    # shellcheck disable=SC2086
    swiftc -O -whole-module-optimization -static-stdlib -parse-as-library -module-name function $compile \
        -c -o "$work/function.o" "$folder"/*.swift entry.swift ||
        fail "the function could not be built; see the error above. It needs: $shape"
    # The function's own file first: beside the first one the compiler puts what it makes a note of.
    # shellcheck disable=SC2086
    swiftc -static-stdlib -o "$code/runtime" "$work/function.o" $link >"$work/log" 2>&1 ||
        fail "the function could not be linked: $(cat "$work/log")"
fi
record_entrypoint
