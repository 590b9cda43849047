import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs"
import { basename, join } from "node:path"
import { rootFolder } from "../../scripts/bootstrap/workspace.mjs"
import { temporaryFolder } from "./temporary-folder.js"

/**
 * This checkout as it is, installed and built, in a folder whose sources may be changed. What was installed is shared by
 * links; the notes about what was built are not.
 */
export function copyOfCheckout(): string {
  const folder = temporaryFolder()
  for (const name of readdirSync(rootFolder)) {
    if (/^\.(git|assay|env|bootstrap\.lock.*)$|^node_modules$/.test(name)) continue
    cpSync(join(rootFolder, name), join(folder, name), {
      recursive: true,
      // The links between the packages lead from one to the other in the copy too.
      verbatimSymlinks: true,
      filter: (path) => basename(path) !== "test" && basename(path) !== ".vite",
    })
  }
  const modules = join(folder, "node_modules")
  mkdirSync(modules)
  for (const name of readdirSync(join(rootFolder, "node_modules"))) {
    const installed = join(rootFolder, "node_modules", name)
    if (name === ".cache") cpSync(installed, join(modules, name), { recursive: true })
    else symlinkSync(installed, join(modules, name))
  }
  return folder
}
