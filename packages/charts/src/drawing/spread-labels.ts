/**
 * Moves labels that stand above one another apart, as little as it takes. `wanted` are their middles, from below to above (falling
 * y); where there are too many for the room, those in between are `undefined`: left out, evenly.
 */
export function spreadLabels(
  wanted: readonly number[],
  { top, bottom, distance }: { top: number; bottom: number; distance: number },
): (number | undefined)[] {
  const capacity = Math.max(1, Math.floor((bottom - top) / distance) + 1)
  const every = Math.ceil(wanted.length / capacity)
  // The newest is the last, and always kept.
  const kept = wanted.map((_, at) => (wanted.length - 1 - at) % every === 0)
  const places: (number | undefined)[] = []
  let above = bottom + distance
  wanted.forEach((middle, at) => {
    if (!kept[at]) return places.push(undefined)
    above = Math.min(middle, above - distance, bottom)
    return places.push(above)
  })
  let below = top - distance
  for (let at = places.length - 1; at >= 0; at--) {
    const place = places[at]
    if (place === undefined) continue
    below = Math.max(place, below + distance)
    places[at] = below
  }
  return places
}
