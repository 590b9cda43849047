import { once } from "node:events"
import { beforeAll, expect, test } from "vitest"
import { buildPackages, startService, watch } from "./helpers/programs.js"

const token = "ghp_canary0123456789"

beforeAll(buildPackages, 120_000)

test("asks, shows each update once, and the answer with what became of its snippets", async () => {
  const { url } = await startService()
  const question = "Explain React architecture"
  const { code, output, errors } = await watch(["--url", url, "facebook/react", "main", question]).ended
  expect(errors).toBe("")
  expect(code).toBe(0)
  expect(output).toMatch(/^facebook\/react, branch main: Repository analysis queued\./)
  expect(output).toMatch(/^Project job_\w{26}, number 1 in the queue$/m)
  const said = [...output.matchAll(/^\d\d:\d\d:\d\d {2}(\w+)/gm)].map(([, status]) => status)
  expect(said.at(-1)).toBe("finished")
  expect(new Set(said).size).toBe(said.length)
  expect(output).toContain("Analysis finished!\n\nAbout facebook/react: Explain React architecture\n")
  expect(output).toContain("✓ src/lamp.ts:1-1  The lamp.\n    export const lamp = [1,2,]\n")
  expect(output).toContain("✗ src/off.ts:1-1  The lamp.\n  (No such file.�[2J)\n")
  expect(output).toContain("? the idea  The lamp.\n")
  expect(output).toMatch(/3 snippets: ✓ 1 as in the code, ✗ 1 not, \? 1 not checked\n$/)
})

test("prints the answer alone on stdout as JSON", async () => {
  const { url } = await startService()
  const { code, output, errors } = await watch(["--url", url, "--json", "org/name"]).ended
  expect(code).toBe(0)
  expect(JSON.parse(output)).toMatchObject({ repo: "org/name", branch: "main", snippets_count: 3 })
  expect(errors).toMatch(/finished 100 %/)
})

test("hands a token to the service, from the option or the environment, and prints it nowhere", async () => {
  const { url } = await startService({ EXPECTED_TOKEN: token })
  for (const [args, environment] of [
    [["--token", token], {}],
    [[], { ASSAY_GIT_TOKEN: token }],
  ] as const) {
    const { code, output, errors } = await watch(["--url", url, ...args, "org/private"], environment).ended
    expect(code, errors).toBe(0)
    expect(output + errors).not.toContain(token)
  }
  const wrong = await watch(["--url", url, "--token", "ghp_another", "org/private"]).ended
  expect(wrong.code).toBe(1)
  expect(wrong.errors).toBe("Analysis failed: That token is not the one.\n")
})

test("ends with 1 when the analysis fails, with nothing in it that a terminal would obey", async () => {
  const { url } = await startService()
  const { code, errors } = await watch(["--url", url, "org/fails"]).ended
  expect(code).toBe(1)
  expect(errors).toBe("Analysis failed: Potpie could not parse it. �[31m\n")
})

test("takes an API key from the option or the environment, and ends with 3 without one", async () => {
  const { url } = await startService({ ASSAY_API_KEYS: "secret-key" })
  expect((await watch(["--url", url, "--api-key", "secret-key", "org/name"]).ended).code).toBe(0)
  expect((await watch(["org/name"], { ASSAY_URL: url, ASSAY_API_KEY: "secret-key" }).ended).code).toBe(0)
  const refused = await watch(["--url", url, "org/name"]).ended
  expect(refused.code).toBe(3)
  expect(refused.errors).toMatch(/^The service refuses \(401 UNAUTHENTICATED\): This needs an API key\.\n/)
})

test("ends with 3 where there is no service, and with 2 for arguments that make no sense", async () => {
  const unreachable = await watch(["--url", "http://127.0.0.1:9", "org/name"]).ended
  expect(unreachable.code).toBe(3)
  expect(unreachable.errors).toContain("http://127.0.0.1:9 cannot be reached")
  for (const args of [[], ["--nonsense", "a/b"], ["a/b", "main", "two", "words"], ["--url", "ftp://x", "a/b"]]) {
    const { code, errors } = await watch(args).ended
    expect(code, args.join(" ")).toBe(2)
    expect(errors).toContain("Usage: node watch.js")
  }
  const help = await watch(["--help"]).ended
  expect(help.code).toBe(0)
  expect(help.output).toContain("--token <token>")
})

test("Ctrl-C ends it at once with 130, and says that the analysis goes on", async () => {
  const { url } = await startService()
  const watching = watch(["--url", url, "org/waits"])
  await expect.poll(() => watching.output(), { timeout: 15_000 }).toContain("parsing - ")
  watching.child.kill("SIGINT")
  const { code, errors } = await watching.ended
  expect(code).toBe(130)
  const status = /The analysis goes on: (\S+)/.exec(errors)?.[1] ?? ""
  expect(await (await fetch(status)).json()).toMatchObject({ status: "parsing" })
})

test("says that a lost connection is taken up again", async () => {
  const { url, child } = await startService()
  const watching = watch(["--url", url, "org/waits"])
  await expect.poll(() => watching.output(), { timeout: 15_000 }).toContain("parsing - ")
  child.kill("SIGKILL")
  await once(child, "exit")
  await expect.poll(() => watching.output(), { timeout: 15_000 }).toContain("connecting again")
  watching.child.kill("SIGINT")
  expect((await watching.ended).code).toBe(130)
})
