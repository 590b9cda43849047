import { Command, Option } from "commander"
import { ownVersion } from "../version.js"
import { createConsole } from "./console.js"
import type { Console } from "./console.js"

/**
 * The commands and their options. What they do is imported when it is needed, so that help, versions and mistakes appear at
 * once. `complain` gets what is wrong with a command line, in place of stderr.
 */
export function buildProgram(complain: (text: string) => void): Command {
  const program = new Command("assay")
    .description("Asynchronous analysis of Git repositories.")
    .version(ownVersion(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureOutput({ outputError: complain })
    .showHelpAfterError(false)
    .addHelpText("after", examples)

  program
    .command("serve")
    .summary("run the service")
    .description(
      "Runs the HTTP API and a worker. Repositories named here are registered, if need be, and brought up to date; you vouch for them, so they may be local paths.",
    )
    .argument("[repository...]", "URLs, owner/repo on GitHub, or local paths")
    .option("--port <port>", "where to listen; 0 takes any free port (default: 8080)")
    .option("--host <host>", "the address to listen on (default: 127.0.0.1)")
    .option("--role <role>", "all, api or worker (default: all)")
    .option("--data-dir <folder>", "where this machine keeps its data (default: .assay)")
    .option("--database-url <url>", "a PostgreSQL server instead of the embedded database")
    .option("--redis-url <url>", "a Redis server whose queues ring between processes")
    .option("--log-level <level>", "debug, info, warn, error or silent (default: info)")
    .option("--open", "open the documentation of the API in a browser")
    .option("--no-color", "print without colours")
    .addOption(new Option("--first-run-sample <folder>", "what to index when there is nothing yet").hideHelp())
    .addHelpText("after", settingsHelp)
    .action(async (repositories: string[], options: Record<string, unknown>) => {
      const console = startConsole(options)
      const { serve } = await import("./serve.js")
      await serve(repositories, options, console).finally(() => console.screen.live(undefined))
    })

  program
    .command("analyze")
    .alias("analyse")
    .summary("analyse one repository and print the result")
    .description(
      "Fetches one repository, reads its history and prints what it found. Nothing is kept unless you say so.",
    )
    .argument("<repository>", "a URL, owner/repo on GitHub, or a local path")
    .option("--branch <branch>", "the branch to analyse (default: the repository's own)")
    .option(
      "--since <when>",
      "only commits from then on: 2025-01-31, or how long before the last one: 90d, 12w, 6m, 1y",
    )
    .option("--until <when>", "only commits before that")
    .option("--path <glob>", "only files that match, such as src or '*.ts'; may be repeated", collect, [])
    .option("--exclude <glob>", "without files that match; may be repeated", collect, [])
    .option("--bots <which>", "hide, show or only programs that commit (default: hidden among people, else shown)")
    .option("--ignore-commits <file>", "without the commits whose ids the file lists, one a line")
    .option("--json", "print one JSON document, and nothing else, on stdout")
    .option("--html <file>", "write one self-contained report with plots")
    .option("--svg <folder>", "write the plots, a file each")
    .option(
      "--fail-on <condition>",
      "end with exit code 3 if that holds, such as 'bus_factor<2'; may be repeated",
      collect,
      [],
    )
    .option("--keep", "keep mirror and results in the data folder, so that the next run reads only what is new")
    .option("--data-dir <folder>", "keep them in this folder")
    .option("--timeout <duration>", "give up after that long: 90s, 10m, 1h")
    .option("--no-color", "print without colours")
    .addHelpText("after", tokenHelp)
    .action(async (repository: string, options: Record<string, unknown>) => {
      const console = startConsole(options)
      const { analyze } = await import("./analyze.js")
      await analyze(repository, options, console).finally(() => console.screen.live(undefined))
    })

  return program
}

/** The values of an option that may be given more than once. */
function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

/** Says at once that something happens: the parts of a service take a second to be loaded. */
function startConsole(options: Record<string, unknown>): Console {
  const console = createConsole(options)
  console.screen.live(`  ${console.style.dim("starting …")}`)
  return console
}

const examples = `
Examples:
  assay analyze owner/repo            a repository on GitHub
  assay analyze . --json              the one in this folder, for a program
  assay serve https://host/team/repo  the service, with a repository to begin with
`

const settingsHelp = `
Settings come from these options, then from the environment, then from a .env file in the working folder:
PORT, HOST, DATABASE_URL, ASSAY_DATA_DIR, ASSAY_API_KEYS and others; docs/reference/configuration.md has them all.
`

const tokenHelp = `
What is chosen by --since to --ignore-commits applies to all insights that take it; which do not is said on stderr.
For a private repository, put a token that may read it into ASSAY_GIT_TOKEN.
Exit codes: 0 done, 2 usage, 3 a condition of --fail-on holds, 4 repository not found or not readable, 69 unavailable, 75 try again, 124 timeout, 130 interrupted.
`
