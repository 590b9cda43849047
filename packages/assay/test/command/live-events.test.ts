import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand, startAssay } from "../helpers/command.js"
import { smallRepository } from "../helpers/repository.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

beforeAll(buildCommand, 60_000)

const curl = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("curl", ["-sN", "--max-time", "20", ...args])).stdout

describe("assay serve", { timeout: 60_000 }, () => {
  it("serves the events of its jobs, to those whom the API answers", async () => {
    const folder = temporaryFolder()
    smallRepository(join(folder, "lamp"))
    const env = { ASSAY_API_KEYS: "the-key" }
    const command = startAssay(["serve", "--port", "0", "lamp"], { cwd: folder, env })
    const url = (await command.says(/listens on (http:\/\/\S+)/))[1]!
    await command.says(/5 commits/)
    const key = ["-H", "x-api-key: the-key"]
    const jobs = JSON.parse(await curl(...key, `${url}/api/v1/jobs`)) as { data: { id: string }[] }
    const events = `${url}/api/v1/jobs/${jobs.data[0]!.id}/events`
    expect(await curl(...key, `${events}?after=0`)).toMatch(/^id: 1\n[^]*"type":"job.succeeded"/m)
    expect(await curl("-i", events)).toMatch(/^HTTP\/1.1 401 /)
    expect(await curl(...key, `${url}/socket.io/?EIO=4&transport=polling`)).toMatch(/^0\{"sid":/)
    expect(await curl(...key, `${url}/asyncapi.json`)).toMatch(/"asyncapi":"3.0.0"/)

    // With somebody on the line it stops all the same.
    const stream = await fetch(`${url}/api/v1/events`, { headers: { "x-api-key": "the-key" } })
    const startedAt = Date.now()
    command.process.kill("SIGTERM")
    expect(await command.ended).toMatchObject({ code: 0 })
    expect(Date.now() - startedAt).toBeLessThan(5000)
    expect(await stream.text()).toMatch(/event: goodbye/)
  })
})
