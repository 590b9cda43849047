import { Agent, request } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"
import { aGate } from "./helpers/gate.js"

describe("closing", () => {
  it("lets a request in hand finish, tells its probe that it stops, and does not wait for idle connections", async () => {
    const gate = aGate()
    const asked = aGate()
    const check = async (): Promise<void> => {
      asked.open()
      await gate.opened
    }
    await using test = await buildApp({ checks: { store: check } })
    await test.app.listen({ host: "127.0.0.1", port: 0 })
    const { port } = test.app.server.address() as AddressInfo
    const agent = new Agent({ keepAlive: true })
    const ask = (path: string): Promise<{ status: number | undefined; body: string }> =>
      new Promise((resolve, reject) => {
        request({ host: "127.0.0.1", port, path, agent }, (answer) => {
          text(answer).then((body) => resolve({ status: answer.statusCode, body }), reject)
        })
          .on("error", reject)
          .end()
      })

    expect((await ask("/ping")).status).toBe(200)
    const inHand = ask("/readyz")
    await asked.opened
    const closed = test.app.close()
    await expect.poll(() => test.app.server.listening).toBe(false)
    gate.open()
    const answer = await inHand
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body).status).toBe("stopping")
    await closed
    expect(test.app.server.listening).toBe(false)
    agent.destroy()
  })

  it("can be done twice", async () => {
    const test = await buildApp()
    await test.app.close()
    await test.app.close()
    await test[Symbol.asyncDispose]()
  })
})
