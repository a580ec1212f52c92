# Completions of oidc-secret. The installed program prints the rest when this is loaded, and is asked at
# each TAB, so that this file is good for any version of it.
eval "$(OIDC_SECRET_COMPLETE=bash oidc-secret 2>/dev/null)"
