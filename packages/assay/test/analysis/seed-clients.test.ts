import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { buildCommand } from "../helpers/command.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"
import { goodText } from "./helpers/answers.js"
import { startGitServer } from "./helpers/git-server.js"
import { analyze, call, potpieSettings, serve, startPotpie, statusOf } from "./helpers/service.js"

beforeAll(buildCommand, 120_000)

/**
 * A client as the documents of the older service have it, word for word. Around it: where `io` comes from, what `saveToVectorDB`
 * is, and the two places where the documents have a stand-in themselves, the address and the id.
 */
const clientOfTheOlderService = `
const socket = io('ws://localhost:8080');

// Join project room
socket.emit('join_project', 'project_id');

// Listen for status updates
socket.on('status_update', (data) => {
  console.log(\`Status: \${data.status} - \${data.message}\`);
});

// Listen for completion
socket.on('analysis_complete', (data) => {
  console.log('Analysis finished!');
  // Save data.data to vector database
  saveToVectorDB(data.data);
});

// Listen for errors
socket.on('analysis_error', (data) => {
  console.error('Analysis failed:', data.error);
});
`

async function setUp() {
  const git = await startGitServer()
  const potpie = await startPotpie({ missingRepositories: ["acme/broken"] })
  const cwd = temporaryFolder()
  const { url } = await serve("all", {
    cwd,
    env: { ...potpieSettings(potpie), ASSAY_GIT_ALLOW: git.allow },
  })
  return { git, potpie, cwd, url }
}

interface Told {
  type?: string
  event?: string
  data: unknown
}

describe("clients that know nothing of Assay", { timeout: 60_000 }, () => {
  it("follow an analysis with socket.io-client as the older documents show it", async () => {
    const { git, potpie, cwd, url } = await setUp()
    potpie.answerNext({ text: goodText, delayMs: 500 })
    const id = await analyze(url, { repo: git.url("acme/good"), branch: "main", question: "Explain it" })
    const good = runClient(cwd, url, id)
    await expect.poll(() => good.output(), { timeout: 30_000 }).toContain("Analysis finished!")
    const lines = good.output().split("\n")
    const words = lines.flatMap((line) => /^Status: (\w+) - \S/.exec(line)?.[1] ?? [])
    expect(words).toEqual(words.filter((word, index) => word !== words[index - 1]))
    expect(words.slice(-3)).toEqual(["ready", "processing_conversations", "finished"])
    const saved = JSON.parse(lines.find((line) => line.startsWith("{")) ?? "{}") as Record<string, unknown>
    expect(saved).toMatchObject({
      ...{ project_id: id, repo: "acme/good", branch: "main", snippets_count: 1 },
      snippets: [{ file_path: "src/b.py", code: "b = 1", verification: "verbatim" }],
      analysis_response: { overview: "It sets variables." },
      metadata: { has_github_token: false, total_nodes_found: 1, job_id: id },
    })
    // What was told is what can be read, for ever.
    expect((await statusOf(url, id)).data).toEqual(saved)

    const broken = await analyze(url, { repo: git.url("acme/broken") })
    const failing = runClient(cwd, url, broken)
    await expect.poll(() => failing.output(), { timeout: 30_000 }).toMatch(/Analysis failed: Potpie could not parse/)
    expect(failing.output()).not.toContain("Analysis finished!")
  })

  it("follow it with a plain WebSocket and with curl -N", async () => {
    const { git, potpie, url } = await setUp()
    potpie.answerNext({ text: goodText, delayMs: 500 })
    const body = { repo: git.url("acme/good"), branch: "main" }
    const { body: queued } = await call("POST", `${url}/analyze`, body)
    const id = String(queued["project_id"])
    expect(queued).toMatchObject({
      ...{ success: true, job_id: id, status: "queued", queue_position: 1, websocket_endpoint: `/ws/${id}` },
      message: "Repository analysis queued. Connect to WebSocket for real-time updates.",
    })

    const socket = new WebSocket(`${url.replace("http", "ws")}${String(queued["websocket_endpoint"])}`)
    onTestFinished(() => socket.terminate())
    const told: Told[] = []
    socket.on("message", (data) => told.push(JSON.parse(String(data as Buffer)) as Told))
    const streaming = curl(`${url}/api/v1/jobs/${id}/events?after=0`)

    await expect.poll(() => JSON.stringify(told), { timeout: 30_000 }).toContain("It sets variables.")
    const stream = await streaming
    expect(stream).toMatch(/^id: 1$/m)
    const events = [...stream.matchAll(/^data: (\{.*\})$/gm)].map(
      ([, text = ""]) => JSON.parse(text) as { type?: string },
    )
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["job.queued", "job.stage", "job.succeeded"]))
    const numbers = new Set([...stream.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number)))
    // 0 is what there was before the first.
    expect([...numbers]).toEqual([...[...numbers].keys()])
  })
})

interface Client {
  output(): string
}

function runClient(folder: string, url: string, id: string): Client {
  const require = createRequire(import.meta.url)
  const library = pathToFileURL(require.resolve("socket.io-client")).href
  const script = join(folder, `client-${id}.mjs`)
  const body = clientOfTheOlderService
    .replace("ws://localhost:8080", url.replace("http", "ws"))
    .replace("'project_id'", `'${id}'`)
  const before = `import socketIo from ${JSON.stringify(library)}
const { io } = socketIo
const saveToVectorDB = (data) => console.log(JSON.stringify(data))
`
  writeFileSync(script, before + body)
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)))
  onTestFinished(async () => {
    child.kill("SIGKILL")
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
  })
  return { output: () => output }
}

/** The stream of a job ends with it. */
const curl = async (url: string): Promise<string> =>
  (await promisify(execFile)("curl", ["-sN", "--max-time", "30", url])).stdout
