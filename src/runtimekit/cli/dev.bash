# Completion of ./dev for bash. For this shell, or in ~/.bashrc with the path of dev:
#   eval "$(./dev completion bash)"
_runtimekit_dev() {
    local command line
    COMPREPLY=()
    command=$(type -P -- "${1/#\~/$HOME}") || return 0
    # A dev that stands beside a platforms.toml is ours. Any other program of this name is not run.
    [[ -f ${command%/*}/platforms.toml ]] || return 0
    while IFS= read -r line; do
        COMPREPLY+=("${line%%$'\t'*}")
    done < <("$command" --complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _runtimekit_dev dev
