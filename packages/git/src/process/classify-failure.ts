import { GitError } from "../errors.js"
import type { GitErrorCode, RefusedBecause } from "../errors.js"

/** What is known of a git process that did not end well. */
export interface Failure {
  /** What it was about, for the message: `https://example.org/a.git`, or what was read. */
  subject: string
  stderr: string
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** Whether it talked to a remote. The same words mean another thing when git reads our own mirror. */
  remote: boolean
}

interface Rule {
  pattern: RegExp
  code: GitErrorCode
  message: (subject: string) => string
  hint?: string
  /** Left out: both. */
  remote?: boolean
  /** Left out: as usual for the code. */
  retryable?: boolean
  why?: RefusedBecause
}

/** What to do about a remote whose certificate is not accepted. */
export const certificateHint =
  "It may be expired, for another host, or signed by an authority that is not trusted here; " +
  "the operator can name that authority's certificates with ASSAY_GIT_CA_FILE."

/** What to do about a proxy that does not let us through. */
export const proxyHint = "The operator sets the proxy with ASSAY_GIT_PROXY; its own log says why."

// The first rule that fits wins. LC_ALL is C in every git process, so these texts are git's own English ones.
const rules: readonly Rule[] = [
  {
    pattern: /No space left on device|Disk quota exceeded/i,
    code: "DISK_FULL",
    message: () => "The disk is full.",
    hint: "Free some space where the mirrors are kept, or move them.",
  },
  {
    pattern: /File too large|file size limit|died of signal 2[45]\b/i,
    code: "REPOSITORY_TOO_LARGE",
    message: (subject) => `${subject} is larger than the limit.`,
  },
  {
    pattern: /maximum allowed tree depth|died of signal (4|6|7|8|11)\b/i,
    code: "REPOSITORY_TOO_LARGE",
    message: (subject) => `${subject} has folders within folders, deeper than git can read.`,
  },
  {
    pattern: /Out of memory|cannot allocate|mmap failed|unable to create thread/i,
    code: "REPOSITORY_TOO_LARGE",
    message: (subject) => `Git needs more memory than it may have for ${subject}.`,
    hint: "Raise the memory limit for git if this repository is to be trusted.",
  },
  {
    pattern: /fsck error|error in packed object/i,
    code: "GIT_FAILED",
    message: (subject) => `${subject} holds objects that git considers malformed.`,
    hint: "`git fsck` in a clone of it names them; the operator can allow them with ASSAY_GIT_CHECK_OBJECTS=0.",
    retryable: false,
    remote: true,
  },
  {
    pattern: /dubious ownership|unsafe repository/i,
    code: "GIT_URL_REFUSED",
    why: "owner",
    message: (subject) => `${subject} belongs to another user of this machine, so git does not read it.`,
    hint: "Run the service as the user who owns the repository, or give it a copy of its own.",
  },
  {
    pattern: /shallow update not allowed|attempt to fetch\/clone from a shallow repository/i,
    code: "GIT_URL_REFUSED",
    why: "shallow",
    message: (subject) => `${subject} is a shallow clone: the greater part of its history is not in it.`,
    hint: "Complete it with `git fetch --unshallow`, or use the URL that it was cloned from.",
  },
  {
    pattern: /lazy fetching disabled|from promisor remote/i,
    code: "GIT_URL_REFUSED",
    why: "partial",
    message: (subject) => `${subject} is a partial clone: some of its objects are not in it.`,
    hint: "Complete it with `git fetch --refetch --no-filter`, or use the URL that it was cloned from.",
    remote: true,
  },
  {
    // Said of the other side's copy; taken for ours, it would be made anew for ever.
    pattern: /corruption on the remote side/i,
    code: "GIT_FAILED",
    message: (subject) => `${subject} is damaged at its source.`,
    hint: "`git fsck` there says what is wrong.",
    retryable: false,
    remote: true,
  },
  {
    // Not `error: 407 bytes of body are still expected`, which is about a connection that broke off.
    pattern: /(failed, response|HTTP code|returned error:) 407/i,
    code: "GIT_NETWORK",
    message: () => "The proxy asks for credentials, or refused those it was given.",
    hint: proxyHint,
    remote: true,
    retryable: false,
  },
  {
    pattern: /(CONNECT tunnel failed, response|Received HTTP code) 403/i,
    code: "GIT_ADDRESS_REFUSED",
    message: (subject) => `The proxy lets nobody through to ${subject}.`,
    hint: proxyHint,
    remote: true,
  },
  {
    pattern: /CONNECT tunnel failed|from proxy after CONNECT|proxy CONNECT aborted|resolve proxy/i,
    code: "GIT_NETWORK",
    message: (subject) => `The proxy cannot reach ${subject}.`,
    hint: proxyHint,
    remote: true,
  },
  {
    pattern:
      /Authentication failed|could not read (Username|Password)|terminal prompts disabled|returned error: (401|403)|HTTP 40[13]|Access denied|Permission denied/i,
    code: "GIT_AUTH",
    message: (subject) => `${subject} asks for credentials, or refused those it was given.`,
    hint: "Give a token that may read this repository.",
    remote: true,
  },
  {
    pattern:
      /certificate (verification failed|problem|subject name|is not|has)|alternative certificate|self[- ]signed cert|issuer certificate|error (setting|reading) (certificate|ca cert)/i,
    code: "GIT_NETWORK",
    message: (subject) => `The certificate of ${subject} cannot be verified.`,
    hint: certificateHint,
    remote: true,
    retryable: false,
  },
  {
    pattern: /redirect|returned error: 3\d\d/i,
    code: "GIT_REDIRECT",
    message: (subject) => `${subject} redirects git somewhere else.`,
    remote: true,
  },
  {
    pattern: /Operation too slow|timed? ?out|Timeout was reached/i,
    code: "GIT_TIMEOUT",
    message: (subject) => `${subject} answers too slowly.`,
    remote: true,
  },
  {
    pattern:
      /repository '.*' not found|Repository not found|returned error: 404|HTTP 404|does not appear to be a git repository|couldn't find remote ref|not a git repository|invalid gitfile format/i,
    code: "GIT_NOT_FOUND",
    message: (subject) => `There is no Git repository at ${subject}, or it is private.`,
    remote: true,
  },
  {
    pattern: /returned error: (429|5\d\d)/i,
    code: "GIT_NETWORK",
    message: (subject) => `${subject} answers that it cannot serve us now.`,
    remote: true,
  },
  {
    pattern:
      /Could not resolve host|Failed to connect|Couldn't connect|Connection (refused|reset|closed)|Empty reply|early EOF|unexpected disconnect|remote end hung up|RPC failed|HTTP (429|5\d\d)|error: (429|5\d\d)|unable to access|curl \d+|bad line length|invalid index-pack output|unexpected (end|flush)|SSL|certificate/i,
    code: "GIT_NETWORK",
    message: (subject) => `${subject} cannot be reached, or broke off.`,
    remote: true,
  },
  {
    pattern:
      /not a git repository|bad (object|tree|revision)|unable to read|missing (blob|tree|commit|object)|corrupt|could not (parse|open|get) (commit|object|pack)|packfile .* (cannot be accessed|is invalid)|does not (point|match)|invalid (object|sha1|index)|inflate|pack has bad object|unable to find [0-9a-f]{40}|did not send all necessary objects|Failed to traverse parents/i,
    code: "MIRROR_DAMAGED",
    message: (subject) => `The local copy of ${subject} is damaged.`,
    hint: "It is made anew on the next run.",
  },
]

/** What ends a process that has gone wrong by itself; the same input would do it again. */
const crashes: ReadonlySet<NodeJS.Signals> = new Set(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE"])

export function classifyFailure(failure: Failure): GitError {
  const { subject, stderr, remote } = failure
  const detail = { stderr, ...(failure.exitCode === null ? {} : { exitCode: failure.exitCode }) }
  if (failure.signal === "SIGXFSZ") {
    return new GitError("REPOSITORY_TOO_LARGE", `${subject} is larger than the limit.`, detail)
  }
  if (failure.signal === "SIGXCPU") {
    return new GitError(
      "REPOSITORY_TOO_LARGE",
      `Git needs more processor time than it may have for ${subject}.`,
      detail,
    )
  }
  if (failure.signal !== null && crashes.has(failure.signal)) {
    return new GitError("GIT_FAILED", `Git crashed on ${subject} (signal ${failure.signal}).`, {
      ...detail,
      hint: "Something in it is deeper or larger than git can take.",
      retryable: false,
    })
  }
  for (const rule of rules) {
    if (rule.remote !== undefined && rule.remote !== remote) continue
    if (!rule.pattern.test(stderr)) continue
    return new GitError(rule.code, rule.message(subject), {
      ...detail,
      ...(rule.hint === undefined ? {} : { hint: rule.hint }),
      ...(rule.why === undefined ? {} : { why: rule.why }),
      ...(rule.retryable === undefined ? {} : { retryable: rule.retryable }),
    })
  }
  const ending = failure.signal === null ? `exit code ${failure.exitCode}` : `signal ${failure.signal}`
  return new GitError("GIT_FAILED", `Git could not read ${subject} (${ending}).`, detail)
}
