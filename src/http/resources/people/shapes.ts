// What people's commands take, for documents; a test holds them against the judge, which is the
// domain's (src/domain/moves/people/commands.ts).
// Must not know: how a command is carried out.
import { z } from 'zod'
import { MOVING, type PaymentCommandName, type RefundCommandName } from '../../../domain/moves/people/commands.ts'
import { OUTCOMES } from '../../../domain/moves/people/possible.ts'
import { FILLED_LINES } from '../../document/blank.ts'

/** Lines of text with something in them. */
const text = (most: number) => z.string().min(1).max(most).meta({ pattern: FILLED_LINES })
const maybe = (most: number) => text(most).nullable().optional()

const reason = text(500).meta({ description: 'Why, for the journal' })
const owner = text(40).meta({ description: 'Who takes it' })
const request = text(40).meta({ description: 'What waits, as its alert and GET name it' })
const until = z.iso.datetime({ offset: true }).max(40).meta({ description: 'With its zone' })
const seen = text(40).meta({ description: 'The mark of what you saw: the field of that name in GET' })
const gatewayRef = z
  .string()
  .regex(/^(?!\.{1,2}$)[\x21-\x7e]{1,80}$/)
  .nullable()
  .optional()
  .meta({ description: 'Which attempt, where several wait' })

type CommandName = RefundCommandName | PaymentCommandName

const FIELDS = {
  recheck: {},
  acknowledge: { owner },
  snooze: { until, reason: maybe(500) },
  retryTicket: { reason },
  resolve: {
    outcome: z.enum(OUTCOMES),
    reason,
    evidence: maybe(2_000).meta({ description: 'What Paymentwall wrote' }),
    ticketDead: z.boolean().nullable().optional().meta({ description: 'Paymentwall wrote that no ticket is open' }),
  },
  withdraw: { reason },
  accept: { reason, gatewayRef },
  refund: { reason, gatewayRef },
  release: { reason },
  approve: { request },
} as const satisfies Record<CommandName, z.ZodRawShape>

export const commandShape = (name: CommandName): z.ZodType =>
  z.strictObject({ ...FIELDS[name], ...(MOVING.includes(name) && { seen }) })
