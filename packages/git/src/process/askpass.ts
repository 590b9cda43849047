/**
 * The program that git asks for a password. It answers two questions only, word for word: the one for the password of
 * the host that the token is meant for, and the one for the password of our own proxy. Anything else (another host
 * after a redirect, a user name) gets no answer. The token comes over descriptor 3 and the password of the proxy over
 * descriptor 4, so that they are in no file, no argument and no environment variable.
 */
export const askpassScript = `#!/bin/sh
[ -n "$1" ] || exit 1
if [ "$1" = "$ASSAY_PASSWORD_PROMPT" ]; then
  if [ -n "$ASSAY_PASSWORD_FILE" ]; then exec cat "$ASSAY_PASSWORD_FILE"; fi
  exec cat <&3
fi
if [ "$1" = "$ASSAY_PROXY_PROMPT" ]; then
  if [ -n "$ASSAY_PROXY_FILE" ]; then exec cat "$ASSAY_PROXY_FILE"; fi
  exec cat <&4
fi
exit 1
`

/** What git asks, exactly, when a server at `origin` (`https://host` or `https://host:port`) wants a password. */
export function passwordPrompt(origin: string, username: string): string {
  return `Password for '${origin.replace("://", `://${username}@`)}': `
}

/** The user name that goes with a token. The known hosts each insist on one of their own; others take any. */
export function usernameFor(hostname: string): string {
  if (hostname === "bitbucket.org") return "x-token-auth"
  if (hostname.split(".").includes("gitlab")) return "oauth2"
  return "x-access-token"
}

/** A token for one host. `origin` is where it may go; git gives it to no other. */
export interface GitCredentials {
  origin: string
  username: string
  token: string
}
