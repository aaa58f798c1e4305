set -eu
export TMPDIR=/tmp
rustc -O -C target-feature=+crt-static -o /usr/code/floor /floor/server.rs
