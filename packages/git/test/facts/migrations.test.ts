import { migrate, openDatabase, openJobParts } from "@assay/postgres"
import { expect, test } from "vitest"
import { gitMigrations } from "../../src/index.js"

test("withdraws snapshots of the former format: their repositories count as not indexed yet", async () => {
  await using opened = await openDatabase("memory:")
  const parts = await openJobParts(opened)
  await migrate(opened, gitMigrations.slice(0, 1))
  const tenant = "default"
  const create = (name: string) =>
    parts.repositories.create({ tenant, url: `https://example.org/${name}`, key: name, name, trusted: false })
  const { id } = await create("indexed")
  await create("waiting")
  await opened.query(
    `insert into assay.snapshots (tenant, repository_id, number, state, format, job_id, fence, commit_oid, branch, published_at)
    values ($1, $2, 1, 'ready', 1, 'job', 1, '\\x01', 'main', now())`,
    [tenant, id],
  )
  await opened.query("update assay.repositories set snapshot = '{}', indexed_at = now() where id = $1", [id])

  await migrate(opened, gitMigrations)

  expect((await parts.repositories.get(id, tenant))!.snapshot).toBeUndefined()
  expect(await opened.query("select number, state from assay.snapshots")).toEqual([{ number: 1, state: "superseded" }])
  await parts.queue.close()
  await parts.notifier.close()
})
