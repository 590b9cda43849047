import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { beforeAll, expect, it, onTestFinished } from "vitest"
import { prepare } from "../scripts/bootstrap/prepare.mjs"
import { rootFolder } from "../scripts/bootstrap/workspace.mjs"
import { runNode } from "./helpers/run-node.js"

const script = join(rootFolder, "scripts/fake-potpie.mjs")

beforeAll(() => prepare({ types: false }), 300_000)

it("npm run fake-potpie starts a fake Potpie and ends it when told to", async () => {
  const child = spawn(process.execPath, [script, "--port", "0", "--lineage", "L", "--key", "sk-mine"], {
    stdio: "pipe",
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  const ended = once(child, "exit")
  let url: string | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /lineage L listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1]
    if (line === "Its key: sk-mine") break
  }
  const response = await fetch(`${url}/api/v2/projects/list`, { headers: { "x-api-key": "sk-mine" } })
  expect(await response.json()).toEqual([])
  child.kill("SIGTERM")
  expect(await ended).toEqual([0, null])
})

it.each([
  [["--port", "x"], "--port must be a number up to 65535."],
  [["--lineage", "M"], "There is no lineage M: it is one of J, 1.0.2, 1.1.1, L, S."],
  [["--what"], "Usage: npm run fake-potpie"],
])("npm run fake-potpie -- %j is refused in a sentence", async (args, sentence) => {
  const { code, stderr } = await runNode([script, ...args], { cwd: rootFolder })
  expect(code).toBe(1)
  expect(stderr).toContain(sentence)
  expect(stderr).not.toContain("    at ")
})
