import { createRequire } from "node:module"

// What the package brings with it, without making it a dependency of the repository's root.
const require = createRequire(new URL("../../../packages/ws-adapter/package.json", import.meta.url))

/** @type {any} */
export const Fastify = require("fastify")
/** @type {any} */
export const { WebSocket } = require("ws")
