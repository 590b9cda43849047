import type { Mirror } from "../../src/mirror/mirror.js"
import { createMirrors } from "../../src/mirror/mirrors.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import type { TestRepository } from "./create-repository.js"
import { temporaryFolder } from "./temporary-folder.js"

/** A mirror of a test repository, in a temporary folder, with the tip of its branch. */
export async function openMirror(source: TestRepository): Promise<{ mirror: Mirror; tip: string } & AsyncDisposable> {
  const root = await temporaryFolder()
  const { mirror, tip } = await createMirrors({ root: root.path }).fetch(
    "1",
    parseRemoteUrl(source.path, { trusted: true }),
  )
  return { mirror, tip, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() }
}

/** Everything that a reader yields, in one list. */
export async function collect<Item>(batches: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const all: Item[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}
