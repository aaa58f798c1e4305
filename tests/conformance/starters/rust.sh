# With the flags and folders of build.sh the image has compiled the dependencies already.
cp -a /usr/local/rust-warm /tmp/runtime-build
cp /tmp/runtime-build/Cargo.lock /tmp/starter
export CARGO_HOME=/tmp/runtime-build/cargo CARGO_TARGET_DIR=/tmp/runtime-build/target CARGO_NET_OFFLINE=true
export CARGO_PROFILE_RELEASE_PANIC=unwind CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_STRIP=none
CARGO_BUILD_TARGET=$(rustc -vV | sed -n 's/^host: //p')
remapped=--remap-path-prefix=/tmp/runtime-build/function=/usr/code
RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,--compress-debug-sections=zlib $remapped"
export CARGO_BUILD_TARGET RUSTFLAGS
cargo() { command cargo "$@" --release; }
