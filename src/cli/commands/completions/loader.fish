# Completions of oidc-secret. The installed program prints the rest when this is loaded, and is asked at
# each TAB, so that this file is good for any version of it.
OIDC_SECRET_COMPLETE=fish oidc-secret 2>/dev/null | source

# The program is asked with the word as it is typed, and does not resolve quotes. No value but the name
# of a file needs them, and fish completes those itself.
function __oidc_secret_is_quoted
    string match --quiet --regex '[\'"\\\\$]' -- (commandline --current-token)
end
complete --command oidc-secret --condition __oidc_secret_is_quoted --force-files
