import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand, runAssay, startAssay } from "./helpers/command.js"
import { fencedBlocks, shownCommands } from "./helpers/fenced-blocks.js"
import type { FencedBlock, ShownCommand } from "./helpers/fenced-blocks.js"
import { createRepository } from "./helpers/repository.js"
import type { TestRepository } from "./helpers/repository.js"
import { temporaryFolder } from "./helpers/temporary-folder.js"

// What the first pages show is done here as it stands there. Only what needs the network is replaced: a repository on this
// machine takes the place of one on GitHub.
const root = fileURLToPath(new URL("../../../", import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), "utf8")
const readme = fencedBlocks(read("README.md"))
const gettingStarted = fencedBlocks(read("docs/getting-started.md"))

/** By their first line. */
const notRunHere = new Map([
  ["git clone <this repository> assay && cd assay", "installs and builds a checkout; what it prints is compared below"],
  ["npm start", "installs and builds a checkout; the service that it starts is started below"],
])

const isOfService = ({ lines: [first = ""] }: FencedBlock): boolean => first.startsWith("curl ")
const analyzes = ({ lines: [first = ""] }: FencedBlock): boolean => / analyze /.test(first)

beforeAll(buildCommand, 160_000)

describe("the first pages", () => {
  it("show nothing that is not tried here, but for what is listed", () => {
    const isTried = (block: FencedBlock): boolean =>
      isOfService(block) || analyzes(block) || ["js", "text"].includes(block.language)
    const untried = [...readme, ...gettingStarted].filter((block) => !isTried(block))
    expect(untried.map(({ lines: [first] }) => first)).toEqual([...notRunHere.keys()])
  })

  it("show the program that examples/quickstart tests and type checks", () => {
    const programs = [...readme, ...gettingStarted].filter(({ language }) => language === "js")
    expect(programs.map(({ text }) => `${text}\n`)).toEqual([read("examples/quickstart/quickstart.js")])
  })

  it("show what a first start really prints", { timeout: 60_000 }, async () => {
    const [shown, ...others] = readme.filter(({ language }) => language === "text")
    expect(others).toEqual([])
    const { command } = await startService()
    await command.says(/bus-factor .*\n/)

    const lines = shown!.lines
    const first = lines.findIndex((line) => line.startsWith("Assay "))
    expect(outline(lines.filter((line, index) => index >= first && !line.includes("✔")))).toEqual(
      outline(command.stdout.trimEnd().split("\n")),
    )

    // Where a terminal listens, a stage is ticked off when it is done; elsewhere it is said when it begins.
    const stages = lines.flatMap((line) => /✔ (\D+?) +(?:in|\d)/.exec(line)?.[1] ?? [])
    expect(command.stderr.match(/^.*(?= …$)/gm)).toEqual(stages)

    const scripts = readdirSync(join(root, "scripts/bootstrap")).map((name) => read(`scripts/bootstrap/${name}`))
    for (const line of lines.slice(0, first)) {
      const doing = /^(.+) … \d+\.\d s$/.exec(line)?.[1]
      expect(scripts.join("")).toContain(`"${doing}"`)
    }
  })

  it.each([
    ["README.md", readme],
    ["docs/getting-started.md", gettingStarted],
  ])("show requests that a service answers as they say: %s", { timeout: 60_000 }, async (_file, blocks) => {
    const { request } = await startService()
    const commands = blocks.filter(isOfService).flatMap(shownCommands)
    expect(commands.length).toBeGreaterThan(3)
    for (const command of commands) await request(command)
  })

  it("show how one repository is analysed without a server", { timeout: 60_000 }, async () => {
    const commands = [...readme, ...gettingStarted].filter(analyzes).flatMap(shownCommands)
    expect(commands.length).toBeGreaterThan(0)
    for (const { command } of commands) {
      const [node, file, ...args] = command.split(" ")
      expect([node, file]).toEqual(["node", "packages/assay/dist/cli.js"])
      const { folder } = assayCheckout(temporaryFolder())
      const { code, stdout } = await runAssay(args.map((arg) => arg.replace(onGitHub, folder)))
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/assay · main .* 3 commits/) })
    }
  })
})

const onGitHub = /(https:\/\/github\.com\/)?expressjs\/express(\.git)?/

/** A service as `npm start` starts it, on a checkout of this test's own, and a way to send it what a document shows. */
async function startService() {
  const folder = temporaryFolder()
  const checkout = assayCheckout(folder)
  const remote = createRepository(join(folder, "remotes/express"))
  remote.commit({ "index.js": "module.exports = 1\n" })
  const command = startAssay(["serve", "--port", "0", "--first-run-sample", checkout.folder], {
    cwd: folder,
    env: { LOG_FORMAT: "lines", LOG_LEVEL: "warn", ASSAY_GIT_ALLOW: `file://${folder}/remotes/` },
  })
  const [, port] = await command.says(/listens on http:\/\/\S+:(\d+)/)
  // As for whoever follows the documents: the checkout is the first repository, and read, by then.
  await command.says(/stats\/bus-factor/)
  let jobId = "none yet"

  async function send(line: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const here = line
      .replace("curl ", "curl -sS -w '\\n%{http_code}' ")
      .replace("localhost:8080", `localhost:${port}`)
      .replace(onGitHub, `file://${remote.folder}`)
      .replace("<job_id>", jobId)
      .replace("<token>", "a-token")
    const { stdout } = await promisify(execFile)("sh", ["-c", here])
    const [body = "", status] = stdout.split(/\n(?=\d+$)/)
    // Tables and pictures are no JSON.
    const isJson = body.startsWith("{") || body.startsWith("[")
    return { status: Number(status), body: (isJson ? JSON.parse(body) : {}) as Record<string, unknown> }
  }

  /** Sends what is shown, and sees whether what is said about it is true. */
  async function request({ command: line, remark }: ShownCommand): Promise<void> {
    // Numbers can be read once there is a snapshot.
    if (/\/(stats|insights|charts)\//.test(line))
      await expect.poll(async () => (await send(line)).status, patience).toBe(200)
    const { status, body } = await send(line)
    const [, promised, id] = /^(\d{3})(?:.*\bid (\d+))?/.exec(remark) ?? []
    if (promised === undefined) expect(String(status), line).toMatch(/^2/)
    else expect(status, line).toBe(Number(promised))
    if (id !== undefined) expect(body["id"], line).toBe(Number(id))
    const words = /^status: (.*)/.exec(remark)?.[1]?.split(/, | or /)
    if (words !== undefined) expect(words, line).toContain(body["status"])
    if (line.includes("<job_id>")) expect(body, line).toMatchObject({ id: jobId, type: "repository.index" })
    jobId = (body["job_id"] as string | undefined) ?? jobId
  }

  return { command, request }
}

const patience = { timeout: 20_000 }

/** Enough for every line of the summary to be there. */
function assayCheckout(folder: string): TestRepository {
  const repository = createRepository(join(folder, "assay"))
  for (const commit of [1, 2, 3]) {
    const code = "const a = 1\n".repeat(20 * commit)
    repository.commit(
      { "a.ts": code, "b.ts": code, "c.ts": code, "d.js": code, "run.sh": "echo\n".repeat(commit) },
      "Assay maintainers <maintainers@example.org>",
    )
  }
  return repository
}

/** What stays the same whatever is counted, and wherever: numbers, paths, names and bars become one of each. */
function outline(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .replace(/@ [0-9a-f]{7}\b/, "@ commit")
      .replace(/ \/\S+\/assay$/, " /folder/assay")
      .replace(/^( +\d+ +\d+ +[\d,]+ +)\S+ +\S+$/, "$1 file category")
      .replace(/(?<=Languages).*/, " …")
      .replace(/(?<=last commit) .*/, " …")
      .replace(/[▁-█]+/, "▁")
      .replaceAll(/\d+([.,]\d+)*/g, "0")
      .replaceAll(/ {2,}/g, " "),
  )
}
