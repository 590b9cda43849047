import { buildPackages } from "./build-packages.mjs"
import { installDependencies } from "./install.mjs"
import { oneAtATime } from "./one-at-a-time.mjs"
import { requireTools } from "./requirements.mjs"

/**
 * Makes a checkout ready to run, from a bare clone onwards: checks Node and git, installs, builds. Does only what is not
 * done yet.
 *
 * @param {{ types: boolean }} options `types`: build the declaration files too
 * @returns {Promise<string[]>} names of the packages that had to be built
 */
export async function prepare({ types }) {
  requireTools()
  return oneAtATime(async () => {
    await installDependencies()
    return buildPackages({ types })
  })
}
