import { expect, it } from "vitest"
import { renderReport } from "../src/index.js"
import { sampleReport } from "./helpers/report.js"

it("looks as it did", async () => {
  await expect(renderReport(sampleReport)).toMatchFileSnapshot("golden/report.html")
})
