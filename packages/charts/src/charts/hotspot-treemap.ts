import { max, sum } from "d3-array"
import { hierarchy, treemap, type HierarchyRectangularNode } from "d3-hierarchy"
import { resolveOptions, type ChartOptions } from "../chart-options.js"
import { checkNumber } from "../drawing/check-number.js"
import { cleanText } from "../drawing/clean-text.js"
import { drawChart, drawEmpty, margin, topOf } from "../drawing/draw-chart.js"
import { drawnWidth, drawText, drawTitle } from "../drawing/draw-text.js"
import { formatCount, formatNumber } from "../drawing/format-number.js"
import { element, type Markup } from "../drawing/markup.js"

export interface HotspotTreemapData {
  readonly files: readonly {
    readonly path: string
    /** In `unit`. A file of size 0 has no area. */
    readonly size: number
    /** Commits that changed it. */
    readonly commits: number
  }[]
  /** What sizes are counted in. Default `lines`. */
  readonly unit?: string | undefined
}

interface Tile {
  readonly name: string
  readonly size: number
  readonly commits: number
  readonly title: string
  /** Of the files that a tile stands for, the one that was changed most decides its colour. */
  readonly files: number
}

interface Group {
  readonly name: string
  readonly tiles: readonly Tile[]
}

const steps = 7
const mostTiles = 350

/**
 * Files as areas, by directory. The colour tells how often a file was changed, by the square root: linearly there would be one
 * red file and a hundred and sixty grey ones. Files too small to be seen are one tile per directory, which says how many.
 */
export function hotspotTreemap(data: HotspotTreemapData, options: ChartOptions = {}): string {
  const resolved = resolveOptions(options, { width: 820, title: "Hotspots" })
  const unit = cleanText(data.unit ?? "lines", 20)
  const files = data.files
    .map(({ path, size, commits }) => ({
      path: cleanText(path),
      size: checkNumber(size, "a size"),
      commits: checkNumber(commits, "commits"),
    }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1))
  if (files.length === 0) return drawEmpty(resolved, "no files")

  const top = topOf(resolved)
  const height = resolved.height ?? top + Math.max(220, Math.min(460, resolved.width * 0.55)) + 30
  const area = { width: resolved.width - 2 * margin, height: Math.max(20, height - top - 30) }
  const total = sum(files, ({ size }) => size)
  const most = max(files, ({ commits }) => commits) ?? 0
  const stepOf = (commits: number) => (most === 0 ? 1 : Math.max(1, Math.ceil(Math.sqrt(commits / most) * steps)))

  // A tile of fewer than some 90 square pixels is a speck, and more tiles than these are a carpet.
  const smallest = Math.max((total * 90) / (area.width * area.height), files[mostTiles]?.size ?? 0)
  const groups = groupFiles(files, { smallest, unit })
  const root = hierarchy<Group | Tile | { tiles: readonly Group[] }>({ tiles: groups }, (node) =>
    "tiles" in node ? node.tiles : undefined,
  )
    .sum((node) => ("size" in node ? node.size : 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
  const laid = treemap<Group | Tile | { tiles: readonly Group[] }>()
    .size([area.width, area.height])
    .paddingInner(2)
    .paddingTop((node) => (node.depth === 1 && groups.length > 1 && hasHeader(node) ? 17 : 0))
    .round(true)(root)

  const body: Markup[] = []
  for (const node of laid.descendants()) {
    const box = { x: margin + node.x0, y: top + node.y0, width: node.x1 - node.x0, height: node.y1 - node.y0 }
    if (node.depth === 1 && groups.length > 1 && hasHeader(node)) {
      const { name } = node.data as Group
      body.push(
        drawText({
          text: name,
          x: box.x + 2,
          y: box.y + 12,
          size: 11,
          bold: true,
          colour: "muted",
          width: box.width - 4,
          keep: "end",
        }),
      )
    } else if (node.depth === 2)
      body.push(...drawTile(node.data as Tile, { ...box, step: stepOf((node.data as Tile).commits) }))
  }
  body.push(...drawScale({ y: height - 22, right: resolved.width - margin, most, width: area.width, unit }))

  const hottest = files.reduce((best, file) => (file.commits > best.commits ? file : best))
  return drawChart({
    options: resolved,
    height,
    summary:
      `${formatCount(files.length, "file")} with ${formatNumber(total)} ${unit}; ` +
      `most often changed ${hottest.path} with ${formatCount(hottest.commits, "commit")} and ${formatNumber(hottest.size)} ${unit}`,
    about: `The larger a tile, the more ${unit}; the stronger its colour, the more commits, by the square root. The smallest files of a directory are one tile.`,
    body,
  })
}

const hasHeader = (node: Pick<HierarchyRectangularNode<unknown>, "x0" | "x1" | "y0" | "y1">) =>
  node.x1 - node.x0 > 44 && node.y1 - node.y0 > 34

/** By the first directory below what all of them share. */
function groupFiles(files: readonly FileOfTreemap[], { smallest, unit }: { smallest: number; unit: string }): Group[] {
  return [...foldersOf(files)].map(([name, members]) => {
    const large = members.filter(({ size }) => size >= smallest).slice(0, mostTiles)
    const small = members.slice(large.length)
    const tiles: Tile[] = large.map(({ path, size, commits }) => ({
      name: path.slice(path.lastIndexOf("/") + 1) || path,
      size,
      commits,
      files: 1,
      title: `${path}: ${formatCount(commits, "commit")}, ${formatNumber(size)} ${unit}`,
    }))
    if (small.length > 0) {
      const size = sum(small, (file) => file.size)
      const commits = max(small, (file) => file.commits) ?? 0
      const title = `${name}: ${formatCount(small.length, "smaller file")}, ${formatNumber(size)} ${unit} together, ${formatNumber(commits)} commits at most`
      tiles.push({ name: `others (${formatNumber(small.length)})`, size, commits, files: small.length, title })
    }
    return { name, tiles }
  })
}

/** By the first folder below what all share; one that holds more than half of everything is divided once more, and again. */
function foldersOf(files: readonly FileOfTreemap[]): Map<string, FileOfTreemap[]> {
  const total = sum(files, ({ size }) => size)
  const folders = new Map<string, FileOfTreemap[]>()
  const divide = (members: readonly FileOfTreemap[], depth: number) => {
    const parts = new Map<string, FileOfTreemap[]>()
    for (const file of members) {
      const names = file.path.split("/").slice(0, -1)
      const name = names.slice(0, depth).join("/") || "."
      const part = parts.get(name)
      if (part) part.push(file)
      else parts.set(name, [file])
    }
    for (const [name, part] of parts) {
      const deeper = part.some(({ path }) => path.split("/").length - 1 > depth)
      const large = depth < 6 && folders.size + parts.size < 16 && sum(part, ({ size }) => size) > total / 2
      if (deeper && large) divide(part, depth + 1)
      else folders.set(name, part)
    }
  }
  divide(files, sharedFolders(files.map(({ path }) => path)) + 1)
  return folders
}

interface FileOfTreemap {
  readonly path: string
  readonly size: number
  readonly commits: number
}

function sharedFolders(paths: readonly string[]): number {
  const [first = [], ...others] = paths.map((path) => path.split("/").slice(0, -1))
  let shared = first.length
  for (const folders of others)
    while (shared > 0 && first.slice(0, shared).some((name, at) => folders[at] !== name)) shared--
  return shared
}

function drawTile(tile: Tile, box: { x: number; y: number; width: number; height: number; step: number }): Markup[] {
  const { x, y, width, height, step } = box
  if (width < 1 || height < 1) return []
  const colour = step > 4 ? "on-h-high" : "on-h-low"
  const shape = { x: x + 0.5, y: y + 0.5, width: Math.max(0.5, width - 1), height: Math.max(0.5, height - 1) }
  const marks = [element("rect", { class: `assay-fill-h${step} assay-stroke-line`, ...shape }, drawTitle(tile.title))]
  if (width < 30 || height < 16) return marks
  // A name cut to three letters says less than an empty tile.
  const fits = drawnWidth(tile.name, 11) <= width - 8 || width >= 52
  if (fits) marks.push(drawText({ text: tile.name, x: x + 4, y: y + 13, width: width - 8, colour }))
  if (fits && height >= 32) {
    const count = tile.files > 1 ? `≤ ${formatNumber(tile.commits)}` : formatNumber(tile.commits)
    const whole = `${count} ${tile.commits === 1 ? "commit" : "commits"}`
    marks.push(
      drawText({
        text: drawnWidth(whole, 10) > width - 8 ? count : whole,
        x: x + 4,
        y: y + 26,
        size: 10,
        width: width - 8,
        colour,
      }),
    )
  }
  return marks
}

function drawScale(scale: { y: number; right: number; most: number; width: number; unit: string }): Markup[] {
  const { y, right, most, width, unit } = scale
  const end = `${formatNumber(most)} commits`
  const side = Math.max(4, Math.min(16, (width - drawnWidth(end, 10) - 24) / steps))
  const start = right - drawnWidth(end, 10) - 6 - steps * side
  const marks = Array.from({ length: steps }, (_, at) => {
    const upTo = Math.round(((at + 1) / steps) ** 2 * most)
    return element(
      "rect",
      {
        class: `assay-fill-h${at + 1} assay-stroke-line`,
        x: start + at * side + 0.5,
        y: y + 0.5,
        width: side - 1,
        height: 11,
      },
      drawTitle(`up to ${formatCount(upTo, "commit")}`),
    )
  })
  const room = width - (right - start) - drawnWidth("0", 10) - 20
  const note = [`area: ${unit}, colour: commits`, `area: ${unit}`].find((text) => drawnWidth(text, 10) <= room)
  return [
    drawText({ text: note ?? "", x: margin, y: y + 10, size: 10, colour: "muted" }),
    drawText({ text: "0", x: start - 6, y: y + 10, size: 10, anchor: "end", colour: "muted" }),
    ...marks,
    drawText({ text: end, x: right, y: y + 10, size: 10, anchor: "end", colour: "muted" }),
  ]
}
