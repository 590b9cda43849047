import { fileURLToPath } from "node:url"
import { defineConfig } from "tsup"
import { buildOptions } from "../../tsup.base"
import { ensureSnapshot } from "./src/pglite/snapshot"

export default defineConfig(() => {
  // Begun before the build, finished with it; made again only for another version of PGlite.
  const snapshot = ensureSnapshot(fileURLToPath(new URL("dist", import.meta.url)))
  return {
    ...buildOptions({ index: "src/index.ts" }),
    clean: ["!**/pglite-*.tar.gz"],
    onSuccess: () => snapshot,
  }
})
