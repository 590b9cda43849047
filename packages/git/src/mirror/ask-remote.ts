import { GitError } from "../errors.js"
import { checkRemote, preflight } from "../remote/preflight.js"
import type { PreflightOptions } from "../remote/preflight.js"
import type { RemoteUrl } from "../remote/remote-url.js"
import { listRemoteRefs } from "./fetch-refs.js"
import type { Fetching } from "./fetch-refs.js"
import type { RemoteRefs } from "./remote-refs.js"

/** What a remote has, and how to fetch it. */
export interface Answer {
  fetching: Fetching
  expected: RemoteRefs
}

/**
 * Asks a remote for its branches and tags with one `git ls-remote` to checked addresses; for a repository that has not
 * changed, that is all that is ever sent. Only if git fails in a way that a redirect or a refusal may have caused are
 * the redirects followed (by us, each hop checked) and git is sent to where they end. Nothing is remembered: the next
 * call starts at the given URL again, so that a server cannot lead us away for longer than it says so.
 */
export async function askRemote(
  first: RemoteUrl,
  options: PreflightOptions & Omit<Fetching, "checked" | "confirm">,
): Promise<Answer> {
  const { git, limits, signal } = options
  const ask = async (fetching: Fetching): Promise<Answer> => ({ fetching, expected: await listRemoteRefs(fetching) })

  const checked = await checkRemote(first, options)
  const direct: Fetching = { git, limits, signal, checked, confirm: () => confirm(first, options) }
  let answer: Answer
  try {
    answer = await ask(direct)
  } catch (failure) {
    if (first.protocol === "file" || !isAboutTheAnswer(failure)) throw failure
    const found = await preflight(first, options).catch((error: unknown) => {
      throw saysMore(error, failure) ? error : failure
    })
    if (found.remote.url === first.url) throw failure
    return ask({ ...direct, checked: found, confirm: async () => {} })
  }
  // A page that says nothing git understands looks like a repository without branches.
  if (answer.expected.refs.size === 0) await direct.confirm()
  return answer
}

/** The remote did answer, but not with refs. Silence, slowness and a bad certificate have no other explanation. */
function isAboutTheAnswer(failure: unknown): failure is GitError {
  if (!GitError.isInstance(failure)) return false
  if (failure.code === "GIT_NETWORK") return /returned error: [34]\d\d/.test(failure.stderr ?? "")
  return ["GIT_AUTH", "GIT_NOT_FOUND", "GIT_REDIRECT", "GIT_FAILED"].includes(failure.code)
}

/** If the second question did not get through, what git said to the first one is the better answer. */
function saysMore(error: unknown, failure: GitError): boolean {
  if (!GitError.isInstance(error)) return true
  return failure.code === "GIT_NETWORK" || !["GIT_NETWORK", "GIT_TIMEOUT"].includes(error.code)
}

/**
 * Makes sure that the remote speaks git's protocol before anything is transferred. From a server that only hands out
 * files git would take objects one by one, and neither check them nor say how far it is; there is no setting against it.
 */
async function confirm(remote: RemoteUrl, options: PreflightOptions): Promise<void> {
  const found = await preflight(remote, options)
  if (found.remote.url === remote.url) return
  throw new GitError("GIT_REDIRECT", `${remote.url} redirects only some of the time.`, { retryable: true })
}
