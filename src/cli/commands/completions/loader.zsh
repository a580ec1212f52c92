#compdef oidc-secret
# Completions of oidc-secret. The installed program prints the rest when this is loaded, and is asked at
# each TAB, so that this file is good for any version of it.
eval "$(OIDC_SECRET_COMPLETE=zsh oidc-secret 2>/dev/null)"

# Without the program there is nothing to ask, and the name is this file's own function, or none.
[[ -n $_comps[oidc-secret] && $_comps[oidc-secret] != _oidc* ]] || return 1
typeset -g _oidc_secret_asked=$_comps[oidc-secret]

# zsh would quote the ~ and the $ of an answer, and the program does not resolve quotes. No value but the
# name of a file needs them, and zsh completes those itself.
_oidc_secret_completed() {
    if [[ $PREFIX == \~* || $PREFIX == *[\'\"\\\$]* || -n $compstate[quote] ]]; then
        _files
    else
        $_oidc_secret_asked "$@"
    fi
}
compdef _oidc_secret_completed oidc-secret

# zsh loads a file of fpath at the first TAB, and expects its completions at once.
[[ $funcstack[1] != _oidc-secret ]] || _oidc_secret_completed "$@"
