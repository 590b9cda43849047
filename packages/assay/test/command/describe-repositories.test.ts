import { join } from "node:path"
import { expect, it } from "vitest"
import { describeRepositories } from "../../src/command/serving/describe-repositories.js"
import { createAssay } from "../../src/create-assay.js"
import { createStyle } from "../../src/output/style.js"
import { createRepository } from "../helpers/repository.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

it("lists what a service knows: what was found, what failed, and how many more there are", async () => {
  const folder = temporaryFolder()
  const repository = createRepository(join(folder, "lamp"))
  repository.commit({ "a.ts": "const a = 1\n" })
  await using assay = await createAssay({ dataFolder: join(folder, "data"), databaseUrl: "memory:" })
  const say = () => describeRepositories(assay, { style: createStyle(false), columns: 100, url: "http://localhost:1" })

  await (await assay.analyze(repository.folder, { trusted: true })).result()
  await expect((await assay.analyze(join(folder, "missing"), { trusted: true })).result()).rejects.toThrow()
  expect(await say()).toMatch(/^2 repositories\n +1 +lamp +completed +1 commit +1 person\n +2 +missing +failed *\n/m)
  expect(await say()).toMatch(/Ask again: curl -X POST http:\/\/localhost:1\/api\/v1\/repositories\/2\/index\n$/)

  const { tenant } = assay.client
  for (let index = 3; index <= 22; index++) {
    const url = `https://example.org/r${index}`
    await assay.repositories.create({ tenant, url, key: url, name: `r${index}`, trusted: false })
  }
  expect(await say()).toMatch(/^22 repositories\n[^]*\n {2}and 2 more\n$/m)
})
