import { optional, reading, text, wholeNumber, withDefault, yesOrNo } from "./setting.js"

/** A queue's name is a part of keys, and `:` separates those. */
const queueName = () => reading((value) => (/^[^:{}\s]{1,100}$/.test(value) ? value : undefined))
const acceptsQueueName = "a name without blanks, colons and braces"

/**
 * Where Redis is and how to speak to it. Three ways to name the server, because services that Assay takes the place of each
 * had their own; which one was used, and whether two of them agree, is for `readRedisConnection` to see.
 */
export const redisSettings = {
  REDIS_URL: optional(reading(redisUrl), {
    group: "Redis",
    about: "A Redis server, or a node of a Redis Cluster, whose queues then ring between processes.",
    accepts: "redis://user:password@host:6379/0, or rediss:// for TLS",
    example: "redis://localhost:6379",
    otherwise: "REDIS_ADDR, or REDIS_HOST and REDIS_PORT; without any of them there is no Redis",
    flag: "--redis-url",
    secret: true,
  }),
  REDIS_ADDR: optional(reading(address), {
    group: "Redis",
    about: "The server as host and port in one.",
    accepts: "host:port, such as localhost:6379",
    example: "localhost:6379",
    otherwise: "see REDIS_URL",
  }),
  REDIS_HOST: optional(text(), {
    group: "Redis",
    about: "The server's host, with REDIS_PORT.",
    accepts: "a host name or an IP address",
    example: "localhost",
    otherwise: "see REDIS_URL",
  }),
  REDIS_PORT: optional(wholeNumber(1, 65_535), {
    group: "Redis",
    about: "The server's port, with REDIS_HOST.",
    accepts: "a whole number from 1 to 65535",
    example: "6379",
    otherwise: "6379",
  }),
  REDIS_USERNAME: optional(text(), {
    group: "Redis",
    about: "The user to log in as, where the server has users.",
    accepts: "a user name",
    example: "default",
    otherwise: "the server's default user",
  }),
  REDIS_PASSWORD: optional(text(), {
    group: "Redis",
    about: "The password to log in with.",
    accepts: "a password",
    otherwise: "none",
    secret: true,
  }),
  REDIS_DB: optional(wholeNumber(0, 1_000_000), {
    group: "Redis",
    about: "The number of the database on the server. A cluster has only 0.",
    accepts: "a whole number of 0 or more",
    example: "0",
    otherwise: "0",
  }),
  REDIS_CLUSTER: optional(yesOrNo(), {
    group: "Redis",
    about: "Whether the server is a node, or the configuration endpoint, of a Redis Cluster.",
    accepts: "1 or 0",
    example: "1",
    otherwise: "the server is asked",
  }),
  REDIS_TLS_ENABLED: optional(yesOrNo(), {
    group: "Redis",
    about: "Whether connections are encrypted.",
    accepts: "true or false",
    example: "true",
    otherwise: "as the URL says; without one, false",
  }),
  REDIS_TLS_CERT_PATH: optional(text(), {
    group: "Redis",
    about:
      "A PEM file with the client certificate. One that holds a certificate and no key, with no REDIS_TLS_KEY_PATH beside it, is taken for the authority to trust.",
    accepts: "the path of a PEM file",
    example: "./certs/redis-client.crt",
    otherwise: "no client certificate",
  }),
  REDIS_TLS_KEY_PATH: optional(text(), {
    group: "Redis",
    about: "A PEM file with the private key of the client certificate.",
    accepts: "the path of a PEM file",
    example: "./certs/redis-client.key",
    otherwise: "the key in REDIS_TLS_CERT_PATH, if there is one",
  }),
  REDIS_TLS_CA_PATH: optional(text(), {
    group: "Redis",
    about: "A PEM file with the authorities that the server's certificate is checked against.",
    accepts: "the path of a PEM file",
    example: "./certs/redis-ca.crt",
    otherwise: "the authorities that Node trusts",
  }),
  REDIS_TLS_REJECT_UNAUTHORIZED: withDefault(yesOrNo(), "true", {
    group: "Redis",
    about: "Whether a server whose certificate is not trusted is refused. `false` lets anybody in between read along.",
    accepts: "true or false",
  }),
  REDIS_PREFIX: withDefault(queueName(), "assay", {
    group: "Redis",
    about: "What the names of all keys begin with, so that several services can share a server.",
    accepts: acceptsQueueName,
  }),
  REDIS_QUEUE_NAME: withDefault(queueName(), "git_index_jobs", {
    group: "Redis",
    about: "The queue for work on git: `repository.index`, `repository.update`, `repository.delete`.",
    accepts: acceptsQueueName,
  }),
  QUEUE_NAME: withDefault(queueName(), "potpie-analysis", {
    group: "Redis",
    about: "The queue for analyses.",
    accepts: acceptsQueueName,
  }),
} as const

function redisUrl(value: string): string | undefined {
  if (!/^rediss?:\/\//i.test(value) || !URL.canParse(value)) return undefined
  const { hostname, pathname, username, password } = new URL(value)
  // Throws for a percent sign that encodes nothing.
  decodeURIComponent(username + password)
  return hostname !== "" && /^\/?\d*$/.test(pathname) ? value : undefined
}

/** `host`, `host:port` or `[::1]:port`. */
function address(value: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/i.exec(value)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? 6379)
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined
}
