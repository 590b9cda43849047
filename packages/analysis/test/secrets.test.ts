import { expect, test } from "vitest"
import { goodText } from "./helpers/answers.js"
import { openBench } from "./helpers/open-bench.js"
import type { Bench } from "./helpers/open-bench.js"

const token = "ghp_canaryCANARYcanary0123456789"

/** Everything that the database holds, as text. */
async function dump({ database }: Bench): Promise<string> {
  const tables = await database.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'assay' and table_type = 'BASE TABLE'",
  )
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await database.query<{ text: string | null }>(
        `select string_agg(t::text, ' ') as text from assay.${name} as t`,
      )
      return row?.text ?? ""
    }),
  )
  return texts.join("\n")
}

const lines: string[] = []
const say = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }))
const logger = { debug: say, info: say, warn: say, error: say, child: () => logger }

async function expectNowhere(bench: Bench): Promise<void> {
  expect(await dump(bench)).not.toContain(token)
  expect(lines.join("\n")).not.toContain(token)
  expect(JSON.stringify(await bench.analyses.list({ tenant: "default" }))).not.toContain(token)
  expect(JSON.stringify((await bench.store.feed({})).map((event) => event))).not.toContain(token)
}

test("a token reads our copy, and is found nowhere else: in success, in failure, in a crash, at Potpie", async () => {
  await using bench = await openBench({ leaseMs: 400, runtime: { logger } })

  bench.fake.answerNext({ text: goodText })
  const answered = await bench.ask({ token, repo: "acme/good" })
  expect((await bench.result(answered)).metadata.has_github_token).toBe(true)
  expect(bench.source.tokens).toEqual([token])
  await expectNowhere(bench)

  bench.source.failWith = () =>
    Object.assign(new Error(`refused: https://x:${token}@github.com`), { code: "GIT_AUTH", retryable: false })
  bench.fake.answerNext({ text: '{"snippets": []}' })
  const failed = await bench.ask({ token, repo: "acme/bad" })
  expect(await bench.ended(failed)).toMatchObject({ state: "failed" })
  await expectNowhere(bench)
  bench.source.failWith = undefined

  bench.at.afterAsk = () => bench.die()
  const crashed = await bench.ask({ token, repo: "acme/crash" })
  await bench.waitFor(crashed, ({ crashes }) => crashes > 0)
  await expectNowhere(bench)
  await bench.ended(crashed)
  await expectNowhere(bench)
  expect(JSON.stringify(bench.fake.requests)).not.toContain(token)
  expect(lines.length).toBeGreaterThan(10)
})

test("it is sent to Potpie where the host says so, and not kept if Potpie repeats it", async () => {
  await using bench = await openBench({ handler: { forwardToken: true }, runtime: { logger } })
  bench.fake.answerNext({ text: goodText.replace("Two files.", `Two files, ${token}.`) })
  const id = await bench.ask({ token })

  const result = await bench.result(id)

  expect(bench.fake.requests.find(({ path }) => path === "/api/v2/parse")?.body).toEqual({
    ...{ repo_name: "acme/orders", branch_name: "main", commit_id: bench.commit },
    github_token: token,
  })
  expect(result.analysis_response).toMatchObject({ architecture: "Two files, [redacted]." })
  await expectNowhere(bench)

  bench.fake.answerNext({ text: goodText })
  await bench.result(await bench.ask({ repo: "acme/open" }))
  expect(bench.fake.requests.findLast(({ path }) => path === "/api/v2/parse")?.body).not.toHaveProperty("github_token")
})
