export interface HardConfigOptions {
  /** A file of certificates (PEM) that git and the check before it trust instead of the system's own. */
  caFile?: string
  /** The proxy that git goes through, without its password: `http://host:port` or `http://user@host:port`. */
  proxy?: string
  /** Refuse objects that git considers malformed when they come in. Default `true`. */
  checkObjects?: boolean
}

/**
 * The whole configuration that git gets from us: neither the system's, nor the user's, nor a repository's own choice
 * of programs counts. It is a file rather than `-c` options so that a list of arguments says nothing about it.
 *
 * `credential.interactive` is left alone on purpose: from git 2.48 on, `false` would also silence our own askpass.
 * The limits on packs keep one git child near 200 MB of memory instead of 450.
 */
export function hardConfig(options: HardConfigOptions = {}): string {
  const certificates = options.caFile === undefined ? "" : `\tsslCAInfo = ${quote(options.caFile)}\n`
  return `[core]
	hooksPath = /dev/null
	fsmonitor = false
	symlinks = false
	attributesFile = /dev/null
	excludesFile = /dev/null
	alternateRefsCommand = "exit 0 #"
	bigFileThreshold = 32m
	protectHFS = true
	protectNTFS = true
	packedGitLimit = 64m
	packedGitWindowSize = 8m
	deltaBaseCacheLimit = 96m
	askPass =
	quotePath = false
[safe]
	bareRepository = explicit
[init]
	templateDir =
	defaultBranch = main
[credential]
	helper =
[http]
	followRedirects = false
	sslVerify = true
	maxRequests = 2
	emptyAuth = false
	proxy = ${options.proxy ?? ""}
	proxyAuthMethod = basic
${certificates}[protocol]
	allow = never
	version = 2
[protocol "https"]
	allow = always
[transfer]
	fsckObjects = ${options.checkObjects ?? true}
	bundleURI = false
[fetch]
	recurseSubmodules = no
	writeCommitGraph = false
	unpackLimit = 1
	uriProtocols =
[fetch "fsck"]
	badTimezone = ignore
	missingSpaceBeforeDate = ignore
	zeroPaddedFilemode = ignore
[promisor]
	acceptFromServer = none
[submodule]
	recurse = false
[gc]
	auto = 0
[maintenance]
	auto = false
[log]
	showSignature = false
[diff]
	algorithm = myers
	renameLimit = 1000
[i18n]
	logOutputEncoding = UTF-8
[pack]
	threads = 2
`
}

function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`
}
