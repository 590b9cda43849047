/**
 * Random numbers that are the same for the same seed (mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c),
 * so that the plan of a run can be repeated. What the operating system makes of it cannot.
 *
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  /** @param {number} least @param {number} most */
  const between = (least, most) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between,
    /** @template Item @param {readonly Item[]} items @returns {Item} */
    pick: (items) => /** @type {Item} */ (items[between(0, items.length - 1)]),
    /** @template Item @param {readonly Item[]} items @returns {Item[]} */
    shuffled(items) {
      const result = [...items]
      for (let last = result.length - 1; last > 0; last--) {
        const other = between(0, last)
        ;[result[last], result[other]] = [/** @type {Item} */ (result[other]), /** @type {Item} */ (result[last])]
      }
      return result
    },
  }
}

/** @typedef {ReturnType<typeof createRandom>} Random */
