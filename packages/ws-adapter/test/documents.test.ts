import { readFileSync, writeFileSync } from "node:fs"
import { format, resolveConfig } from "prettier"
import { expect, test } from "vitest"
import { describeEvents, serverEventSchemas } from "../src/index.js"
import { renderEventReference } from "./helpers/render-event-reference.js"

const page = new URL("../../../docs/reference/events.md", import.meta.url)

test("docs/reference/events.md says what the schemas say", async () => {
  const config = await resolveConfig(page)
  const text = await format(renderEventReference(), { ...config, parser: "markdown" })
  if (process.env["UPDATE_DOCUMENTS"]) writeFileSync(page, text)
  expect(readFileSync(page, "utf8")).toBe(text)
})

test("asyncapi.json describes every message, and every reference in it leads somewhere", () => {
  const document = describeEvents({ version: "1.2.3", prefix: "/git" })
  expect(document.info.version).toBe("1.2.3")
  const text = JSON.stringify(document)
  for (const name of Object.keys(serverEventSchemas)) expect(Object.keys(document.components.messages)).toContain(name)
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path.split("/"))
  expect(references.length).toBeGreaterThan(20)
  for (const path of references) {
    let found: unknown = document
    for (const name of path) found = (found as Record<string, unknown> | undefined)?.[name]
    expect(found, path.join("/")).toBeDefined()
  }
})
