import { createApp } from "./create-app.js"

const app = await createApp()
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => app.close())
console.log(`The host listens on ${await app.listen({ port: Number(process.env["PORT"] ?? 3000) })}`)
