import { GitError } from "../errors.js"
import type { Mirror } from "../mirror/mirror.js"
import type { Identity } from "../parse/parse-log.js"
import { assertObjectId } from "./object-id.js"

/**
 * Who these identities are, according to the `.mailmap` in the tree of `tip`; they stay as they are if there is none.
 * The answer has the order and length of the question. The file is named explicitly: by itself git reads a bare
 * repository's HEAD, or the machine's own mailmap, or silently none.
 */
export async function checkMailmap(
  mirror: Mirror,
  identities: readonly Identity[],
  options: { tip: string; signal?: AbortSignal | undefined },
): Promise<Identity[]> {
  if (identities.length === 0) return []
  const { output } = await mirror.git.run(["check-mailmap", "--stdin"], {
    repository: mirror,
    signal: options.signal,
    settings: [`mailmap.blob=${assertObjectId(options.tip)}:.mailmap`, "mailmap.file="],
    // One identity that cannot be read ends git, and with it the answers for all others.
    input: identities
      .map(({ name, email }) => `${name.replace(/[<>\n\0]/g, " ").trim()} <${email.replace(/[<>\n\0]/g, " ")}>\n`)
      .join(""),
  })
  const answers = output.toString("utf8").split("\n").slice(0, -1)
  if (answers.length !== identities.length) throw new GitError("GIT_FAILED", "Git did not say who all the authors are.")
  return answers.map((answer) => {
    const at = answer.lastIndexOf("<")
    return { name: answer.slice(0, at).trim(), email: answer.slice(at + 1, -1) }
  })
}
