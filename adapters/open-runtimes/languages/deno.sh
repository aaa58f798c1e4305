# Deno: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=mod.ts

# prepare: what the install command downloads, and what TypeScript becomes, is part of the archive.
prepare() {
    export DENO_DIR="$build/.deno" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
}

# compile: fetches what the command has left out of what the function imports, since nothing is fetched at the start. With
# no imports from elsewhere it does not touch the network. Downloads belong into the folder that is packed.
compile() {
    packed=$build/${OPEN_RUNTIMES_OUTPUT_DIRECTORY:-.}
    [ ! -f "$packed/$entrypoint" ] || /usr/local/src/fetch.sh deno cache --quiet --allow-import "$packed/$entrypoint" ||
        fail "$entrypoint or something that it imports cannot be loaded; see the error above"
    [ "$packed" = "$build/." ] || [ ! -d "$packed" ] || [ ! -d .deno ] || cp -a .deno "$packed/"
}

# serve: becomes the gateway. The function may do all that its user may, as in the other languages of this protocol.
serve() {
    export DENO_DIR="$function/.deno" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
    exec gateway --protocol open-runtimes deno run --quiet --no-prompt --cached-only --allow-all --preload=/usr/local/src/adapter.js
}
