#!/bin/sh
# Makes a Go function the executable `runtime` (contract I3, L2, L3). The user's files are compiled where they are, so
# that stack traces name them; everything else is laid over the folder for the compiler only and never written there.
# With RUNTIME_SHAPE=context the function is one of the open-runtimes protocol (docs/protocol-v5.md).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
shape=${RUNTIME_SHAPE:-}
# Paths in the program's stack traces are free of links, as the compiler has them.
code=$(readlink -f "$code")
find_entrypoint index.go
sources=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "$shape" = context ]; then
    wanted="func Main(Context openruntimes.Context) openruntimes.Response"
    ! grep -q '^package[[:space:]]\{1,\}main\>' "$code/$entrypoint" ||
        fail "$entrypoint is a program of its own; begin it with 'package handler' instead of 'package main'"
else
    wanted="func Main(req Request, res Response) Response"
    grep -q '^package[[:space:]]\{1,\}function' "$code/$entrypoint" ||
        fail "$entrypoint must begin with 'package function'"
fi

# The caches are thrown away with $work. What the image has already compiled is linked into it; only who builds
# the image may add to that.
export XDG_CONFIG_HOME="$work" GOPATH="${RUNTIME_CACHE:-$work}/go" GOCACHE="$work/cache" GOTMPDIR="$work" GOFLAGS=-modcacherw GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=0
warm=/usr/local/gocache
if [ -n "${RUNTIME_CACHE-}" ]; then
    GOCACHE=$RUNTIME_CACHE/go-build-$(go env GOVERSION)
    # Other builds may make it, too: it is there as a whole or not at all.
    mkdir -p "$RUNTIME_CACHE"
    [ -d "$GOCACHE" ] || { cp -rs "$warm" "$work/cache" && mv -T "$work/cache" "$GOCACHE" 2>/dev/null; } || [ -d "$GOCACHE" ]
elif [ -w "$warm" ]; then
    GOCACHE=$warm
elif [ -d "$warm" ]; then
    cp -rs "$warm" "$GOCACHE"
fi

# The module: the nearest go.mod at or above the entrypoint, else one made up here.
package=$(dirname "$code/$entrypoint")
module=$package
while [ ! -f "$module/go.mod" ] && [ "$module" != "$code" ]; do module=$(dirname "$module"); done
[ -f "$module/go.mod" ] || refuse "add the go.mod that it belongs to" "$module/go.sum"
if [ -f "$module/go.mod" ]; then
    cp "$module/go.mod" "$work/go.mod"
else
    name=function
    [ "$shape" != context ] || name=openruntimes/handler
    (cd "$work" && go mod init "$name") 2>"$work/log" || fail "no go.mod could be made: $(cat "$work/log")"
fi
# The types of such a function are the adapter's, whichever version it asks for; nothing is fetched for that.
types=github.com/open-runtimes/types-for-go/v4
if [ "$shape" = context ]; then
    grep -q "$types " "$work/go.mod" || set -- -require=$types@v4.0.0
    (cd "$work" && go mod edit "$@" -replace=$types="$sources/types") || fail "go.mod cannot be read; see the error above"
fi

# A go.sum is respected, and what is vendored needs no more; without either, versions are resolved as `go mod tidy` does.
set -- -modfile="$work/go.mod" -mod=mod
if [ -d "$module/vendor" ]; then
    set --
elif [ -f "$module/go.sum" ]; then
    cp "$module/go.sum" "$work/go.sum"
    set -- -modfile="$work/go.mod" -mod=readonly
fi

# What is laid over the module: a go.mod if there is none, the types for the user's package, the worker, its main.
overlay=$work/overlay.json
name=$(cd "$work" && go list -m -mod=mod)
printf '{"Replace": {' >"$overlay"
lay() { printf '"%s": "%s",\n' "$1" "$2" >>"$overlay"; }
fill() {
    sed "s|@MODULE@|$name|; s|@PACKAGE@|$name${package#"$module"}|; s|@ENTRYPOINT@|$code/$entrypoint|; s|@CODE@|$code|" "$sources/$1.in" >"$work/$2"
}
[ -f "$module/go.mod" ] || lay "$module/go.mod" "$work/go.mod"
for file in frames wire loop panics; do lay "$module/runtime_worker/$file.go" "$sources/worker/$file.go"; done
if [ "$shape" = context ]; then
    fill context_main.go main.go
    lay "$module/runtime_worker/calls.go" "$sources/context/calls.go"
    # A vendored copy of the types gives way, too. An empty path stands for a file that is not there.
    for file in "$module/vendor/$types/openruntimes"/*.go; do
        [ ! -f "$file" ] || lay "$file" ""
    done
    if [ -d "$module/vendor" ]; then
        for file in "$sources/types/openruntimes"/*.go; do lay "$module/vendor/$types/openruntimes/${file##*/}" "$file"; done
    fi
else
    fill types.go types.go
    fill main.go main.go
    lay "$package/runtime_types.go" "$work/types.go"
    for file in function run; do lay "$module/runtime_worker/$file.go" "$sources/worker/$file.go"; done
fi
printf '"%s": "%s"}}\n' "$module/runtime_main/main.go" "$work/main.go" >>"$overlay"

cd "$module"
# What is vendored is there; else all is fetched before anything is compiled, which may take long.
[ -d "$module/vendor" ] || /usr/local/src/fetch.sh go list "$@" -overlay "$overlay" -deps -f '{{/* no words */}}' ./runtime_main ||
    fail "what the function imports could not be read or fetched; see the error above"
GOPROXY=off go build "$@" -overlay "$overlay" -buildvcs=false -ldflags '-s -w' -o "$code/runtime" ./runtime_main ||
    fail "the function could not be built; see the error above. It needs: $wanted"
record_entrypoint
