// Who calls, as the journal names them; and which roles may make a call.
// Must not know: routes, keys.
import { personWord } from '../../domain/moves/people/unproved.ts'
import { LOCAL, ROLES, type Person, type Role } from './access.ts'
import type { Call } from './route.ts'

export const CHECKOUT: readonly Role[] = ['checkout']
export const PEOPLE: readonly Role[] = ['ops', 'approver']
export const APPROVERS: readonly Role[] = ['approver']
export const ANYBODY: readonly Role[] = ROLES

type Asked = Pick<Call, 'person'>

export const callerOf = ({ person }: Asked): Person => person ?? LOCAL

/** A person: `role:name`, or `local`. */
export const personNamed = (call: Asked): string => personWord(callerOf(call))

export const checkoutNamed = (call: Asked): string => `checkout:${callerOf(call).name}`
