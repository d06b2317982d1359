// What programs that we start get of our environment: how to find things, and nothing that opens a
// door.
// Must not know: which programs there are. A name that is not listed here is never passed on,
// whatever it holds.

/** Our own, as it was read at the start. */
export type ChildEnvironment = Readonly<Record<string, string | undefined>>

/**
 * Where programs, folders and words are. The last four are what Windows cannot start a program
 * without.
 */
const ANY = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SYSTEMROOT', 'COMSPEC', 'PATHEXT', 'TEMP']
/** What fetches something has to get out of the house. */
const WEB = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR']
const GO = [
  'GOROOT GOPATH GOCACHE GOMODCACHE GOTMPDIR GOENV GOFLAGS GOPROXY GONOPROXY GOPRIVATE GOINSECURE',
  'GOSUMDB GONOSUMDB GOAUTH GOVCS XDG_CACHE_HOME XDG_CONFIG_HOME',
].flatMap((line) => line.split(' '))
const EITHER_CASE = WEB.flatMap((name) => [name, name.toLowerCase()])

/** For a program that serves or tells something. */
export const plain = (environment: ChildEnvironment): ChildEnvironment => only(environment, ANY)

/** For one that downloads. */
export const fetching = (environment: ChildEnvironment): ChildEnvironment =>
  only(environment, [...ANY, ...EITHER_CASE, 'NODE_EXTRA_CA_CERTS'])

/** For Go, which also has its own ways to where modules are. */
export const building = (environment: ChildEnvironment): ChildEnvironment =>
  only(environment, [...ANY, ...EITHER_CASE, ...GO])

const only = (environment: ChildEnvironment, names: readonly string[]): ChildEnvironment =>
  Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])))
