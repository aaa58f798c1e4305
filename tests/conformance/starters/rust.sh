# With the flags and folders of build.sh the image has compiled the dependencies already.
cp -a /usr/local/rust-warm /tmp/runtime-build
cp /tmp/runtime-build/Cargo.lock /tmp/starter
export CARGO_HOME=/tmp/runtime-build/cargo CARGO_TARGET_DIR=/tmp/runtime-build/target CARGO_NET_OFFLINE=true
export CARGO_PROFILE_RELEASE_PANIC=unwind CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_STRIP=none
CARGO_BUILD_TARGET=$(rustc -vV | sed -n 's/^host: //p')
flags='-C link-arg=-Wl,--compress-debug-sections=zlib --remap-path-prefix=/tmp/runtime-build/function'
if [ -d /usr/local/server ]; then
    # The second protocol's image has the public package's names in a crate of its own.
    home=/usr/local/server/src/function
    RUSTFLAGS="$flags=$home --remap-path-prefix=/usr/code=$home"
    cargo() { command cargo --config "patch.crates-io.openruntimes-types-for-rust.path='/usr/local/src/types'" "$@" --release; }
else
    RUSTFLAGS="-C target-feature=+crt-static $flags=/usr/code"
    cargo() { command cargo "$@" --release; }
fi
export CARGO_BUILD_TARGET RUSTFLAGS
