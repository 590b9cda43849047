import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readSettings } from "../../src/settings/read-settings.js"
import type { ReadSettingsOptions } from "../../src/settings/read-settings.js"
import { SettingsError } from "../../src/settings/settings-error.js"
import type { SettingProblem } from "../../src/settings/settings-error.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

const read = (options: ReadSettingsOptions = {}) => readSettings({ environment: {}, folder: "/nowhere", ...options })

function problems(options: ReadSettingsOptions): readonly SettingProblem[] {
  try {
    read(options)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

describe("readSettings", () => {
  it("needs nothing", () => {
    const { settings, given } = read()
    expect(settings).toMatchObject({
      PORT: 8080,
      HOST: "127.0.0.1",
      ASSAY_ROLE: "all",
      ASSAY_DATA_DIR: ".assay",
      WORKER_CONCURRENCY: 5,
      ASSAY_OPEN: false,
      BODY_LIMIT: 64 * 1024,
      ASSAY_GIT_MAX_SIZE: 4 * 1024 ** 3,
      ASSAY_GIT_TIMEOUT: 30 * 60_000,
    })
    expect(settings.DATABASE_URL).toBeUndefined()
    expect(given.size).toBe(0)
  })

  it("takes flags before the environment, and the environment before .env", () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, ".env"), "PORT=1\nHOST=in-file\nWORKER_CONCURRENCY=7\n")
    const { settings, given } = read({
      folder,
      flags: { PORT: "3" },
      environment: { PORT: "2", HOST: "in-environment" },
    })
    expect(settings).toMatchObject({ PORT: 3, HOST: "in-environment", WORKER_CONCURRENCY: 7 })
    expect([...given].sort()).toEqual(["HOST", "PORT", "WORKER_CONCURRENCY"])
  })

  it("reads .env as shells write it: comments, quotes, export, a byte order mark", () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, ".env"), `\uFEFF# ours\nexport HOST="::1"\nLOG_LEVEL='warn' # quietly\n`)
    expect(read({ folder }).settings).toMatchObject({ HOST: "::1", LOG_LEVEL: "warn" })
  })

  it("takes 0 for a value", () => {
    expect(read({ environment: { PORT: "0", ASSAY_GIT_KEEP_FREE: "0" } }).settings).toMatchObject({
      PORT: 0,
      ASSAY_GIT_KEEP_FREE: 0,
    })
  })

  it("does not turn a 0 that cannot be used into the default", () => {
    expect(problems({ environment: { WORKER_CONCURRENCY: "0" } })).toMatchObject([
      { name: "WORKER_CONCURRENCY", value: "0", source: "the environment" },
    ])
  })

  it("takes an empty value for none, in the environment also for one in .env", () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, ".env"), "PORT=1\nHOST=\n")
    const { settings, given } = read({ folder, environment: { PORT: "", LOG_LEVEL: "  " } })
    expect(settings).toMatchObject({ PORT: 8080, HOST: "127.0.0.1" })
    expect(settings.LOG_LEVEL).toBeUndefined()
    expect(given.size).toBe(0)
  })

  it("reports everything that is wrong at once, with where it came from and what is accepted", () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, ".env"), "LOG_LEVEL=loud\n")
    const options = { folder, flags: { PORT: "80a" }, environment: { ASSAY_ROLE: "boss", ASSAY_GIT_TIMEOUT: "soon" } }
    expect(problems(options)).toEqual([
      { name: "PORT", source: "--port", value: "80a", accepts: "a whole number from 0 to 65535" },
      { name: "ASSAY_ROLE", source: "the environment", value: "boss", accepts: "all, api or worker" },
      expect.objectContaining({ name: "ASSAY_GIT_TIMEOUT", value: "soon" }),
      {
        name: "LOG_LEVEL",
        source: join(folder, ".env"),
        value: "loud",
        accepts: "debug, info, warn, error or silent",
      },
    ])
    expect(() => read(options)).toThrow(
      'PORT must be a whole number from 0 to 65535, and is "80a" (from --port).\n- ASSAY_ROLE must be',
    )
  })

  it("does not show secrets that cannot be used", () => {
    const secrets = {
      DATABASE_URL: "mysql://root:hunter2@host/x",
      ASSAY_SECRET_KEY: "hunter2",
      ASSAY_API_KEYS: "hunter2 hunter2",
      ASSAY_GIT_TOKEN: "hunter2\thunter2",
    }
    expect(
      problems({ environment: secrets })
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(secrets).sort())
    expect(() => read({ environment: secrets })).toThrow(expect.not.stringContaining("hunter2"))
  })

  it("says which trusted prefix cannot be used, and why", () => {
    expect(() => read({ environment: { ASSAY_GIT_ALLOW: "http://git.internal/,ftp://old/" } })).toThrow(
      /ASSAY_GIT_ALLOW must be .*ftp:\/\/old\/" starts with ftp:/,
    )
  })

  it.each([
    ["BODY_LIMIT", "2MB", 2 * 1024 ** 2],
    ["BODY_LIMIT", "2048", 2048],
    ["BODY_LIMIT", "1.5 MiB", 1.5 * 1024 ** 2],
    ["ASSAY_GIT_TIMEOUT", "90s", 90_000],
    ["ASSAY_GIT_TIMEOUT", "5000", 5000],
    ["ASSAY_OPEN", "yes", true],
    ["ASSAY_OPEN", "off", false],
    ["ASSAY_ROLE", "API", "api"],
    ["ASSAY_API_KEYS", " one, two ,", ["one", "two"]],
    ["CORS_ORIGINS", "https://a.example,http://b.example:81", ["https://a.example", "http://b.example:81"]],
    ["DATABASE_URL", "memory:", "memory:"],
    ["DATABASE_URL", "./data", "./data"],
  ] as const)("reads %s=%s", (name, text, value) => {
    expect(read({ environment: { [name]: text } }).settings[name]).toEqual(value)
  })

  it("warns of names that look like ours and are not, with the one that was meant", () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, ".env"), "ASSAY_SOMETHING=1\n")
    const { warnings } = read({ folder, environment: { ASSAY_API_KEY: "one", ASSAY_TEST_COUNTS: "x", OTHER: "1" } })
    expect(warnings).toEqual([
      "ASSAY_API_KEY (from the environment) is not a setting; did you mean ASSAY_API_KEYS?",
      `ASSAY_SOMETHING (from ${join(folder, ".env")}) is not a setting.`,
    ])
  })

  it("does not stumble over a folder called .env", () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, ".env"))
    expect(read({ folder }).settings.PORT).toBe(8080)
  })
})
