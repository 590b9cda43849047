import { existsSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { rootFolder } from "../scripts/bootstrap/workspace.mjs"
import { findServer } from "../scripts/services/find-server.mjs"
import { startServices } from "../scripts/services/start-services.mjs"
import { runNode } from "./helpers/run-node.js"

const { DATABASE_URL: _, REDIS_URL: __, ...environment } = process.env
const installed =
  findServer(["initdb", "postgres"], ["/usr/lib/postgresql/*/bin"]) !== undefined &&
  findServer(["redis-server"], []) !== undefined
const notInstalled = "PostgreSQL or Redis is not installed here: the run was given them by their URLs or Docker"

/** How a server is offered to a run, and what the run calls it. */
const offers = { DATABASE_URL: "ASSAY_TEST_DATABASE_URL", REDIS_URL: "ASSAY_TEST_REDIS_URL" }

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
    if (!installed) skip(notInstalled)
    const services = await startServices(environment)
    const urls = Object.values(offers).map((name) => services.environment[name] ?? "")
    for (const url of urls) expect(await answers(url)).toBe(true)
    writeFileSync(join(services.environment["TMPDIR"] ?? "", "left-behind"), "")
    await services.stop()
    for (const url of urls) expect(await answers(url)).toBe(false)
    expect(existsSync(services.folder)).toBe(false)
  })

  it("are gone with their files when the run is killed", async ({ skip }) => {
    if (!installed) skip(notInstalled)
    const program = `
      import { startServices } from ${JSON.stringify(join(rootFolder, "scripts/services/start-services.mjs"))}
      const { environment, folder } = await startServices()
      process.stdout.write(JSON.stringify({ urls: ${JSON.stringify(Object.values(offers))}.map((name) => environment[name]), folder }), () =>
        process.kill(process.pid, "SIGKILL"))`
    const killed = await runNode(["--input-type=module", "--eval", program], { cwd: rootFolder, env: environment })
    expect(killed.signal).toBe("SIGKILL")
    const { urls, folder } = JSON.parse(killed.stdout)
    await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false)
    expect(urls).toHaveLength(2)
    for (const url of urls) expect(await answers(url)).toBe(false)
  })

  it("are not started where others are offered that answer", async () => {
    const offered = Object.entries(offers).map(([offer, name]) => [offer, process.env[name] ?? ""] as const)
    for (const [offer, url] of offered) if (!url) throw new Error(`Run this through npm test, which gives a ${offer}.`)
    const services = await startServices({ ...environment, ...Object.fromEntries(offered) })
    for (const [offer, url] of offered) {
      expect(services.environment[offers[offer as keyof typeof offers]]).toBe(url)
    }
    await services.stop()
    for (const [, url] of offered) expect(await answers(url)).toBe(true)
  })

  it.each([
    ["DATABASE_URL", { DATABASE_URL: "postgres://127.0.0.1:1/none" }],
    // The database comes first, and is offered so that none is started.
    ["REDIS_URL", { REDIS_URL: "redis://127.0.0.1:1", DATABASE_URL: process.env["ASSAY_TEST_DATABASE_URL"] }],
  ])("are refused in a sentence where nothing answers at %s", async (variable, offer) => {
    await expect(startServices({ ...environment, ...offer })).rejects.toThrow(
      `${variable} is set, but nothing answers at 127.0.0.1:1.`,
    )
  })
})
