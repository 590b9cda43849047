import { createAssay } from "assay"
import { indexRepository } from "@assay/git"
import { createAuthorize, httpAdapter } from "@assay/http-adapter"
import { wsAdapter } from "@assay/ws-adapter"
import Fastify from "fastify"

/**
 * The host: a list of projects, each with a repository. It has a server and a table of its own; Assay lives beside them, in
 * the same process and the same database.
 *
 * @param {import("assay").AssayOptions} [options]
 */
export async function createApp(options) {
  const assay = await createAssay(options)
  await assay.database.exec(`
    create schema if not exists host;
    create table if not exists host.projects (
      id int generated always as identity primary key,
      name text not null unique check (name <> ''),
      repository_id int not null
    )`)

  const app = Fastify()

  app.post("/projects", async (request, reply) => {
    const { name, repository: url } = /** @type {{ name: string, repository: string }} */ (request.body)
    const repository = await assay.register(url)
    // The project and the job that reads its repository: both, or neither.
    const project = await assay.database.transaction(async (tx) => {
      const [row] = await tx.query(
        "insert into host.projects (name, repository_id) values ($1, $2) returning id, name, repository_id",
        [name, repository.id],
      )
      await assay.client.enqueue(indexRepository, { repositoryId: repository.id }, { tx })
      return row
    })
    return reply.code(201).send(project)
  })

  app.get("/projects", async () =>
    // Their table and ours, in one query: the published snapshot says what is known.
    assay.database.query(`
      select projects.id, projects.name, snapshots.commits, snapshots.contributors
      from host.projects
      left join assay.snapshots on snapshots.repository_id = projects.repository_id and snapshots.state = 'ready'
      order by projects.id`),
  )

  // All of Assay's own routes, under a path of the host's choosing.
  await app.register(httpAdapter, { ...assay.services, prefix: "/git" })
  await app.register(wsAdapter, { hub: assay.hub, authorize: createAuthorize(), prefix: "/git" })

  app.addHook("onClose", () => assay.close({ graceMs: 2000 }))
  await assay.start()
  return app
}
