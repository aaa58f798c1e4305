# Lua: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.lua

# prepare: install commands call luarocks, which puts modules where the worker looks for them.
prepare() {
    mkdir -p /tmp/.luarocks
    printf 'lua_version = "5.4"\nrocks_trees = { { name = "function", root = "%s/.rocks" } }\n' "$build" >/tmp/.luarocks/config.lua
    export LUAROCKS_CONFIG=/tmp/.luarocks/config.lua
}

# compile: after it.
compile() { :; }

# serve: becomes the gateway.
serve() {
    exec gateway --protocol open-runtimes lua5.4 /usr/local/src/adapter.lua
}
