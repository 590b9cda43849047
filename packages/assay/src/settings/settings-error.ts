import { SetupError } from "../errors.js"

/** One setting that cannot be used. */
export interface SettingProblem {
  readonly name: string
  /** Where it came from: `--port`, `the environment`, `/srv/app/.env`. */
  readonly source: string
  /** Absent for secrets. */
  readonly value?: string
  /** Completes "must be". */
  readonly accepts: string
  /** What exactly does not fit, where that is known. */
  readonly reason?: string
}

/** All that is wrong with the settings, at once. */
export class SettingsError extends SetupError {
  override readonly name = "SettingsError"
  readonly problems: readonly SettingProblem[]

  constructor(problems: readonly SettingProblem[]) {
    const sentences = problems.map(sentence)
    super(
      "SETTINGS_INVALID",
      sentences.length === 1
        ? sentences[0]!
        : `${sentences.length} settings cannot be used:\n- ${sentences.join("\n- ")}`,
    )
    this.problems = problems
  }
}

function sentence({ name, source, value, accepts, reason }: SettingProblem): string {
  const given = value === undefined ? "holds something else" : `is ${JSON.stringify(value)}`
  const where = source === name ? "" : ` (from ${source})`
  return `${name} must be ${accepts}, and ${given}${where}.${reason ? ` ${reason}` : ""}`
}
