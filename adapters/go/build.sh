#!/bin/sh
# Makes a Go function the executable `runtime` (contract I3, L2, L3). The user's files are compiled where they are, so
# that stack traces name them; everything else is laid over the folder for the compiler only and never written there.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.go
sources=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep -q '^package[[:space:]]\{1,\}function' "$code/$entrypoint" ||
    fail "$entrypoint must begin with 'package function'"

# The caches are thrown away with $work. What the image has already compiled is linked into it; only who builds
# the image may add to that.
export XDG_CONFIG_HOME="$work" GOPATH="${RUNTIME_CACHE:-$work}/go" GOCACHE="$work/cache" GOTMPDIR="$work" GOFLAGS=-modcacherw GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=0
warm=/usr/local/gocache
if [ -w "$warm" ]; then
    GOCACHE=$warm
elif [ -n "${RUNTIME_CACHE-}" ]; then
    GOCACHE=$RUNTIME_CACHE/go-build-$(go env GOVERSION)
    # Other builds may make it, too: it is there as a whole or not at all.
    [ -d "$GOCACHE" ] || { cp -rs "$warm" "$work/cache" && mv -T "$work/cache" "$GOCACHE" 2>/dev/null; } || [ -d "$GOCACHE" ]
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
    (cd "$work" && go mod init function) 2>"$work/log" || fail "no go.mod could be made: $(cat "$work/log")"
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
    sed "s|@MODULE@|$name|; s|@PACKAGE@|$name${package#"$module"}|; s|@ENTRYPOINT@|$code/$entrypoint|" "$sources/$1.in" >"$work/$1"
}
fill types.go
fill main.go
[ -f "$module/go.mod" ] || lay "$module/go.mod" "$work/go.mod"
lay "$package/runtime_types.go" "$work/types.go"
for file in frames wire function run; do lay "$module/runtime_worker/$file.go" "$sources/worker/$file.go"; done
printf '"%s": "%s"}}\n' "$module/runtime_main/main.go" "$work/main.go" >>"$overlay"

cd "$module"
# What is vendored is there; else all is fetched before anything is compiled, which may take long.
[ -d "$module/vendor" ] || /usr/local/src/fetch.sh go list "$@" -overlay "$overlay" -deps -f '{{/* no words */}}' ./runtime_main ||
    fail "what the function imports could not be read or fetched; see the error above"
GOPROXY=off go build "$@" -overlay "$overlay" -buildvcs=false -ldflags '-s -w' -o "$code/runtime" ./runtime_main ||
    fail "the function could not be built; see the error above. It needs: func Main(req Request, res Response) Response"
record_entrypoint
