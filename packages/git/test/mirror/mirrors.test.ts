import { expect, test } from "vitest"
import { createMirrors } from "../../src/mirror/mirrors.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { createRepository, lines } from "../helpers/create-repository.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

test("fetches a new mirror, sees that nothing changed, and fetches what is new", async () => {
  await using source = await createRepository()
  await using root = await temporaryFolder()
  source.commit({ files: { "a.txt": lines(3) } })
  const first = source.write()
  const mirrors = createMirrors({ root: root.path })
  const remote = parseRemoteUrl(source.path, { trusted: true })

  const created = await mirrors.fetch("1", remote)
  expect(created).toMatchObject({ outcome: "created", branch: "main", tip: first })
  expect(await mirrors.fetch("1", remote)).toMatchObject({ outcome: "unchanged", tip: first })
  source.commit({ from: "refs/heads/main", files: { "a.txt": lines(4) } })
  const second = source.write()
  expect(await mirrors.fetch("1", remote)).toMatchObject({ outcome: "updated", tip: second })
})
