#compdef dev
# Completion of ./dev for zsh, after compinit. For this shell, or in ~/.zshrc with the path of dev:
#   eval "$(./dev completion zsh)"
_runtimekit_dev() {
    local command line word text
    local -a found
    command=$(whence -p -- ${~words[1]}) || return 1
    # A dev that stands beside a platforms.toml is ours. Any other program of this name is not run.
    [[ -f ${command:h}/platforms.toml ]] || return 1
    for line in "${(@f)$("$command" --complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        word=${${line%%$'\t'*}//:/\\:} text=${line#*$'\t'}
        found+=("$word${text:+:$text}")
    done
    if (( $#found )); then
        _describe -V 'dev' found
    else
        _files
    fi
}
compdef _runtimekit_dev dev
