import { describe, expect, it } from "vitest"
import { controllableClock } from "../../src/testing/controllable-clock.js"

describe("a controllable clock", () => {
  it("stands still until it is moved", async () => {
    const clock = controllableClock(1000)
    expect([clock.now(), clock.monotonic()]).toEqual([1000, 0])
    await clock.advance(250)
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250])
  })

  it("wakes sleepers in the order of their moments, each at its own", async () => {
    const clock = controllableClock(0)
    const woken: [string, number][] = []
    for (const [name, ms] of [
      ["late", 300],
      ["early", 100],
      ["middle", 200],
    ] as const) {
      void clock.sleep(ms).then(() => woken.push([name, clock.now()]))
    }
    expect(clock.sleepers).toBe(3)
    await clock.advance(250)
    expect(woken).toEqual([
      ["early", 100],
      ["middle", 200],
    ])
    await clock.advance(50)
    expect(woken.at(-1)).toEqual(["late", 300])
    expect(clock.sleepers).toBe(0)
  })

  it("wakes those who sleep again meanwhile as often as there is time", async () => {
    const clock = controllableClock(0)
    let ticks = 0
    const tick = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(10)
        ticks++
      }
    }
    void tick()
    await clock.advance(100)
    expect(ticks).toBe(10)
  })

  it("wakes a sleeper whose signal aborts, at once and without an error", async () => {
    const clock = controllableClock()
    const controller = new AbortController()
    const sleeping = clock.sleep(1000, controller.signal)
    controller.abort()
    await sleeping
    expect(clock.sleepers).toBe(0)
    await clock.sleep(1000, controller.signal)
  })
})
