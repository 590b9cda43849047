import type { Options } from "tsup"

/** The one build recipe: ESM with types. `NO_DTS=1` skips the types, which are nearly all of the build time. */
export function buildOptions(entry: Record<string, string>, more: Options = {}): Options {
  return {
    entry,
    format: "esm",
    target: "node20.19",
    platform: "node",
    dts: !process.env.NO_DTS,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    ...more,
  }
}
