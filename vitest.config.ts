import { existsSync, readdirSync } from "node:fs"
import { defineConfig } from "vitest/config"

/** Workspace packages resolve to their sources, so that tests need no build. */
const conditions = ["@assay/source", "module", "node", "development|production"]

const folders = ["packages", "examples"]
  .filter((parent) => existsSync(parent))
  .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(`${folder}/test`))

const limits = { testTimeout: 30_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    // Most tests wait for servers and child processes: one worker less than cores would leave the machine idle.
    maxWorkers: "100%",
    projects: [
      ...folders.map((folder) => ({
        root: folder,
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          ...limits,
          name: folder.replace("packages/", ""),
          root: folder,
          include: ["test/**/*.test.ts"],
          server: { deps: { inline: [/@assay\//] } },
        },
      })),
      // What concerns the repository as a whole: the built packages, the scripts, the rules of the linter.
      { test: { ...limits, name: "repository", include: ["test/**/*.test.ts"] } },
    ],
  },
})
