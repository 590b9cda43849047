import { expect, test } from "vitest"
import { indexRepository } from "../../src/index.js"
import { openFacts } from "../helpers/open-facts.js"
import { serving } from "../helpers/serving.js"

const token = "ghp_canary0123456789abcdef"

test("reads a private repository with the token that came with the job, and keeps it nowhere", async () => {
  await using setting = await serving({ credentials: `x-access-token:${token}` })
  await using facts = await openFacts({ allow: setting.allow })
  const { url, key, name } = setting.remote
  const repository = await facts.repositories.create({ tenant: "default", url, key, name, trusted: false })
  const { client } = facts.runtime
  const input = { repositoryId: repository.id }

  const refused = await client.enqueue(indexRepository, input)
  await expect(refused.result()).rejects.toMatchObject({ code: "JOB_FAILED" })
  expect((await refused.get()).failure).toMatchObject({ code: "GIT_AUTH", retryable: false })

  const wrong = await client.enqueue(indexRepository, input, { secrets: { token: `${token}-but-wrong` } })
  await expect(wrong.result()).rejects.toMatchObject({ code: "JOB_FAILED" })

  const right = await client.enqueue(indexRepository, input, { secrets: { token } })
  expect(await right.result()).toMatchObject({ commits: 1, files: 2 })

  const tables = await facts.database.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'assay'",
  )
  expect(tables.length).toBeGreaterThan(10)
  for (const { name: table } of tables) {
    const rows = await facts.database.query(`select to_json(t)::text as row from assay.${table} as t`)
    expect(JSON.stringify(rows), table).not.toContain(token)
  }
})
