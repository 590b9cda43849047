import { descriptions } from "./setting.js"
import type { SettingDescription, SettingGroup } from "./setting.js"
import { settingNames, settingsSchema } from "./settings-schema.js"

/** One setting, as the documents show it. */
interface SettingEntry extends SettingDescription {
  readonly name: string
  readonly default: string | undefined
}

function entriesByGroup(): Map<SettingGroup, SettingEntry[]> {
  const groups = new Map<SettingGroup, SettingEntry[]>()
  for (const name of settingNames) {
    const schema = settingsSchema.shape[name]
    const description = descriptions.get(schema)
    if (!description) continue
    const fallback = schema.def.type === "prefault" ? String(schema.def.defaultValue) : undefined
    groups.set(description.group, [
      ...(groups.get(description.group) ?? []),
      { ...description, name, default: fallback },
    ])
  }
  return groups
}

/** `.env.example`: every setting, commented out, with what it does and its default. */
export function renderEnvExample(): string {
  const lines = [
    "# The settings of Assay. Copy this file to .env and take away the # in front of what you want to set.",
    "# What the environment or the command line says wins over this file.",
  ]
  for (const [group, entries] of entriesByGroup()) {
    lines.push("", `# ${group}`)
    for (const { name, about, accepts, otherwise, example, default: fallback } of entries) {
      const value = fallback ?? example ?? ""
      lines.push("", ...wrap(about.replaceAll("`", "")).map((line) => `# ${line}`), `# Accepts ${accepts}.`)
      if (otherwise !== undefined) lines.push(`# Without it: ${otherwise.replaceAll("`", "")}.`)
      lines.push(`#${name}=${/[#\s]/.test(value) ? JSON.stringify(value) : value}`)
    }
  }
  return `${lines.join("\n")}\n`
}

/** The tables of the configuration page, in Markdown. */
export function renderSettingTables(): string {
  const parts: string[] = []
  for (const [group, entries] of entriesByGroup()) {
    const rows = entries.map(({ name, about, accepts, otherwise, flag, default: fallback }) => {
      const without = fallback === undefined ? (otherwise ?? "") : `\`${fallback}\``
      return [flag ? `\`${name}\` (\`${flag}\`)` : `\`${name}\``, `${about} Accepts ${accepts}.`, without]
    })
    parts.push(`## ${group}\n\n${table([["Setting", "What it does", "Default"], ["---", "---", "---"], ...rows])}`)
  }
  return parts.join("\n\n")
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n")
}

function wrap(text: string, columns = 98): string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}
