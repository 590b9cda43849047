import type {
  ActivityByAuthorData,
  BurndownStackData,
  CalendarData,
  CardData,
  CouplingGraphData,
  HotspotTreemapData,
  LanguagesBarData,
  OwnershipData,
  PunchCardData,
  SparklineData,
  SurvivalCurveData,
} from "../../src/index.js"
import { sequence } from "./sequence.js"

const day = 86_400_000
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)
const end = Date.UTC(2026, 7, 31)

/** What a repository of some years and a dozen people may look like. */
export function sampleCalendar(days = 365): CalendarData {
  const next = sequence(1)
  return {
    days: Array.from({ length: days }, (_, at) => {
      const time = end - (days - 1 - at) * day
      const weekend = [0, 6].includes(new Date(time).getUTCDay())
      return { date: dayOf(time), commits: next() < (weekend ? 0.75 : 0.2) ? 0 : Math.floor(next() ** 3 * 40) + 1 }
    }),
  }
}

const people = [
  "Ada Lovelace",
  "Grace Hopper",
  "Edsger W. Dijkstra",
  "Barbara Liskov",
  "Donald Knuth",
  "Margaret Hamilton",
]
const more = ["Ken Thompson", "Frances Allen", "Niklaus Wirth", "Radia Perlman", "Tony Hoare"]

export function sampleActivity(authors = 11, months = 48): ActivityByAuthorData {
  const next = sequence(2)
  return {
    months: Array.from({ length: months }, (_, at) => dayOf(Date.UTC(2022, 8 + at, 1)).slice(0, 7)),
    authors: Array.from({ length: authors }, (_, who) => {
      const from = next() * months * 0.6
      const until = from + next() * months
      return {
        name: [...people, ...more][who] ?? `Person ${who}`,
        commits: Array.from({ length: months }, (_, at) =>
          at < from || at > until ? 0 : Math.floor(next() * (60 / (1 + who / 2))),
        ),
      }
    }),
  }
}

const folders = [
  "src/classes",
  "src/commands",
  "src/interfaces",
  "src/utils",
  "tests",
  "docs/gitbook",
  "scripts",
  "python/bullmq",
]

export function sampleHotspots(files = 160): HotspotTreemapData {
  const next = sequence(3)
  return {
    files: Array.from({ length: files }, (_, at) => ({
      path: `${folders[Math.floor(next() ** 1.5 * folders.length)]}/${["worker", "queue", "job", "scripts", "flow-producer", "redis-connection", "lock-manager", "telemetry"][at % 8]}${at > 7 ? `-${at}` : ""}.ts`,
      size: Math.ceil(2_000 * next() ** 4) + 8,
      commits: Math.ceil(290 * next() ** 6),
    })),
  }
}

export function sampleOwnership(directories = 14): OwnershipData {
  const next = sequence(4)
  return {
    unit: "lines added",
    directories: Array.from({ length: directories }, (_, at) => {
      const owners = [...people, ...more]
        .map((name) => ({ name, amount: Math.floor(12_000 * next() ** 6) }))
        .filter(({ amount }) => amount > 40)
      const amounts = owners.reduce((total, { amount }) => total + amount, 0)
      return { path: folders[at] ?? `packages/part-${at}/src`, total: Math.floor(amounts * 1.06) + 1, owners }
    }),
  }
}

export const sampleLanguages: LanguagesBarData = {
  languages: [
    { name: "TypeScript", bytes: 1_204_331, color: "#3178c6" },
    { name: "Python", bytes: 301_002, color: "#3572A5" },
    { name: "Lua", bytes: 190_442, color: "#000080" },
    { name: "JavaScript", bytes: 88_120, color: "#f1e05a" },
    { name: "Elixir", bytes: 40_003, color: "#6e4a7e" },
    { name: "Shell", bytes: 5_804, color: "#89e051" },
    { name: "Dockerfile", bytes: 611 },
  ],
}

export function sampleBurndown(years = 7, samples = 160): BurndownStackData {
  const next = sequence(5)
  const first = Date.UTC(2026 - years + 1, 0, 4)
  const dates = Array.from({ length: samples }, (_, at) =>
    dayOf(first + ((end - first) * at) / Math.max(1, samples - 1)),
  )
  return {
    dates,
    cohorts: Array.from({ length: years }, (_, at) => {
      const year = 2026 - years + 1 + at
      let lines = 0
      return {
        name: String(year),
        lines: dates.map((date) => {
          if (date.startsWith(String(year))) lines += next() < 0.4 ? Math.floor(next() * 2_400) : 0
          else if (date > String(year)) lines = Math.floor(lines * (1 - next() * 0.018))
          return lines
        }),
      }
    }),
  }
}

export function sampleSurvival(points = 90): SurvivalCurveData {
  const next = sequence(6)
  let share = 1
  const curve = Array.from({ length: points }, (_, at) => {
    share *= Math.max(0, 1 - (next() * 2.4) / (points * (0.6 + at / points)))
    return { age: Math.round(((at + 1) * 2_700) / points), share }
  })
  return { points: curve, halfLife: curve.find((point) => point.share <= 0.5)?.age }
}

export function sampleCoupling(pairs = 30): CouplingGraphData {
  const next = sequence(7)
  const names = ["worker", "queue", "job", "scripts", "flow-producer", "redis-connection", "repeat", "backoffs"]
  const file = (at: number) => `src/classes/${names[at % 8]}${at > 7 ? `-${at}` : ""}.ts`
  return {
    total: pairs + 41,
    pairs: Array.from({ length: pairs }, (_, at) => {
      const first = Math.floor(next() * pairs * 0.8)
      const second =
        next() < 0.5
          ? `tests/${names[first % 8]}${first > 7 ? `-${first}` : ""}.test.ts`
          : file(first + 1 + Math.floor(next() * 4))
      return {
        first: file(first),
        second,
        degree: Math.max(30, Math.floor(96 - at * 2.1)),
        shared: 5 + Math.floor(next() * 60),
      }
    }),
  }
}

export function samplePunchCard(): PunchCardData {
  const next = sequence(8)
  return {
    hours: Array.from({ length: 168 }, (_, at) => {
      const [weekday, hour] = [Math.floor(at / 24), at % 24]
      const busy = Math.exp(-(((hour - 15) / 5) ** 2)) * ([0, 6].includes(weekday) ? 0.2 : 1)
      return { weekday, hour, commits: Math.floor(busy * 60 * next()) }
    }),
  }
}

export const sampleSparkline: SparklineData = {
  label: "commits per week",
  values: [3, 0, 8, 12, 5, 20, 14, 2, 0, 0, 6, 9, 25, 11],
}

export const sampleCard: CardData = {
  name: "taskforcesh/bullmq",
  commits: 3_738,
  people: 152,
  busFactor: 2,
  commitsPerWeek: Array.from({ length: 52 }, (_, at) => Math.floor(20 + 18 * Math.sin(at / 4) + (at % 5) * 3)),
  asOf: "master at 352d3c7, 2026-08-31",
}
