# Sourced by build.sh for a function that takes a context: its crate keeps its own Cargo.toml, dependencies and lock file, and
# becomes the library of one program. It runs in the image that builds it, so it is not static.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # build.sh's variables

# Where functions run: what traces call their files.
home=/usr/local/server/src/function

[ "$manifest" != /dev/null ] || manifest=$sources/context.toml
cp "$sources/context.rs" "$work/main.rs"
awk -v entrypoint="$code/$entrypoint" -v main="$work/main.rs" -v worker="$sources/worker" \
    -f "$sources/context.awk" "$manifest" >"$crate/Cargo.toml"

# cargo keeps to versions of a lock file only for a package that it names: the image's file is told this one's.
field() { sed -n "/^\[package\]/,/^\[[^p]/s/^$1 *= *\"\([^\"]*\)\".*/\1/p" "$crate/Cargo.toml"; }
if [ "$lock" != "$module/Cargo.lock" ] && [ -f "$lock" ]; then
    version=$(field version)
    sed -i "/^name = \"handler\"\$/{s/handler/$(field name)/;n;s/\".*\"/\"${version:-0.0.0}\"/}" "$crate/Cargo.lock"
fi

# The package that the function names is replaced by a crate of the same names, in the version that is asked for: by the
# lock file, else by the manifest. cargo prefers it to all others of that version.
types=openruntimes-types-for-rust
version=
[ "$lock" != "$module/Cargo.lock" ] || version=$(sed -n "/^name = \"$types\"\$/{n;s/^version = \"\(.*\)\"\$/\1/p}" "$lock")
[ -n "$version" ] || version=$(sed -n "/$types/s/.*\(version\|$types\"*\) *= *\"[^0-9\"]*\([0-9.]*\)\".*/\2/p" "$manifest" | head -n 1)
case $version in
*.*.*) ;;
*) version=1.0.2 ;;
esac
cp -r "$sources/types" "$work/types"
sed -i -e "s/^version = .*/version = \"$version\"/" -e "s|\.\./worker|$sources/worker|" "$work/types/Cargo.toml"
patch="patch.crates-io.$types.path='$work/types'"
export RUSTFLAGS="-C link-arg=-Wl,--compress-debug-sections=zlib --remap-path-prefix=$crate=$home${module#"$code"} --remap-path-prefix=$code=$home"
signature="pub fn main(context: Context) -> Response, in a library that is called 'handler' and uses the crate 'openruntimes'"
