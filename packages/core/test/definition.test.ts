import { describe, expect, expectTypeOf, it } from "vitest"
import { z } from "zod"
import { defineJob } from "../src/index.js"
import type { ClaimLimits, Client, HandlerContext, JobDefinition, JobHandle, Worker } from "../src/index.js"

const input = z.object({ repositoryId: z.number(), depth: z.number().default(1) })
const index = defineJob({
  type: "repository.index",
  input,
  result: z.object({ commits: z.number() }),
  repository: ({ repositoryId }) => repositoryId,
  exclusiveKey: ({ repositoryId }) => `repository:${repositoryId}`,
  onConflict: "coalesce",
})

describe("a definition", () => {
  it("has defaults for all that it need not say", () => {
    expect(defineJob({ type: "test", input })).toMatchObject({
      ...{ type: "test", queue: "default", priority: 0, attempts: undefined, crashes: 3, timeoutMs: 1_800_000 },
      ...{ onConflict: "join", preempts: false, resultSchema: undefined, inputSchema: input },
      backoff: {},
      limits: {},
    })
  })

  it("keeps what it says", () => {
    const options = { queue: "analysis", priority: -3, attempts: 1, crashes: 5, preempts: true } as const
    const definition = defineJob({ type: "a.b-2.c", input, ...options, timeout: "90s", backoff: { baseMs: 5 } })
    expect(definition).toMatchObject({ ...options, timeoutMs: 90_000, backoff: { baseMs: 5 } })
  })

  it("derives repository and keys from the input", () => {
    const job = { repositoryId: 7, depth: 1 }
    expect([index.repositoryId(job), index.conflictKey(job), index.exclusiveKey(job)]).toEqual([
      ...[7, "repository:7", "repository:7"],
    ])
    const plain = defineJob({ type: "test", input })
    expect([plain.repositoryId(job), plain.conflictKey(job), plain.exclusiveKey(job)]).toEqual([
      ...[undefined, undefined, undefined],
    ])
  })

  it("has the limits it says, and the key by which its jobs are counted together", () => {
    const limits = {
      concurrency: 4,
      perKey: { key: ({ repositoryId }: { repositoryId: number }) => `host-${repositoryId}`, concurrency: 2 },
      rate: { starts: 10, per: "1m" },
    } as const
    const definition = defineJob({ type: "test", input, limits })
    expect(definition.limits).toEqual({ concurrency: 4, perKey: 2, rate: { starts: 10, perMs: 60_000 } })
    expect(definition.limitKey({ repositoryId: 7, depth: 1 })).toBe("host-7")
    const single = defineJob({ type: "test", input, limits: { concurrency: 1 } })
    expect(single.limits).toEqual({ concurrency: 1 })
    expect(single.limitKey({ repositoryId: 7, depth: 1 })).toBeUndefined()
  })

  const key = (): string => "key"
  const limits = [
    ...[{ concurrency: 0 }, { concurrency: 1.5 }, { concurrency: Infinity }, { perKey: { key, concurrency: 0 } }],
    ...[{ rate: { starts: 0, per: 1000 } }, { rate: { starts: 0.5, per: 1000 } }, { rate: { starts: 1, per: 0 } }],
    ...[{ rate: { starts: 1, per: "often" as never } }],
  ]
  for (const impossible of limits) {
    it(`cannot have the limits ${JSON.stringify(impossible)}`, () => {
      expect(() => defineJob({ type: "test", input, limits: impossible })).toThrow(RangeError)
    })
  }

  it("cannot count by a key that is no function", () => {
    const perKey = { key: "host" as never, concurrency: 1 }
    expect(() => defineJob({ type: "test", input, limits: { perKey } })).toThrow(TypeError)
  })

  it("takes its own conflict key before the repository's, and none when it allows conflicts", () => {
    const job = { repositoryId: 7, depth: 2 }
    const facts = { type: "test", input, repository: (given: { repositoryId: number }) => given.repositoryId }
    const keyed = defineJob({ ...facts, conflictKey: ({ depth }) => `depth:${depth}` })
    expect(keyed.conflictKey(job)).toBe("depth:2")
    expect(defineJob({ ...facts, onConflict: "allow" }).conflictKey(job)).toBeUndefined()
    expect(defineJob({ ...facts, onConflict: "allow", conflictKey: () => "x" }).conflictKey(job)).toBeUndefined()
  })

  for (const type of [
    "",
    "Index",
    "repository index",
    ".index",
    "repository.",
    "repository..index",
    "1st",
    "repo_index",
  ]) {
    it(`cannot have the type ${JSON.stringify(type)}`, () => {
      expect(() => defineJob({ type, input })).toThrow(TypeError)
    })
  }

  const impossible = [{ attempts: 0 }, { attempts: 1.5 }, { crashes: 0 }, { priority: 0.5 }, { priority: Number.NaN }]
  for (const options of impossible) {
    it(`cannot have ${JSON.stringify(options)}`, () => {
      expect(() => defineJob({ type: "test", input, ...options })).toThrow(RangeError)
    })
  }

  it("cannot have a timeout that is no duration", () => {
    expect(() => defineJob({ type: "test", input, timeout: "soon" as never })).toThrow(RangeError)
  })
})

describe("the types of a definition", () => {
  it("reach from the schema to the functions that read the input", () => {
    expectTypeOf(index).toEqualTypeOf<JobDefinition<{ repositoryId: number; depth: number }, { commits: number }>>()
    expectTypeOf(index.conflictKey).parameter(0).toEqualTypeOf<{ repositoryId: number; depth: number }>()
    expectTypeOf(index.limitKey).parameter(0).toEqualTypeOf<{ repositoryId: number; depth: number }>()
    expectTypeOf(index.limitKey).returns.toEqualTypeOf<string | undefined>()
    expectTypeOf(index.limits).toEqualTypeOf<ClaimLimits>()
    defineJob({
      type: "test",
      input,
      limits: {
        perKey: {
          key: (given) => {
            expectTypeOf(given).toEqualTypeOf<{ repositoryId: number; depth: number }>()
            return "key"
          },
          concurrency: 1,
        },
      },
    })
    defineJob({
      type: "test",
      input,
      // @ts-expect-error the input has no such member
      repository: ({ nothing }) => nothing as number,
    })
  })

  it("reach the handler: its input, what it may return, what it commits", () => {
    const declare = (worker: Worker): void => {
      worker.handle(index, async (context) => {
        expectTypeOf(context).toEqualTypeOf<
          HandlerContext<{ repositoryId: number; depth: number }, { commits: number }>
        >()
        expectTypeOf(context.input.repositoryId).toBeNumber()
        expectTypeOf(await context.step("count", async () => ["a"])).toEqualTypeOf<string[]>()
        if (context.attempt > 1) return context.defer("5m")
        if (context.attempt > 2) return { commits: 3 }
        return context.commit(async () => ({ commits: 3 }))
      })
      // @ts-expect-error the result is not what the definition says
      worker.handle(index, async () => ({ commits: "three" }))
      // @ts-expect-error what is committed is not what the definition says
      worker.handle(index, async (context) => context.commit(async () => "three"))
    }
    expectTypeOf(declare).toBeFunction()
  })

  it("reach the client: what it is given and what the handle results in", () => {
    const ask = async (client: Client): Promise<void> => {
      const handle = await client.enqueue(index, { repositoryId: 1, depth: 1 })
      expectTypeOf(handle).toEqualTypeOf<JobHandle<{ commits: number }>>()
      expectTypeOf(handle.result).returns.resolves.toEqualTypeOf<{ commits: number }>()
      // @ts-expect-error the input is not what the definition says
      await client.enqueue(index, { repositoryId: "one", depth: 1 })
      expectTypeOf(client.job<{ commits: number }>(handle.id).result).returns.resolves.toEqualTypeOf<{
        commits: number
      }>()
    }
    expectTypeOf(ask).toBeFunction()
  })

  it("say that a job without a result schema has no result", () => {
    const plain = defineJob({ type: "test", input })
    expectTypeOf(plain).toEqualTypeOf<JobDefinition<{ repositoryId: number; depth: number }, undefined>>()
    const declare = (worker: Worker): void => {
      worker.handle(plain, async () => undefined)
      // @ts-expect-error it has no result
      worker.handle(plain, async () => 3)
    }
    expectTypeOf(declare).toBeFunction()
  })
})
