import { createHash } from "node:crypto"
import { expect, it } from "vitest"
import { reportStyle, reportStyleHash } from "../src/report/report-style.js"

it("has the hash that the policy of reports allows", () => {
  expect(reportStyleHash).toBe(`sha256-${createHash("sha256").update(reportStyle()).digest("base64")}`)
})
