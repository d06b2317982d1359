// Projects at Paymentwall beside the first one, as one setting lists them: live and test apart.
// Must not know: the environment, other gateways. A project has keys of its own, and whatever it
// signs counts for its own orders alone.
import type { SignVersion } from './signature.ts'

export type ListedProject = {
  /** Orders name it as `paymentwall/NAME`. */
  readonly name: string
  /** No real money: it takes test orders only, and all that it signs is test money. */
  readonly test: boolean
  readonly key: string
  readonly secret: string
  /** Undefined: as the settings say for all. */
  readonly version: SignVersion | undefined
  readonly statusApi: boolean | undefined
}

/** The name of the project that has settings of its own. */
export const FIRST = 'main'
export const PROJECTS_FORM =
  'write name:live:projectKey:secretKey,… (or name:test:…), each followed by :1, :2 or :3 for another signature version and by :status where the status call is on'

const NAME = /^[a-z0-9][a-z0-9-]{0,19}$/
const KEY = /^[A-Za-z0-9_-]{8,100}$/
const SECRET = /^[^:,\s]{8,200}$/

/** Throws RangeError with a sentence that holds no secret. */
export function parseProjects(text: string): readonly ListedProject[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const projects = parts.map((part, index) => projectOf(part, `entry ${index + 1} of ${parts.length}`))
  refuseTwice(
    projects.map(({ name }) => name),
    'name',
  )
  refuseTwice(
    projects.map(({ key }) => key),
    'project key',
  )
  return projects
}

function projectOf(part: string, entry: string): ListedProject {
  const [name = '', channel, key = '', secret = '', ...more] = part.split(':').map((word) => word.trim())
  if (!NAME.test(name)) throw new RangeError(`${entry} has no name of small letters and digits; ${PROJECTS_FORM}`)
  if (name === FIRST) throw new RangeError(`${entry} is called ${FIRST}, which has settings of its own`)
  if (channel !== 'live' && channel !== 'test')
    throw new RangeError(`${entry} is neither live nor test; ${PROJECTS_FORM}`)
  if (!KEY.test(key) || !SECRET.test(secret)) throw new RangeError(`${entry} lacks a key; ${PROJECTS_FORM}`)
  const [version, statusApi] = moreOf(more, entry)
  return { name, test: channel === 'test', key, secret, version, statusApi }
}

function moreOf(more: readonly string[], entry: string): readonly [SignVersion | undefined, true | undefined] {
  let version: SignVersion | undefined
  let statusApi: true | undefined
  for (const word of more) {
    if (word === 'status') statusApi = true
    else if (word === '1') version = 1
    else if (word === '2') version = 2
    else if (word === '3') version = 3
    else throw new RangeError(`${entry} has more than is known; ${PROJECTS_FORM}`)
  }
  return [version, statusApi]
}

/** Two of one key would both take what one of them has signed. */
function refuseTwice(values: readonly string[], what: string): void {
  if (new Set(values).size < values.length) throw new RangeError(`two entries have the same ${what}`)
}
