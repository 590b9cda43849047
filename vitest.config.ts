import { readdirSync } from "node:fs"
import { defineConfig } from "vitest/config"

/** Workspace packages resolve to their sources, so that tests need no build. */
const conditions = ["@assay/source", "module", "node", "development|production"]

const folders = ["packages", "examples"].flatMap((parent) =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`),
)

export default defineConfig({
  test: {
    projects: folders.map((folder) => ({
      root: folder,
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name: folder.replace("packages/", ""),
        root: folder,
        include: ["test/**/*.test.ts"],
        typecheck: { enabled: false },
        testTimeout: 30_000,
        hookTimeout: 60_000,
        server: { deps: { inline: [/@assay\//] } },
      },
    })),
  },
})
