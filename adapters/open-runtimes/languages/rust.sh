# Rust: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=main.rs
program=runtime

# extend: once, when the image is made. Many crates want OpenSSL. The crates that every function needs are compiled for this
# protocol, in place of those for the other one.
extend() {
    sh /common/packages.sh libssl-dev pkg-config
    rm -rf /usr/local/rust-warm/target
    echo 'pub fn main(context: openruntimes::Context) -> openruntimes::Response { context.res.empty() }' >"$build/main.rs"
    (cd /usr/local/src && RUNTIME_WARMING=yes ENTRYPOINT_NAME=main.rs RUNTIME_SHAPE=context ./build.sh)
    rm "$build/main.rs" "$build/runtime" "$build/.entrypoint"
    chmod -R a+rX /usr/local/rust-warm
}

# prepare: before the install command, in the folder of the build.
prepare() { :; }

# compile: after it.
compile() { compile_as_first_image; }

# serve: becomes the gateway.
serve() { serve_program; }
