import { existsSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { rootFolder } from "../scripts/bootstrap/workspace.mjs"
import { findServer } from "../scripts/services/find-server.mjs"
import { startServices } from "../scripts/services/start-services.mjs"
import { runNode } from "./helpers/run-node.js"

const { DATABASE_URL: _, ...environment } = process.env
const installed = findServer(["initdb", "postgres"], ["/usr/lib/postgresql/*/bin"]) !== undefined

/** Whether something listens at a URL. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: new URL(url).hostname, port: Number(new URL(url).port) })
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
}

describe("the services of a test run", { timeout: 60_000 }, () => {
  it("answer while they are kept, and are gone with their files when they are stopped", async ({ skip }) => {
    if (!installed) skip("no PostgreSQL is installed here: the run was given one by DATABASE_URL or Docker")
    const services = await startServices(environment)
    const url = services.environment["ASSAY_TEST_DATABASE_URL"] ?? ""
    expect(await answers(url)).toBe(true)
    writeFileSync(join(services.environment["TMPDIR"] ?? "", "left-behind"), "")
    await services.stop()
    expect(await answers(url)).toBe(false)
    expect(existsSync(services.folder)).toBe(false)
  })

  it("are gone with their files when the run is killed", async ({ skip }) => {
    if (!installed) skip("no PostgreSQL is installed here: the run was given one by DATABASE_URL or Docker")
    const program = `
      import { startServices } from ${JSON.stringify(join(rootFolder, "scripts/services/start-services.mjs"))}
      const { environment, folder } = await startServices()
      process.stdout.write(JSON.stringify({ url: environment.ASSAY_TEST_DATABASE_URL, folder }), () =>
        process.kill(process.pid, "SIGKILL"))`
    const killed = await runNode(["--input-type=module", "--eval", program], { cwd: rootFolder, env: environment })
    expect(killed.signal).toBe("SIGKILL")
    const { url, folder } = JSON.parse(killed.stdout)
    await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false)
    expect(await answers(url)).toBe(false)
  })

  it("are not started where DATABASE_URL offers one that answers", async () => {
    const offered = process.env["ASSAY_TEST_DATABASE_URL"]
    if (!offered) throw new Error("Run this through npm test, which starts a server.")
    const services = await startServices({ ...environment, DATABASE_URL: offered })
    expect(services.environment["ASSAY_TEST_DATABASE_URL"]).toBe(offered)
    await services.stop()
    expect(await answers(offered)).toBe(true)
  })

  it("are refused in a sentence where nothing answers at DATABASE_URL", async () => {
    await expect(startServices({ ...environment, DATABASE_URL: "postgres://127.0.0.1:1/none" })).rejects.toThrow(
      "DATABASE_URL is set, but nothing answers at 127.0.0.1:1.",
    )
  })
})
