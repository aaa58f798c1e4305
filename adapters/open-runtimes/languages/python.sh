# Python: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=main.py

# prepare: install commands call pip, which puts packages into an active virtual environment (B7).
prepare() {
    python3 -m venv runtime-env || fail "the virtual environment could not be made; see the error above"
    export VIRTUAL_ENV="$build/runtime-env" PATH="$build/runtime-env/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
}

# compile: checked-hash, since archives need not keep the time of files. What does not compile may not be for running.
compile() {
    python3 -I -X utf8 -m compileall -qq --invalidation-mode checked-hash . || :
}

# serve: becomes the gateway. The options are explained in adapter.py.
serve() {
    exec gateway --protocol open-runtimes python3 -I -S -X utf8 /usr/local/src/adapter.py
}
