// What may be broken on purpose, and what is broken now.
// Must not know payments: those who are asked to misbehave look here and do it themselves.
import { z } from 'zod'
import { IAMPORT_CHANGE, LIKELIEST_WAYS, type IamportSwitches } from '../iamport/switches.ts'
import { LIKELIEST, WIRE_CHANGE, type Wire } from '../iamport/wire.ts'
import { PROJECT_CHANGE, USUAL_PROJECT, type ProjectSwitches } from '../paymentwall/project.ts'
import { LIKELIEST_V2, PORTONE_CHANGE, type PortoneSwitches } from '../portone/switches.ts'
import { ACCOUNT } from './model.ts'
import { RIGHT, SET_UP_CHANGE, type ConsoleSetUp } from './setUp.ts'

/** The faults that are one word each; the first word is none. */
export const FAULTS = {
  webhooks: ['deliver', 'drop', 'delay', 'duplicate', 'reorder'],
  cancel: ['accept', 'refuse', 'instant', 'lostAnswer', 'timeoutBefore', 'error500', 'error500After'],
  reads: ['ok', 'slow', 'error500', 'forbidden403'],
  token: ['ok', 'expireNow'],
  account: ACCOUNT.options,
} as const
type Words = { [Name in keyof typeof FAULTS]: (typeof FAULTS)[Name][number] }

const list = z.enum(['ok', 'error500', 'forbidden403']).optional()

export const FAULT_CHANGE = z.strictObject({
  webhooks: z.enum(FAULTS.webhooks).optional(),
  cancel: z.enum(FAULTS.cancel).optional(),
  reads: z.enum(FAULTS.reads).optional(),
  token: z.enum(FAULTS.token).optional(),
  account: ACCOUNT.optional(),
  /** Status lists that fail alone. */
  lists: z.strictObject({ paid: list, cancelled: list, failed: list }).optional(),
  wire: WIRE_CHANGE.optional(),
  iamport: IAMPORT_CHANGE.optional(),
  portone: PORTONE_CHANGE.optional(),
  /** The two projects at Paymentwall. */
  projects: z.strictObject({ iamport: PROJECT_CHANGE.optional(), direct: PROJECT_CHANGE.optional() }).optional(),
  setUp: SET_UP_CHANGE.optional(),
})
type FaultChange = z.infer<typeof FAULT_CHANGE>
type Lists = Required<NonNullable<FaultChange['lists']>>
export type Projects = { iamport: ProjectSwitches; direct: ProjectSwitches }
type Groups = {
  lists: Lists
  wire: Wire
  iamport: IamportSwitches
  portone: PortoneSwitches
  projects: Projects
  setUp: ConsoleSetUp
}
type FaultsNow = Words & Groups

export const SLOW_READ_MS = 3_000
export const DELAYED_WEBHOOK_MS = 2_000
export const HELD_WEBHOOK_MS = 3_000

const NONE: FaultsNow = {
  webhooks: 'deliver',
  cancel: 'accept',
  reads: 'ok',
  token: 'ok',
  account: 'ours',
  lists: { paid: 'ok', cancelled: 'ok', failed: 'ok' },
  wire: LIKELIEST,
  iamport: LIKELIEST_WAYS,
  portone: LIKELIEST_V2,
  projects: { iamport: USUAL_PROJECT, direct: USUAL_PROJECT },
  setUp: RIGHT,
}

export type Faults = { now(): FaultsNow; set(change: FaultChange): FaultsNow; reset(): void }

/**
 * `expireToken` is called for `token: expireNow`, which happens once and is not a lasting state.
 * `direct`: how the merchant's own project was set up.
 */
export function makeFaults(expireToken: () => void, direct: Partial<ProjectSwitches>): Faults {
  const first: FaultsNow = { ...NONE, projects: { ...NONE.projects, direct: { ...NONE.projects.direct, ...direct } } }
  let now = first
  return {
    now: () => now,
    /** Only what is named changes, also within the groups. */
    set: (change) => {
      if (change.token === 'expireNow') expireToken()
      const { projects } = now
      now = {
        ...now,
        ...change,
        token: 'ok',
        lists: { ...now.lists, ...change.lists },
        wire: { ...now.wire, ...change.wire },
        iamport: { ...now.iamport, ...change.iamport },
        portone: { ...now.portone, ...change.portone },
        setUp: { ...now.setUp, ...change.setUp },
        projects: {
          iamport: { ...projects.iamport, ...change.projects?.iamport },
          direct: { ...projects.direct, ...change.projects?.direct },
        },
      }
      return now
    },
    reset: () => {
      now = first
    },
  }
}
