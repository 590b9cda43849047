import { basename } from "node:path"

const bags = new Set(["types", "utils", "helpers", "common", "constants", "misc"])

/** @type {import("eslint").Rule.RuleModule} */
export const fileNameRule = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      notKebab: "{{name}} is not in kebab-case: a file is called what it exports, in small letters with hyphens.",
      bag: "{{name}} says nothing: a type lives with its noun and a helper with its verb, so call the file after what it exports.",
    },
  },
  create(context) {
    return {
      Program(node) {
        const name = basename(context.filename)
        const stem = name.slice(0, name.indexOf("."))
        if (bags.has(stem)) context.report({ node, messageId: "bag", data: { name } })
        else if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) context.report({ node, messageId: "notKebab", data: { name } })
      },
    }
  },
}
