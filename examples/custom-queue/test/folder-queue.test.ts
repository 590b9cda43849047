import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describeQueue } from "@assay/core/testing"
import { createFolderQueue } from "../src/folder-queue.js"

describeQueue("folder", {
  create: async () => {
    const folder = await mkdtemp(join(tmpdir(), "assay-folder-queue-"))
    return {
      queue: createFolderQueue(folder, () => {}),
      another: () => createFolderQueue(folder, () => {}),
      peek: async () => (await readdir(folder)).join("\n"),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
    }
  },
})
