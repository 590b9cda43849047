import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"
import { SetupError } from "../errors.js"
import { closest } from "./closest.js"
import { descriptions } from "./setting.js"
import { SettingsError } from "./settings-error.js"
import type { SettingProblem } from "./settings-error.js"
import { settingNames, settingsSchema } from "./settings-schema.js"
import type { SettingName, Settings } from "./settings-schema.js"

export interface ReadSettingsOptions {
  /** What the command line says, by setting. It wins over everything. */
  flags?: Partial<Record<SettingName, string | undefined>>
  /** Default: that of the process. */
  environment?: Readonly<Record<string, string | undefined>>
  /** The folder whose `.env` is read. Default: the working folder. */
  folder?: string
}

export interface SettingsReading {
  readonly settings: Settings
  /** The settings somebody set, as opposed to those that have their default. */
  readonly given: ReadonlySet<SettingName>
  /** Sentences about names that look like ours and are not. */
  readonly warnings: readonly string[]
}

/**
 * Reads the settings: flags, then environment, then `.env`, then defaults. An empty value means the same as none, except
 * that an empty variable of the environment keeps the one in `.env` from being read. Throws a {@link SettingsError} with
 * everything that is wrong.
 */
export function readSettings(options: ReadSettingsOptions = {}): SettingsReading {
  const { flags = {}, environment = process.env, folder = process.cwd() } = options
  const envFile = join(folder, ".env")
  const fromFile = readEnvFile(envFile)

  const texts: Partial<Record<SettingName, string>> = {}
  const sources = new Map<string, string>()
  for (const name of settingNames) {
    const flag = descriptions.get(settingsSchema.shape[name])?.flag ?? name
    const [source, value] =
      flags[name] !== undefined
        ? [flag, flags[name]]
        : environment[name] !== undefined
          ? ["the environment", environment[name]]
          : [envFile, fromFile[name]]
    if (value === undefined || value.trim() === "") continue
    texts[name] = value.trim()
    sources.set(name, source)
  }

  const parsed = settingsSchema.safeParse(texts)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue): SettingProblem => {
      const name = String(issue.path[0]) as SettingName
      const reason = issue.code === "custom" ? (issue.params?.["reason"] as string | undefined) : undefined
      const { accepts = "something else", secret = false } = descriptions.get(settingsSchema.shape[name]) ?? {}
      return {
        name,
        source: sources.get(name) ?? "",
        accepts,
        ...(secret ? {} : { value: texts[name] ?? "" }),
        ...(reason === undefined || secret ? {} : { reason }),
      }
    })
    throw new SettingsError(problems)
  }
  return {
    settings: parsed.data,
    given: new Set(Object.keys(texts) as SettingName[]),
    warnings: [...unknownNames(environment, "the environment"), ...unknownNames(fromFile, envFile)],
  }
}

function readEnvFile(file: string): Record<string, string | undefined> {
  let content: string
  try {
    content = readFileSync(file, "utf8")
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR") return {}
    throw new SetupError("SETTINGS_INVALID", `${file} cannot be read (${code}).`, { cause: error })
  }
  return parseEnv(content.replace(/^\uFEFF/, ""))
}

/** Variables of ours that are not settings: tests and git's password prompt use them. */
const inUseElsewhere = /^ASSAY_(TEST_|PASSWORD_)/

function unknownNames(variables: Readonly<Record<string, string | undefined>>, source: string): string[] {
  const known = new Set<string>(settingNames)
  return Object.keys(variables)
    .filter((name) => name.startsWith("ASSAY_") && !known.has(name) && !inUseElsewhere.test(name))
    .map((name) => {
      const meant = closest(name, settingNames)
      return `${name} (from ${source}) is not a setting${meant ? `; did you mean ${meant}?` : "."}`
    })
}
