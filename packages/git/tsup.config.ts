import { defineConfig } from "tsup"
import { buildOptions } from "../../tsup.base"

export default defineConfig(
  // The language data is more than 800 modules; as one file it loads in a tenth of the time.
  buildOptions({ index: "src/index.ts" }, { noExternal: ["linguist-languages"] }),
)
