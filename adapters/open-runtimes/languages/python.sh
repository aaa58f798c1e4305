# Python: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=main.py

# prepare: install commands call pip, which puts packages into an active virtual environment (B7). It gets the image's
# own pip: not every Python has ensurepip, which would also take seconds.
prepare() {
    environment=$build/runtime-env
    python3 -m venv --without-pip "$environment" || fail "the virtual environment could not be made; see the error above"
    site=$(echo "$environment"/lib/python3.*/site-packages)
    for part in $(python3 -c 'import glob, os, pip; print(*glob.glob(os.path.dirname(pip.__file__) + "*"))'); do
        cp -R "$part" "$site/"
    done
    printf '#!%s\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n' "$environment/bin/python3" >"$environment/bin/pip"
    chmod 755 "$environment/bin/pip"
    cp "$environment/bin/pip" "$environment/bin/pip3"
    export VIRTUAL_ENV="$environment" PATH="$environment/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
}

# compile: pip has done its work; running functions do not carry it. checked-hash, since archives need not keep the time
# of files. What does not compile may not be for running.
compile() {
    rm -rf "$site"/pip "$site"/pip-*.dist-info "$environment"/bin/pip "$environment"/bin/pip3
    python3 -I -X utf8 -m compileall -qq --invalidation-mode checked-hash . || :
}

# serve: becomes the gateway. The options are explained in adapter.py.
serve() {
    exec gateway --protocol open-runtimes python3 -I -S -X utf8 /usr/local/src/adapter.py
}
