import { postgres } from "./postgres.mjs"
import { redis } from "./redis.mjs"

/**
 * A server that the tests need.
 *
 * @typedef {object} Service
 * @property {string} name
 * @property {string} givenBy the environment variable by which somebody offers a server of their own
 * @property {string} announcedAs the environment variable that tells the tests its URL
 * @property {(url: string) => Promise<void>} check throws a Problem when nothing answers at a given URL
 * @property {(folder: string) => Promise<RunningService>} start on a free port of the loopback interface, with all of its
 *   files in `folder`; throws a Problem that says how to get the server when this machine has none
 */

/**
 * @typedef {object} RunningService
 * @property {string} url
 * @property {() => Promise<void>} stop resolves when its processes are gone
 */

/** One file per service; every test run starts all of them. @type {Service[]} */
export const services = [postgres, redis]
