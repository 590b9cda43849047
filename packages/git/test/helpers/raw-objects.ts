import { createHash } from "node:crypto"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { deflateSync } from "node:zlib"
import type { TestRepository } from "./create-repository.js"

export interface RawEntry {
  mode: "100644" | "100755" | "120000" | "160000" | "40000" | "040000"
  name: string | Buffer
  oid: string
}

/** Writes objects byte by byte, those included that no git would make. */
export interface RawObjects {
  raw(kind: "blob" | "tree" | "commit" | "tag", content: string | Buffer): string
  blob(content: string | Buffer): string
  /** The entries stay in the order given, however wrong it is. */
  tree(entries: readonly RawEntry[]): string
  commit(
    tree: string,
    options?: { parents?: readonly string[]; author?: string | Buffer; message?: string | Buffer },
  ): string
  tag(name: string, target: { kind: string; oid: string }): string
  /** Writes the ref without looking at what it names. */
  ref(name: string, oid: string): void
}

const ann = "Ann Author <ann@example.org> 1700000000 +0000"

export function rawObjects({ path }: Pick<TestRepository, "path">): RawObjects {
  const bytes = (text: string | Buffer): Buffer => (Buffer.isBuffer(text) ? text : Buffer.from(text))
  const objects: RawObjects = {
    raw(kind, content) {
      const body = bytes(content)
      const whole = Buffer.concat([Buffer.from(`${kind} ${body.length}\0`), body])
      const oid = createHash("sha1").update(whole).digest("hex")
      const folder = join(path, "objects", oid.slice(0, 2))
      const file = join(folder, oid.slice(2))
      if (existsSync(file)) return oid
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, deflateSync(whole, { level: 1 }))
      return oid
    },
    blob: (content) => objects.raw("blob", content),
    tree: (entries) =>
      objects.raw(
        "tree",
        Buffer.concat(
          entries.flatMap(({ mode, name, oid }) => [
            Buffer.from(`${mode} `),
            bytes(name),
            Buffer.from([0]),
            Buffer.from(oid, "hex"),
          ]),
        ),
      ),
    commit: (tree, { parents = [], author = ann, message = "a commit\n" } = {}) =>
      objects.raw(
        "commit",
        Buffer.concat([
          Buffer.from(`tree ${tree}\n${parents.map((oid) => `parent ${oid}\n`).join("")}author `),
          bytes(author),
          Buffer.from("\ncommitter "),
          bytes(author),
          Buffer.from("\n\n"),
          bytes(message),
        ]),
      ),
    tag: (name, { kind, oid }) =>
      objects.raw("tag", `object ${oid}\ntype ${kind}\ntag ${name}\ntagger ${ann}\n\na tag\n`),
    ref(name, oid) {
      const file = join(path, name)
      mkdirSync(join(file, ".."), { recursive: true })
      writeFileSync(file, `${oid}\n`)
    },
  }
  return objects
}
