import { dirname, relative, resolve } from "node:path"
import { rootFolder } from "../bootstrap/workspace.mjs"

/**
 * Which packages may import which of ours. In-tree adapters live under the rules of third-party adapters: what they need
 * from core is public, and what they need from one another is a contract in core.
 *
 * The first entry whose folder holds the importing file decides. `may` lists names; a name covers its public subpaths.
 *
 * @type {{ folder: string, may: string[] | "anything", because: string }[]}
 */
export const arrows = [
  {
    folder: "packages/core/src",
    may: [],
    because: "core is the bottom: everything points at it, and it points at nothing of ours.",
  },
  ...["remote", "process", "parse"].map((part) => ({
    folder: `packages/git/src/${part}`,
    may: [],
    because: "this part of git is plain Git code that knows no jobs; src/jobs joins it to core.",
  })),
  {
    folder: "packages/potpie-client",
    may: [],
    because:
      "it is a client that anyone can use alone, without the rest of Assay; what joins it to jobs lives elsewhere.",
  },
  {
    folder: "packages/analysis/src",
    may: ["@assay/core", "@assay/potpie-client"],
    because:
      "it joins Potpie's client to jobs, and is the one adapter that depends on another: on a client, not on a contract.",
  },
  {
    folder: "packages/charts/src",
    may: [],
    because: "charts are pure functions from data to SVG that anyone can use alone.",
  },
  {
    folder: "packages/assay/src",
    may: "anything",
    because: "assay composes all the others.",
  },
  {
    folder: "packages/*/src",
    may: ["@assay/core"],
    because:
      "adapters live under the rules of third-party adapters: they import @assay/core by its public name, and never one another. A need that two of them share is a contract in core.",
  },
  {
    folder: "packages/*/test",
    may: "anything",
    because: "a test may compose what its package.json lists.",
  },
  {
    folder: "examples/*",
    may: "anything",
    because: "an example composes packages as a host application does.",
  },
]

const ours = /^(assay|@assay\/[^/]+)(?:\/(.*))?$/

/** @type {import("eslint").Rule.RuleModule} */
export const arrowsRule = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      arrow: "{{importer}} may not import {{imported}}: {{because}}",
      inside: "Import {{imported}} by its public name, as a third party would: what lies inside a package may move.",
      outOfPackage:
        "{{imported}} leads out of {{importer}}. A package reaches others by their public names only, because that is all a published package has.",
    },
  },
  create(context) {
    const file = relative(rootFolder, context.filename).replaceAll("\\", "/")
    const home = /^(?:packages|examples)\/[^/]+/.exec(file)?.[0]
    if (!home) return {}
    const arrow = arrows.find(({ folder }) => matches(file, folder))

    const check = (/** @type {{ type: string, value?: unknown } | null | undefined} */ source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return
      const imported = source.value
      if (imported.startsWith(".")) {
        const target = relative(rootFolder, resolve(dirname(context.filename), imported)).replaceAll("\\", "/")
        // The one build recipe is shared by relative path: it is not part of any published package.
        if (!matches(target, home) && !file.endsWith("/tsup.config.ts")) {
          context.report({ node: source, messageId: "outOfPackage", data: { imported, importer: home } })
        }
        return
      }
      const name = ours.exec(imported)
      if (!name) return
      if (/^(src|dist)(\/|$)/.test(name[2] ?? "")) {
        context.report({ node: source, messageId: "inside", data: { imported } })
      } else if (arrow && arrow.may !== "anything" && !arrow.may.includes(name[1] ?? "")) {
        context.report({
          node: source,
          messageId: "arrow",
          data: { importer: arrow.folder.includes("*") ? home : arrow.folder, imported, because: arrow.because },
        })
      }
    }

    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      // A type written as import("…"), which only the TypeScript parser knows.
      TSImportType: (/** @type {any} */ node) => check(node.source ?? node.argument?.literal),
    }
  },
}

/**
 * @param {string} file
 * @param {string} folder in which `*` stands for one name
 */
function matches(file, folder) {
  const names = file.split("/")
  return folder.split("/").every((part, index) => part === "*" || part === names[index])
}
