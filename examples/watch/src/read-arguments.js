import { parseArgs } from "node:util"
import { exitCodes } from "./exit-codes.js"
import { WatchError } from "./watch-error.js"

export const usage = `Usage: node watch.js [options] <owner/repo or URL> [branch] [question]

  node watch.js facebook/react main "Explain React architecture"
  node watch.js --token ghp_xxx private-org/private-repo

Options:
  --url <url>        the service (default: ASSAY_URL, or http://localhost:8080)
  --token <token>    for a private repository (better: ASSAY_GIT_TOKEN, because arguments are seen by others)
  --api-key <key>    where the service asks for one (better: ASSAY_API_KEY)
  --json             print the answer as JSON on stdout, and everything else on stderr
  --help             show this

Exit codes: 0 finished, 1 the analysis failed, 2 wrong arguments, 3 the service cannot be reached or refuses, 130 interrupted.`

/**
 * @typedef {object} Request
 * @property {boolean} help
 * @property {boolean} json
 * @property {string} url of the service, without a slash at its end
 * @property {string | undefined} apiKey
 * @property {string | undefined} token
 * @property {string} repo
 * @property {string} branch
 * @property {string | undefined} question
 */

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Request}
 */
export function readArguments(args, environment) {
  const { values, positionals } = parse(args)
  const [repo = "", branch = "main", question, ...more] = positionals
  if (!values.help && repo === "") throw wrong("Which repository?")
  if (more.length > 0) throw wrong("A question of several words belongs in quotes.")
  const url = values.url ?? (environment["ASSAY_URL"] || "http://localhost:8080")
  if (!/^https?:\/\/[^\s/?#]+/.test(url)) throw wrong("The service's URL must begin with http:// or https://.")
  return {
    help: values.help,
    json: values.json,
    url: url.replace(/\/+$/, ""),
    apiKey: (values["api-key"] ?? environment["ASSAY_API_KEY"]) || undefined,
    token: (values.token ?? environment["ASSAY_GIT_TOKEN"]) || undefined,
    ...{ repo, branch, question },
  }
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: "string" },
        token: { type: "string" },
        "api-key": { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    })
  } catch (error) {
    // The first sentence names the option; what follows may repeat a value.
    throw wrong(/** @type {Error} */ (error).message.split(". ", 1)[0] ?? "")
  }
}

/** @param {string} message */
function wrong(message) {
  return new WatchError(`${message}\n\n${usage}`, exitCodes.wrongArguments)
}
