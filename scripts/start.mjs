// `npm start`: from a bare clone to a running service. Arguments go to `assay serve`.
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { prepare } from "./bootstrap/prepare.mjs"
import { exitWith } from "./bootstrap/problem.mjs"
import { rootFolder } from "./bootstrap/workspace.mjs"

endWithStarter()
await prepare({ types: false }).catch(exitWith)

// The command runs in this very process: signals reach it directly and its exit code is ours.
const command = join(rootFolder, "packages/assay/dist/cli.js")
process.argv = [process.execPath, command, "serve", "--first-run-sample", rootFolder, ...process.argv.slice(2)]
await import(pathToFileURL(command).href)

/** `npm run dev` holds the other end of a channel; when that process is gone, however it went, so is the service. */
function endWithStarter() {
  const end = () => process.kill(process.pid, "SIGTERM")
  // Undefined where there never was a channel.
  if (process.connected === false) end()
  process.once("disconnect", end)
  process.channel?.unref()
}
