set -eu
export TMPDIR=/tmp
rustc -O -o /usr/code/floor /floor/server.rs
