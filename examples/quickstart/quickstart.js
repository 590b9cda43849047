import { createAssay } from "assay"

const assay = await createAssay() // an embedded database in ./.assay, a queue in this process, your git
try {
  const job = await assay.analyze(process.argv[2] ?? ".", { trusted: true })
  for await (const event of job.events()) {
    console.log(event.type, event.data.stage ?? "", "percent" in event.data ? `${event.data.percent} %` : "")
  }
  const results = await job.result()
  const { busFactor } = await results.busFactor()
  console.log(`${results.snapshot.totals.commits} commits, bus factor ${busFactor}. What changes most:`)
  for await (const file of results.hotspots()) {
    if (file.category === "hotspot") console.log(Math.round(file.score), file.path)
  }
} finally {
  await assay.close()
}
