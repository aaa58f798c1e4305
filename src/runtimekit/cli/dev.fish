# Completion of ./dev for fish. For this shell, or in ~/.config/fish/config.fish with the path of dev:
#   ./dev completion fish | source
function __runtimekit_dev
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l command (command -s -- (string replace -r '^~' $HOME -- $words[1])); or return
    # A dev that stands beside a platforms.toml is ours. Any other program of this name is not run.
    test -f (dirname $command)/platforms.toml; or return
    set -l found ($command --complete -- $words[2..-1] "$current" 2>/dev/null)
    if count $found >/dev/null
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c dev -f -a '(__runtimekit_dev)'
