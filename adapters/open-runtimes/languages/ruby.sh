# Ruby: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.rb

# prepare: install commands call bundle, which puts gems into the function's folder.
prepare() {
    export BUNDLE_PATH="$build/vendor/bundle" BUNDLE_SILENCE_ROOT_WARNING=1
    gemfile=Gemfile
    [ ! -f gems.rb ] || gemfile=gems.rb
}

# compile: installs what the command has left out, which is often all, and writes the file by which the worker finds it.
compile() {
    [ ! -f "$gemfile" ] || /usr/local/src/fetch.sh bundle install --standalone --prefer-local ||
        fail "the dependencies could not be installed; see the error above"
    rm -rf vendor/bundle/*/*/cache # the gems as they came
}

# serve: becomes the gateway. What is disabled is explained in launch.sh.
serve() {
    exec gateway --protocol open-runtimes ruby -E UTF-8 --disable=did_you_mean,error_highlight,syntax_suggest,rubyopt /usr/local/src/adapter.rb
}
