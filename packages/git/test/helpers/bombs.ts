import { createRepository } from "./create-repository.js"
import type { TestRepository } from "./create-repository.js"
import { rawObjects } from "./raw-objects.js"
import type { RawEntry, RawObjects } from "./raw-objects.js"

/** A repository whose branch `main` is what `make` returns. */
export async function handmade(make: (objects: RawObjects) => string, { pack = true } = {}): Promise<TestRepository> {
  const repository = await createRepository()
  const objects = rawObjects(repository)
  objects.ref("refs/heads/main", make(objects))
  if (pack) repository.git("repack", "-adq", "--window=0")
  return repository
}

const ten = Array.from({ length: 10 }, (_, index) => index)

/** Some dozen objects that stand for 10^`levels` files. */
export function bombTree(objects: RawObjects, levels: number, fileMode: RawEntry["mode"] = "100644"): string {
  let oid = objects.blob("x")
  for (let level = 0; level < levels; level++) {
    const mode = level === 0 ? fileMode : "40000"
    oid = objects.tree(ten.map((index) => ({ mode, name: `d${index}`, oid })))
  }
  return oid
}

/** One folder with so many entries. */
export function wideTree(objects: RawObjects, entries: number): string {
  const oid = objects.blob("x")
  return objects.tree(
    Array.from({ length: entries }, (_, index): RawEntry => ({
      mode: "100644",
      name: `f${String(index).padStart(8, "0")}`,
      oid,
    })),
  )
}

/** Folders within folders, and a file in the last one. */
export function deepTree(objects: RawObjects, depth: number, name = "d"): string {
  let oid = objects.tree([{ mode: "100644", name: "file", oid: objects.blob("deep\n") }])
  for (let level = 0; level < depth; level++) oid = objects.tree([{ mode: "40000", name, oid }])
  return oid
}
