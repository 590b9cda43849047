import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import { announce } from "./announce.mjs"
import { fingerprint, readStamp, writeStamp } from "./fingerprint.mjs"
import { runQuietly } from "./run-quietly.mjs"
import { pnpmPackage, rootFolder, workspacePackages } from "./workspace.mjs"

const modules = join(rootFolder, "node_modules")
const stampFile = join(modules, ".cache", "assay", "install.json")

/** Installs what the lockfile says, through the pnpm that package.json names. Nothing to do costs a few milliseconds. */
export async function installDependencies() {
  const wanted = {
    files: fingerprint([
      join(rootFolder, "package.json"),
      join(rootFolder, "pnpm-lock.yaml"),
      join(rootFolder, "pnpm-workspace.yaml"),
      ...workspacePackages().map(({ folder }) => join(folder, "package.json")),
    ]),
    // Packages with native parts are chosen for these.
    machine: `${process.platform} ${process.arch} ${process.versions.modules}`,
  }
  const stamp = readStamp(stampFile)
  if (stamp.files === wanted.files && stamp.machine === wanted.machine && isComplete()) return

  const done = announce("Installing dependencies")
  // npm leaves a flat node_modules that would hide undeclared dependencies: start afresh.
  if (isMadeByNpm()) rmSync(modules, { recursive: true, force: true })
  await runQuietly("npx", ["--yes", pnpmPackage(), "install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: rootFolder,
    doing: "Installing the dependencies",
    // pnpm is told that nobody sits there to be asked.
    env: { ...process.env, CI: "true" },
  })
  writeStamp(stampFile, wanted)
  done()
}

/** Somebody may have removed a node_modules by hand, or have let npm replace what pnpm made. */
function isComplete() {
  return (
    !isMadeByNpm() &&
    existsSync(join(modules, ".modules.yaml")) &&
    workspacePackages().every(
      ({ folder, manifest }) =>
        Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length === 0 ||
        existsSync(join(folder, "node_modules")),
    )
  )
}

function isMadeByNpm() {
  return existsSync(join(modules, ".package-lock.json"))
}
