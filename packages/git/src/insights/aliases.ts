import { InvalidInputError } from "@assay/core"

/** Who the operator says that people are. */
export interface Aliases {
  resolve(name: string, email: string): { name: string; email: string }
}

/**
 * Reads the operator's aliases. Lines are those of a .mailmap: `Proper <proper@example.org> Commit Name <commit@example.org>`,
 * where each name and the second address may be missing; `#` begins a comment. Names and addresses are compared without case, and
 * a line that names both is preferred. Throws `INVALID_INPUT` with the number of a line that is none of these.
 */
export function parseAliases(text: string): Aliases {
  const byEmail = new Map<string, Partial<Proper>>()
  const byNameAndEmail = new Map<string, Partial<Proper>>()
  for (const [index, line] of text.split("\n").entries()) {
    const content = line.replace(/(?:^|\s)#.*$/, "").trim()
    if (content === "") continue
    const match = /^([^<>]*)<([^<>]+)>(?:([^<>]*)<([^<>]+)>)?$/.exec(content)
    if (!match) {
      const message = "expected `Name <address>` or `Name <address> Other Name <other address>`"
      throw new InvalidInputError("The list of aliases", [{ path: [`line ${index + 1}`], message }])
    }
    const [name = "", email = "", commitName = "", commitEmail] = match.slice(1).map((part) => part?.trim())
    const proper: Partial<Proper> = { ...(name ? { name } : {}), ...(commitEmail === undefined ? {} : { email }) }
    const from = (commitEmail ?? email).toLowerCase()
    if (commitName) byNameAndEmail.set(keyOf(commitName, from), proper)
    else byEmail.set(from, { ...byEmail.get(from), ...proper })
  }
  return {
    resolve(name, email) {
      const proper = byNameAndEmail.get(keyOf(name, email)) ?? byEmail.get(email.toLowerCase())
      return { name: proper?.name ?? name, email: proper?.email ?? email }
    },
  }
}

interface Proper {
  name: string
  email: string
}

function keyOf(name: string, email: string): string {
  return `${name.toLowerCase()}\u0000${email.toLowerCase()}`
}
