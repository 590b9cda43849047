import type { Logger } from "@assay/core"

export interface RedisConnectionOptions {
  /**
   * `redis://[[user]:password@]host[:port][/db]`, or `rediss://…` for TLS. What is given beside it wins over its parts.
   */
  readonly url?: string
  /** @default "127.0.0.1" */
  readonly host?: string
  /** @default 6379 */
  readonly port?: number
  readonly username?: string
  readonly password?: string
  /** A cluster has only 0. @default 0 */
  readonly db?: number
  /** `true`, or what the handshake needs, asks for TLS whatever the URL says; `false` asks for none. */
  readonly tls?: boolean | RedisTlsOptions
  /**
   * Whether the server is one of a cluster. By default it is asked, which suits configuration endpoints, too. `false` never
   * asks.
   */
  readonly cluster?: boolean
  /** Hears of connections that were lost and regained. Default: nobody does. */
  readonly logger?: Logger
}

/** Certificates and keys are PEM texts, not paths. */
export interface RedisTlsOptions {
  /** For a server that demands a client certificate; with `key`. */
  readonly cert?: string
  readonly key?: string
  /** Whom to trust instead of the authorities that Node trusts. */
  readonly ca?: string
  /** `false` accepts any certificate, and so anybody in between. @default true */
  readonly rejectUnauthorized?: boolean
  /** The name that the server's certificate has to bear. @default the host */
  readonly servername?: string
}
