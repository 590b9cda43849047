import { CommanderError } from "commander"
import { SetupError } from "../errors.js"
import { createStyle, hasColours } from "../output/style.js"
import { exitCode } from "./exit-code.js"
import { Interruption } from "./interruption.js"
import { describeProblem, problemDocument, toProblem } from "./problem.js"
import { buildProgram } from "./program.js"

/** Runs one command line to its end and sets the exit code of the process. */
export async function runCommand(args: readonly string[]): Promise<void> {
  // Somebody who reads only the beginning of the output is not an error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error
    })
  }
  process.exitCode = await run(args)
  // Whatever is left open must not keep a finished command from ending.
  setTimeout(() => process.exit(), 2000).unref()
}

async function run(args: readonly string[]): Promise<number> {
  const complaints: string[] = []
  try {
    const program = buildProgram((text) => complaints.push(text))
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: "user" })
    return exitCode.ok
  } catch (error) {
    if (error instanceof Interruption) return error.exitCode
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCode.ok
      return fail(usageError(complaints.join("")), args)
    }
    return fail(error, args)
  }
}

function fail(error: unknown, args: readonly string[]): number {
  const problem = toProblem(error)
  const wanted = !args.includes("--no-color")
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify(problemDocument(problem), undefined, 2)}\n`)
  else
    process.stderr.write(`${describeProblem(problem, createStyle(hasColours({ stream: process.stderr, wanted })))}\n`)
  return problem.exitCode
}

/** Commander says `error: unknown option '--prot'\n(Did you mean --port?)`. */
function usageError(complaint: string): SetupError {
  const message = complaint.trim().replace(/^error: /, "")
  return new SetupError("USAGE", message === "" ? "The command line does not say what to do." : message, {
    hint: "assay --help lists the commands, assay <command> --help their options.",
  })
}
