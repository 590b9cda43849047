const longest = 1024

/**
 * Makes text that a program or a remote wrote fit to be stored, logged and shown: credentials are masked, terminal
 * escapes and other control characters are gone, and no more than the last KiB is left.
 */
export function redact(text: string): string {
  const masked = text
    // eslint-disable-next-line no-control-regex -- removing control characters is the purpose
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(/\r\n?/g, "\n")
    // eslint-disable-next-line no-control-regex -- C0 without TAB and LF, DEL and C1
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "")
    .replace(/\/\/[^/\s@]*@/g, "//***@")
    .replace(/\b(authorization|proxy-authorization)\s*[:=][^\n]*/gi, "$1: ***")
    .replace(/\b((?:access_|private_|auth_)?token|password|passwd|secret|api[-_]?key)\s*[:=]\s*[^\s&"']+/gi, "$1=***")
    .replace(/\b(gh[pousr]_|github_pat_|glpat-|ATBB|xox[abp]-)[A-Za-z0-9_-]{8,}/g, "***")
    // Where the certificates lie on this machine is nobody's business outside.
    .replace(/\b(CAfile|CRLfile|CApath): *[^\s]+/gi, "$1: ***")
    .trim()
  return masked.length <= longest ? masked : `…${masked.slice(masked.length - longest + 1)}`
}
