// Who asks, and may they: API keys by role. Without keys only this machine is answered, as the
// person `local`.
// Must not know: routes. A key's text is hashed at start and appears nowhere afterwards.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Failure } from '../../domain/failures.ts'
import { originOf, type Origin } from './thisMachine.ts'

export const ROLES = ['checkout', 'ops', 'approver'] as const
export type Role = (typeof ROLES)[number]
export type ApiKey = { readonly name: string; readonly role: Role; readonly key: string }
/** `role` null: no keys are configured, and this machine may do everything. */
export type Person = { readonly name: string; readonly role: Role | null }

/** Whoever is at this machine, where no keys are set. */
export const LOCAL: Person = { name: 'local', role: null }

/** Says who asks. Throws `unauthorized` or `forbidden`. */
export type Access = (request: IncomingMessage, roles: readonly Role[]) => Person

export function makeAccess(keys: readonly ApiKey[]): Access {
  const known = keys.map(({ name, role, key }) => ({ name, role, digest: digestOf(key) }))
  return (request, roles) => {
    if (known.length === 0) return localPerson(request)
    const person = personOf(known, request)
    if (person.role === null || !roles.includes(person.role)) throw wrongRole(person, roles)
    return person
  }
}

type KnownKey = { readonly name: string; readonly role: Role; readonly digest: Buffer }

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Every key is compared, whole digests each time: how long it takes says nothing about a key. */
function personOf(known: readonly KnownKey[], request: IncomingMessage): Person {
  const sent = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (sent === undefined) {
    throw new Failure('unauthorized', 'An API key is needed: send it as "Authorization: Bearer KEY". Nothing was done.')
  }
  const digest = digestOf(sent)
  const matching = known.filter((each) => timingSafeEqual(each.digest, digest))
  const [first] = matching
  if (!first) throw new Failure('unauthorized', 'This API key is not known here; check API_KEYS. Nothing was done.')
  return { name: first.name, role: first.role }
}

function wrongRole(person: Person, roles: readonly Role[]): Failure {
  const sentence = `The key "${person.name}" has the role ${person.role ?? LOCAL.name}; this call needs ${roles.join(' or ')}. Nothing was done.`
  return new Failure('forbidden', sentence, { role: person.role, needs: roles })
}

const REFUSED = {
  forwarded:
    'this request was passed on by a proxy, so whose it is cannot be told: it has a header that proxies add, or so many that one would not be seen, or came by HTTP/1.0. Set API_KEYS to answer others than this machine, or ask directly, at localhost',
  foreign: 'only this machine itself is answered, at localhost. Set API_KEYS to open the API to others',
  foreignPage: 'this request was sent by a page of another address. Set API_KEYS to open the API to others',
} as const satisfies Record<Exclude<Origin, 'own'>, string>

function localPerson(request: IncomingMessage): Person {
  const origin = originOf(request)
  if (origin === 'own') return LOCAL
  throw new Failure('forbidden', `No API keys are configured, and ${REFUSED[origin]}. Nothing was done.`)
}
