#!/bin/sh
# Makes a Rust function the executable `runtime` (contract I3, L2, L3). The user's files are compiled where they are, so
# that stack traces name them; the crate around them is put together elsewhere.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
shape=${RUNTIME_SHAPE-}
default=index.rs
[ "$shape" != context ] || default=main.rs
find_entrypoint "$default"
sources=$PWD

# Always the same folder: by their paths cargo recognises the dependencies that the image has compiled already. Only who
# builds the image may add to those.
work=/tmp/runtime-build
warm=/usr/local/rust-warm
warming=
[ ! -w "$warm" ] || warming=yes
# Builds of the open-runtimes protocol may be root's.
[ "$shape" != context ] || warming=${RUNTIME_WARMING-}
rm -rf "$work"
mkdir "$work"
trap 'rm -rf "$work"' EXIT
[ ! -d "$warm" ] || cp -a "$warm/." "$work"
if [ -n "${RUNTIME_CACHE-}" ]; then
    # In one step: other builds may be doing the same.
    if [ ! -d "$RUNTIME_CACHE/cargo" ]; then
        mkdir -p "$work/cargo"
        fresh=$(mktemp -d -p "$RUNTIME_CACHE")
        cp -a "$work/cargo/." "$fresh"
        mv -T "$fresh" "$RUNTIME_CACHE/cargo" 2>/dev/null || rm -rf "$fresh"
    fi
    rm -rf "$work/cargo"
    ln -s "$RUNTIME_CACHE/cargo" "$work/cargo"
fi

# The crate: the nearest Cargo.toml at or above the entrypoint, with links to the files beside it; else an empty one.
crate=$work/function
module=$(dirname "$code/$entrypoint")
while [ ! -f "$module/Cargo.toml" ] && [ "$module" != "$code" ]; do module=$(dirname "$module"); done
[ -f "$module/Cargo.toml" ] || refuse "add the Cargo.toml that it belongs to" "$module/Cargo.lock"
manifest=/dev/null
edition=
network=needed
mkdir "$crate"
if [ -f "$module/Cargo.toml" ]; then
    manifest=$module/Cargo.toml
    edition=$(sed -n '/^\[package\]/,/^\[[^p]/s/^edition *= *"\([0-9]*\)".*/\1/p' "$manifest")
    cp -rs "$module/." "$crate"
    rm "$crate/Cargo.toml"
elif [ -z "$warming" ]; then
    network=
fi
# The user's lock file is respected; without one, the versions that the image has are preferred.
lock=$module/Cargo.lock
[ -f "$lock" ] || lock=$work/Cargo.lock
[ ! -f "$lock" ] || cp --remove-destination "$lock" "$crate/Cargo.lock"

# Static, with the line numbers that traces need; an older compiler gets dependencies that it can compile.
export CARGO_HOME="$work/cargo" CARGO_TARGET_DIR="$work/target" CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback
export CARGO_PROFILE_RELEASE_PANIC=unwind CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_STRIP=none
if [ "$shape" = context ]; then
    # shellcheck source=adapters/rust/context.sh
    . "$sources/context.sh"
else
    sed "s|@ENTRYPOINT@|$code/$entrypoint|" "$sources/main.rs.in" >"$work/main.rs"
    awk -v edition="${edition:-2021}" -v main="$work/main.rs" -v worker="$sources/worker" \
        -f "$sources/manifest.awk" "$manifest" >"$crate/Cargo.toml"
    export RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,--compress-debug-sections=zlib --remap-path-prefix=$crate=$module"
    patch=
    signature="pub fn main(req: Request, res: Response) -> Response"
fi
# A target of its own: else what runs while compiling, such as macros, would be linked statically, too.
target=$(rustc -vV | sed -n 's/^host: //p')

# Together with the worker's own dependencies cargo may not be told to keep to the file; so the user's manifest is
# compared with it first, with a target if it has none.
if [ "$lock" = "$module/Cargo.lock" ]; then
    check=$work/check
    mkdir "$check"
    cp -rs "$module/." "$check"
    rm "$check/Cargo.toml"
    cp "$manifest" "$check"
    grep -q -e '^\[lib\]' -e '^\[\[bin\]\]' "$manifest" || [ -f "$module/src/lib.rs" ] || [ -f "$module/src/main.rs" ] ||
        printf '\n[lib]\npath = "%s"\n' "$work/main.rs" >>"$check/Cargo.toml"
    (cd "$check" && /usr/local/src/fetch.sh cargo fetch --locked --quiet --target "$target") ||
        fail "Cargo.lock does not fit Cargo.toml, or the dependencies could not be fetched; see the error above"
fi

cd "$crate"
[ -z "$network" ] || /usr/local/src/fetch.sh cargo fetch --quiet --target "$target" ${patch:+--config "$patch"} ||
    fail "the dependencies could not be fetched; see the error above"
cargo build --offline --release --quiet --target "$target" ${patch:+--config "$patch"} --bin runtime ||
    fail "the function could not be built; see the error above. It needs: $signature"
cp "$work/target/$target/release/runtime" "$code/runtime"
if [ -n "$warming" ]; then cp -a "$work/cargo" "$work/target" "$crate/Cargo.lock" "$warm"; fi
record_entrypoint
