import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { problemByCode, problemByForeignCode, problemByHttpCode } from "../src/problem/problem-table.js"
import { buildApp } from "./helpers/build-app.js"

function page(name: string): string {
  return readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), "utf8")
}

describe("docs/reference/errors.md", () => {
  const text = page("errors.md")
  const sections = [...text.matchAll(/^### (\w+)\n\n([^#]+)/gm)].map(([, code = "", body = ""]) => ({ code, body }))

  it("has a section for every code, and for nothing else", () => {
    const codes = [problemByCode, problemByHttpCode, problemByForeignCode].flatMap((table) => Object.keys(table))
    expect(sections.map(({ code }) => code).sort()).toEqual(codes.sort())
  })

  it.each(sections)("gives $code its status, its word in the body, a cause and a remedy", ({ code, body }) => {
    const tables = { ...problemByForeignCode, ...problemByHttpCode, ...problemByCode }
    const kind = (tables as typeof problemByForeignCode)[code]
    if (code !== "UNSAFE_BINDING") expect(body.startsWith(String(kind?.status))).toBe(true)
    if (kind?.word) expect(body).toContain(`in the body \`${kind.word}\``)
    expect(body.split(/[.!?]\s/).length).toBeGreaterThan(1)
  })
})

describe("docs/reference/http-api.md", () => {
  it("has a section for every route, and for nothing else", async () => {
    await using test = await buildApp()
    const routes: string[] = (await test.app.inject("/nothing")).json().available_endpoints
    const sections = [...page("http-api.md").matchAll(/^### `(.+)`$/gm)].map(([, route]) => route)
    expect(sections.sort()).toEqual([...routes].sort())
  })

  it("shows an error body that has the members of a real one", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const request = { method: "PATCH", url: `/api/v1/repositories/${id}`, payload: { default_branch: "" } } as const
    const shown = JSON.parse(/```json\n(\{\n {2}"error"[^`]+)```/.exec(page("http-api.md"))?.[1] ?? "")
    const real = (await test.app.inject(request)).json()
    const { request_id: _id, timestamp: _time, ...rest } = shown
    expect(real).toMatchObject(rest)
    expect(Object.keys(real).sort()).toEqual(Object.keys(shown).sort())
  })
})
