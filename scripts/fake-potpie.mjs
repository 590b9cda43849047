// `npm run fake-potpie -- --port 9000 --lineage L`: a Potpie server that parses nothing and asks no model, to try things by hand.
import { parseArgs } from "node:util"
import { prepare } from "./bootstrap/prepare.mjs"
import { exitWith, Problem } from "./bootstrap/problem.mjs"

await start().catch(exitWith)

async function start() {
  const { port, lineage, key } = readArguments()
  await prepare({ types: false })
  const { createFakePotpie, fakeLineages } = await import("#fake-potpie")
  if (!(lineage in fakeLineages)) {
    throw new Problem(`There is no lineage ${lineage}: it is one of ${Object.keys(fakeLineages).join(", ")}.`)
  }
  const known = /** @type {keyof typeof fakeLineages} */ (lineage)
  const fake = await createFakePotpie({ port, lineage: known, ...(key !== undefined && { apiKey: key }) }).catch(
    (error) => {
      throw new Problem(`The fake Potpie cannot listen on port ${port}: ${error.message}`)
    },
  )
  console.log(`A fake Potpie of lineage ${lineage} listens on ${fake.url}\nIts key: ${fake.apiKey}`)
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void fake.close())
}

function readArguments() {
  const options = /** @type {const} */ ({
    port: { type: "string", default: "9000" },
    lineage: { type: "string", default: "S" },
    key: { type: "string" },
  })
  try {
    const { values } = parseArgs({ options })
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`--port must be a number up to 65535.`)
    return { ...values, port }
  } catch (error) {
    throw new Problem(
      `${/** @type {Error} */ (error).message}\nUsage: npm run fake-potpie -- [--port N] [--lineage S] [--key sk-…]`,
    )
  }
}
