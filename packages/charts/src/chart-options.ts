import { ChartError } from "./errors.js"

/** What every chart takes. The same data and options give the same bytes, today and tomorrow: no clock is read. */
export interface ChartOptions {
  /** In CSS pixels, 40 to 4,000. Each chart has a default of its own. */
  readonly width?: number | undefined
  /**
   * In CSS pixels, 16 to 4,000. Default: what the data needs. Charts that are lists show as many rows as fit, and say how many
   * do not.
   */
  readonly height?: number | undefined
  /** `auto`, the default, follows `prefers-color-scheme` of whoever looks at it. */
  readonly theme?: ChartTheme | undefined
  /** Written above the chart. Default: what the chart shows. An empty string leaves it out, and the room for it. */
  readonly title?: string | undefined
  /** Ids begin with it, so that several charts can share a page. A letter, then letters, digits, `-` or `_`. Default `assay`. */
  readonly prefix?: string | undefined
  /**
   * `own`, the default, puts the colours into the SVG. `page` leaves them out, for a page that has `chartStyle` itself, and whose
   * content security policy allows no other style.
   */
  readonly style?: "own" | "page" | undefined
}

export type ChartTheme = "light" | "dark" | "auto"

export interface ResolvedOptions {
  readonly width: number
  readonly height: number | undefined
  readonly theme: ChartTheme
  readonly title: string
  readonly prefix: string
  readonly style: "own" | "page"
}

/** Fills in the defaults. Throws `INVALID_OPTION`. */
export function resolveOptions(options: ChartOptions, defaults: { width: number; title: string }): ResolvedOptions {
  const { theme = "auto", prefix = "assay", style = "own" } = options
  if (theme !== "light" && theme !== "dark" && theme !== "auto") {
    throw new ChartError("INVALID_OPTION", `theme is "light", "dark" or "auto"`)
  }
  if (style !== "own" && style !== "page") throw new ChartError("INVALID_OPTION", `style is "own" or "page"`)
  if (!/^[A-Za-z][\w-]{0,63}$/.test(prefix)) {
    throw new ChartError("INVALID_OPTION", "prefix is a letter, then at most 63 letters, digits, - or _")
  }
  return {
    width: within("width", options.width ?? defaults.width, 40),
    height: options.height === undefined ? undefined : within("height", options.height, 16),
    theme,
    title: options.title ?? defaults.title,
    prefix,
    style,
  }
}

function within(name: string, value: number, least: number): number {
  if (!(value >= least && value <= 4_000)) {
    throw new ChartError("INVALID_OPTION", `${name} is from ${least} to 4,000 pixels`)
  }
  return Math.round(value)
}
