/** A made-up project whose history shows a little of everything: three people, a bot, a merge, a rename, a .mailmap. */
export interface SampleCommit {
  readonly by: keyof typeof people
  /** UTC. */
  readonly at: string
  readonly message: string
  /** Whole files by path; `undefined` removes one. */
  readonly files?: Readonly<Record<string, string | undefined>>
  /** `from` becomes `to`, before `files` are written. */
  readonly rename?: { readonly from: string; readonly to: string }
  /** Default: `main`. */
  readonly branch?: string
  /** A branch whose tip becomes the second parent. */
  readonly merge?: string
}

export const people = {
  ada: "Ada Keeper <ada@lighthouse.example>",
  adaAtHome: "ada <ada@home.example>",
  ben: "Ben Lamp <ben@lighthouse.example>",
  chloé: "Chloé Fog <chloe@lighthouse.example>",
  bot: "harbour-bot[bot] <bot@lighthouse.example>",
} as const

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join("")

const lamp = (count: number): string => lines(count, (index) => `export const beam${index} = ${index * 15}`)
const fog = (count: number): string => lines(count, (index) => `def horn_${index}(): return ${index}`)
const log = (entries: number): string => `# Log\n\n${lines(entries, (index) => `- night ${index + 1}: calm`)}`

export const sampleHistory: readonly SampleCommit[] = [
  {
    by: "ada",
    at: "2025-01-06T09:00:00Z",
    message: "Light the lamp",
    files: { "README.md": "# Lighthouse\n\nA sample repository.\n", "src/lamp.ts": lamp(12) },
  },
  { by: "ada", at: "2025-01-07T18:30:00Z", message: "Turn the beam", files: { "src/lamp.ts": lamp(20) } },
  { by: "ben", at: "2025-01-20T08:15:00Z", message: "Sound the horn in fog", files: { "horn.py": fog(8) } },
  { by: "adaAtHome", at: "2025-02-02T21:00:00Z", message: "Keep a log", files: { "docs/log.md": log(3) } },
  {
    by: "ben",
    at: "2025-02-11T10:00:00Z",
    message: "Tidy the horn away",
    rename: { from: "horn.py", to: "src/horn.py" },
  },
  { by: "ada", at: "2025-03-03T07:45:00Z", message: "Brighten the beam", files: { "src/lamp.ts": lamp(34) } },
  {
    by: "chloé",
    at: "2025-03-10T12:00:00Z",
    message: "Measure the fog",
    branch: "fog",
    files: { "src/fog.ts": lines(16, (index) => `export const density${index} = 1 / ${index + 1}`) },
  },
  {
    by: "chloé",
    at: "2025-03-12T12:00:00Z",
    message: "Warn earlier",
    branch: "fog",
    files: { "src/horn.py": fog(13) },
  },
  { by: "ada", at: "2025-03-14T16:20:00Z", message: "Merge the fog signal", merge: "fog" },
  {
    by: "ada",
    at: "2025-04-01T09:00:00Z",
    message: "Say who is who",
    files: { ".mailmap": "Ada Keeper <ada@lighthouse.example> <ada@home.example>\n" },
  },
  { by: "bot", at: "2025-04-08T03:00:00Z", message: "Bump the oil", files: { "oil.lock": "oil 1.4.2\n" } },
  { by: "adaAtHome", at: "2025-05-17T22:10:00Z", message: "Write the log", files: { "docs/log.md": log(9) } },
  {
    by: "chloé",
    at: "2025-06-21T20:00:00Z",
    message: "Shine through the solstice",
    files: { "src/lamp.ts": lamp(41) },
  },
  { by: "ada", at: "2025-08-30T19:40:00Z", message: "Drop what nobody hears", files: { "src/horn.py": fog(10) } },
  { by: "bot", at: "2025-10-08T03:00:00Z", message: "Bump the oil", files: { "oil.lock": "oil 1.5.0\n" } },
]
