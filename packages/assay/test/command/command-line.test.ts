import { readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand, runAssay, startAssay } from "../helpers/command.js"

beforeAll(buildCommand, 120_000)

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string
}

describe("the command line", () => {
  it("prints its version, and help for itself and its commands", async () => {
    const [ownVersion, help, bare, analyze] = await Promise.all([
      runAssay(["--version"]),
      runAssay(["--help"]),
      runAssay([]),
      runAssay(["analyze", "--help"]),
    ])
    expect(ownVersion).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" })
    expect(help).toMatchObject({ code: 0, stderr: "" })
    expect(help.stdout).toMatch(/Usage: assay/)
    expect(help.stdout).toMatch(/serve .*\n.*analyze/)
    expect(bare).toMatchObject({ code: 0, stdout: help.stdout })
    expect(analyze.stdout).toMatch(/--timeout <duration>/)
    expect(analyze.stdout).not.toMatch(/first-run-sample/)
  })

  it.each([
    [["serv"], /unknown command 'serv'.*\n.*Did you mean serve\?/],
    [["serve", "--prot", "1"], /unknown option '--prot'.*\n.*Did you mean --port\?/],
    [["analyze"], /missing required argument 'repository'/],
    [["analyze", "a", "b"], /too many arguments/],
    [["analyze", "x/y", "--timeout", "soon"], /--timeout must be a duration/],
    [
      ["serve", "--port", "80a", "--role", "boss"],
      /PORT must be a whole number .*\n.*ASSAY_ROLE must be all, api or worker/,
    ],
    [["serve", "https://user:canary@host/repo"], /The URL holds credentials/],
    [["analyze", "git@github.com:owner/repo.git"], /not fetched over ssh.*\n.*https:\/\/github\.com\/owner\/repo/],
  ])("refuses %j and says what is wrong", async (args, complaint) => {
    const { code, stdout, stderr } = await runAssay(args)
    expect(stderr).toMatch(complaint)
    expect(code).toBe(2)
    expect(stdout).toBe("")
    expect(stderr).not.toMatch(/^\s+at |canary/m)
  })

  it("says what is wrong as JSON where JSON is wanted", async () => {
    const { code, stdout, stderr } = await runAssay(["analyze", "ext::sh -c id", "--json"])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ code: "GIT_URL_REFUSED", exit_code: 2, retryable: false })
    expect(stderr).toBe("")
  })

  it("does not mind a reader who has seen enough", async () => {
    const command = startAssay(["--help"])
    command.process.stdout?.destroy()
    expect(await command.ended).toMatchObject({ code: 0, signal: null, stderr: "" })
  })
})
