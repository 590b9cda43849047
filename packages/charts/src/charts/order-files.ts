/**
 * The files of some pairs in an order that keeps arcs short: what belongs together stands together, and in each group everything
 * is placed next to what it is tied to most.
 */
export function orderFiles(pairs: readonly { first: string; second: string; degree: number }[]): string[] {
  const ties = new Map<string, Map<string, number>>()
  const tie = (from: string, to: string, degree: number) => {
    const others = ties.get(from) ?? new Map<string, number>()
    ties.set(from, others.set(to, degree))
  }
  for (const { first, second, degree } of pairs) {
    tie(first, second, degree)
    tie(second, first, degree)
  }
  const ordered: string[] = []
  const placed = new Set<string>()
  for (const { first } of pairs) {
    if (placed.has(first)) continue
    const group = [first]
    placed.add(first)
    for (;;) {
      const next = nearest(group, { ties, placed })
      if (!next) break
      placed.add(next.file)
      if (next.atEnd) group.push(next.file)
      else group.unshift(next.file)
    }
    ordered.push(...group)
  }
  return ordered
}

/** The file that is tied most to a group, counting ties to its ends for more, and the end it belongs to. */
function nearest(
  group: readonly string[],
  { ties, placed }: { ties: ReadonlyMap<string, ReadonlyMap<string, number>>; placed: ReadonlySet<string> },
): { file: string; atEnd: boolean } | undefined {
  let best: { file: string; atEnd: boolean; strength: number } | undefined
  const middle = (group.length - 1) / 2
  const strengths = new Map<string, { strength: number; balance: number }>()
  group.forEach((member, at) => {
    for (const [file, degree] of ties.get(member) ?? []) {
      if (placed.has(file)) continue
      const sum = strengths.get(file) ?? { strength: 0, balance: 0 }
      sum.strength += degree
      sum.balance += degree * (at - middle)
      strengths.set(file, sum)
    }
  })
  for (const [file, { strength, balance }] of strengths) {
    if (!best || strength > best.strength || (strength === best.strength && file < best.file)) {
      best = { file, strength, atEnd: balance >= 0 }
    }
  }
  return best
}
