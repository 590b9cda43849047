/**
 * The program that git asks for a password. It answers one question only, the one for the password of the host that
 * the token is meant for, word for word; anything else (another host after a redirect, a user name) gets no answer.
 * The token comes over descriptor 3, so that it is in no file, no argument and no environment variable.
 */
export const askpassScript = `#!/bin/sh
[ -n "$ASSAY_PASSWORD_PROMPT" ] || exit 1
[ "$1" = "$ASSAY_PASSWORD_PROMPT" ] || exit 1
if [ -n "$ASSAY_PASSWORD_FILE" ]; then exec cat "$ASSAY_PASSWORD_FILE"; fi
exec cat <&3
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
