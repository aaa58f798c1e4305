# Elixir: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.ex

# prepare: install commands call mix, such as `mix deps.get`, for what the function has when it runs.
prepare() {
    export MIX_ENV=prod
}

# compile: after it, the function's project and then the function itself, so that a start need not.
compile() {
    [ ! -f mix.exs ] || mix compile || fail "the project could not be compiled; see the error above"
    rm -rf .elixir
    [ ! -f "$entrypoint" ] || elixir -pa /usr/local/src/ebin -e 'Runtime.Function.build(hd(System.argv()))' -- "$entrypoint" ||
        fail "$entrypoint could not be compiled; see the error above"
}

# serve: becomes the gateway, as launch.sh does.
serve() {
    export ERL_CRASH_DUMP_SECONDS=0
    exec gateway --protocol open-runtimes erl -args_file /usr/local/src/worker.args -extra
}
