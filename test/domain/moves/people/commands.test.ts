// The form of people's commands: what is taken, and every fault in one sentence with the form that would have been right.
// Must not know: who asks, the state of anything.
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../../src/domain/failures.ts'
import {
  COMMAND_HELP,
  parsePaymentCommand,
  parseRefundCommand,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
  type PaymentCommandName,
  type RefundCommandName,
} from '../../../../src/domain/moves/people/commands.ts'

const NOBODY = { proof: null, person: null }
const seen = '0123456789abcdef'
/** Faults are parted by semicolons. */
const invalid = (name: keyof typeof COMMAND_HELP, faults: string) =>
  new Failure('invalidRequest', `${faults}. What this command does, and its form: ${COMMAND_HELP[name]}`, {
    faults: faults.split('; '),
  })

test('the commands are those of the design', () => {
  expect(REFUND_COMMANDS.join(' ')).toBe('recheck acknowledge snooze retryTicket resolve withdraw approve')
  expect(PAYMENT_COMMANDS.join(' ')).toBe('recheck acknowledge accept refund release approve')
})

/** With the mark that the command is held to; the others are held to none. */
const TAKEN_OF_REFUNDS: readonly (readonly [RefundCommandName, unknown, object, string | null])[] = [
  ['recheck', undefined, { kind: 'recheck' }, null],
  ['recheck', null, { kind: 'recheck' }, null],
  ['recheck', {}, { kind: 'recheck' }, null],
  ['approve', { request: '1a2b3c4d' }, { kind: 'approve', request: '1a2b3c4d' }, null],
  ['acknowledge', { owner: ' ann ' }, { kind: 'acknowledge', owner: 'ann' }, null],
  ['acknowledge', { owner: 'a'.repeat(40) }, { kind: 'acknowledge', owner: 'a'.repeat(40) }, null],
  ['snooze', { until: '2026-12-24T09:00:00Z' }, { kind: 'snooze', until: '2026-12-24T09:00:00Z', reason: null }, null],
  [
    'snooze',
    { until: '2026-12-24T18:00+09:00', reason: 'holidays' },
    { kind: 'snooze', until: '2026-12-24T18:00+09:00', reason: 'holidays' },
    null,
  ],
  ['retryTicket', { reason: 'the desk lost it', seen }, { kind: 'retryTicket', reason: 'the desk lost it' }, seen],
  ['withdraw', { reason: 'r'.repeat(500) }, { kind: 'withdraw', reason: 'r'.repeat(500) }, null],
  [
    'resolve',
    { outcome: 'refunded', reason: 'mail', seen: ` ${seen} ` },
    { kind: 'resolve', outcome: 'refunded', reason: 'mail', evidence: null, ticketDead: false },
    seen,
  ],
  [
    'resolve',
    { outcome: 'refused', reason: 'mail', seen, evidence: 'e'.repeat(2_000), ticketDead: true },
    { kind: 'resolve', outcome: 'refused', reason: 'mail', evidence: 'e'.repeat(2_000), ticketDead: true },
    seen,
  ],
  [
    'resolve',
    { outcome: 'ticketOpen', reason: 'mail', seen, evidence: null, ticketDead: null },
    { kind: 'resolve', outcome: 'ticketOpen', reason: 'mail', evidence: null, ticketDead: false },
    seen,
  ],
]
test.each(TAKEN_OF_REFUNDS)('a refund takes %s with %j', (name, input, command, mark) => {
  expect(parseRefundCommand(name, input)).toEqual({ asker: NOBODY, seen: mark, command })
})

const TAKEN_OF_PAYMENTS: readonly (readonly [PaymentCommandName, unknown, object, string | null])[] = [
  ['recheck', {}, { kind: 'recheck' }, null],
  ['approve', { request: 'r'.repeat(40) }, { kind: 'approve', request: 'r'.repeat(40) }, null],
  ['acknowledge', { owner: 'ann' }, { kind: 'acknowledge', owner: 'ann' }, null],
  ['accept', { reason: 'sent', seen }, { kind: 'accept', reason: 'sent', gatewayRef: null }, seen],
  [
    'refund',
    { reason: 'twice', seen, gatewayRef: 'imp_1' },
    { kind: 'refund', reason: 'twice', gatewayRef: 'imp_1' },
    seen,
  ],
  ['release', { reason: 'they explained', seen }, { kind: 'release', reason: 'they explained' }, seen],
]
test.each(TAKEN_OF_PAYMENTS)('a payment takes %s with %j', (name, input, command, mark) => {
  expect(parsePaymentCommand(name, input)).toEqual({ asker: NOBODY, seen: mark, command })
})

test('every command may say who asks: a proof, or a name that somebody claims', () => {
  const input = { proof: 'p-1', person: 'ann' }
  const fields = {
    owner: 'ann',
    until: '2026-12-24T09:00:00Z',
    reason: 'mail',
    outcome: 'refunded',
    request: '1a2b3c4d',
    seen,
  }
  const needs: Partial<Record<string, readonly (keyof typeof fields)[]>> = {
    acknowledge: ['owner'],
    snooze: ['until'],
    retryTicket: ['reason', 'seen'],
    resolve: ['reason', 'outcome', 'seen'],
    withdraw: ['reason'],
    accept: ['reason', 'seen'],
    refund: ['reason', 'seen'],
    release: ['reason', 'seen'],
    approve: ['request'],
  }
  const inputOf = (name: string) =>
    Object.assign({}, input, ...(needs[name] ?? []).map((key) => ({ [key]: fields[key] })))
  for (const name of REFUND_COMMANDS) expect(parseRefundCommand(name, inputOf(name)).asker).toEqual(input)
  for (const name of PAYMENT_COMMANDS) expect(parsePaymentCommand(name, inputOf(name)).asker).toEqual(input)
})

const TEXT = 'a text of 1 to'
const SEEN = 'seen: is needed: the mark of what you saw, as GET, ops show, the alert and the Temporal UI give it'
const OUTCOME = 'outcome: one of refunded, refused, settledElsewhere, ticketOpen'
const TIME = 'until: a time with its zone, like 2026-12-24T09:00:00Z'
const REFUSED_OF_REFUNDS: readonly (readonly [RefundCommandName, unknown, string])[] = [
  ['recheck', 'now', 'the input is one JSON object'],
  ['recheck', [], 'the input is one JSON object'],
  ['recheck', 7, 'the input is one JSON object'],
  ['recheck', { reason: 'x' }, 'reason: is not a field of this command'],
  ['recheck', { proof: 'p'.repeat(101) }, `proof: ${TEXT} 100 characters`],
  ['recheck', { person: '' }, `person: ${TEXT} 40 characters`],
  ['recheck', { seen }, 'seen: is not a field of this command'],
  ['withdraw', { reason: 'x', seen }, 'seen: is not a field of this command'],
  ['approve', { request: '1a2b3c4d', command: 'resolve' }, 'command: is not a field of this command'],
  ['approve', {}, 'request: is needed'],
  ['approve', undefined, 'request: is needed'],
  ['approve', { request: '' }, `request: ${TEXT} 40 characters`],
  ['acknowledge', undefined, 'owner: is needed'],
  ['acknowledge', { owner: null }, 'owner: is needed'],
  ['acknowledge', { owner: '  ' }, `owner: ${TEXT} 40 characters`],
  ['acknowledge', { owner: 7 }, `owner: ${TEXT} 40 characters`],
  ['acknowledge', { owner: 'a'.repeat(41) }, `owner: ${TEXT} 40 characters`],
  ['snooze', {}, 'until: is needed'],
  ['snooze', { until: '2026-12-24' }, TIME],
  ['snooze', { until: '2026-12-24T09:00:00' }, TIME],
  ['snooze', { until: '2026-13-24T09:00:00Z' }, TIME],
  ['snooze', { until: 'tomorrow' }, TIME],
  ['snooze', { until: 1_800_000_000 }, 'until: a text of 1 to 40 characters'],
  ['snooze', { until: '2026-12-24T09:00:00Z', reason: 'r'.repeat(501) }, `reason: ${TEXT} 500 characters`],
  ['retryTicket', { seen }, 'reason: is needed'],
  ['retryTicket', { reason: 'x' }, SEEN],
  ['retryTicket', { reason: 'x', seen: null }, SEEN],
  ['retryTicket', { reason: 'x', seen: '' }, `seen: ${TEXT} 40 characters`],
  ['retryTicket', { reason: 'x', seen: 7 }, `seen: ${TEXT} 40 characters`],
  ['retryTicket', { reason: 'x', seen: 's'.repeat(41) }, `seen: ${TEXT} 40 characters`],
  ['withdraw', { reason: 'r'.repeat(501) }, `reason: ${TEXT} 500 characters`],
  ['resolve', { outcome: 'gone', reason: 'x', seen }, OUTCOME],
  ['resolve', { reason: 'x', seen }, OUTCOME],
  ['resolve', { outcome: 'refused', reason: 'x' }, SEEN],
  ['resolve', { outcome: 'refused', reason: 'x', seen, ticketDead: 'yes' }, 'ticketDead: true or false'],
  [
    'resolve',
    { outcome: 'refused', reason: 'x', seen, evidence: 'e'.repeat(2_001) },
    `evidence: ${TEXT} 2000 characters`,
  ],
  [
    'resolve',
    { outcom: 'refused', evidence: 1 },
    `${SEEN}; ${OUTCOME}; reason: is needed; evidence: ${TEXT} 2000 characters; outcom: is not a field of this command`,
  ],
]
test.each(REFUSED_OF_REFUNDS)('a refund refuses %s with %j', (name, input, faults) => {
  expect(() => parseRefundCommand(name, input)).toThrow(invalid(name, faults))
})

const REF = 'gatewayRef: a gateway reference is 1 to 80 printable characters without spaces'
const REFUSED_OF_PAYMENTS: readonly (readonly [PaymentCommandName, unknown, string])[] = [
  ['accept', { seen }, 'reason: is needed'],
  ['accept', { reason: 'x' }, SEEN],
  ['accept', { reason: 'x', seen, gatewayRef: 'imp 1' }, REF],
  ['accept', { reason: 'x', seen, gatewayRef: '..' }, REF],
  ['refund', { reason: 'x' }, SEEN],
  ['refund', { reason: 'x', seen, gatewayRef: 'i'.repeat(81) }, `gatewayRef: ${TEXT} 80 characters`],
  ['refund', { reason: 'x', seen, amount: 5 }, 'amount: is not a field of this command'],
  ['release', { reason: 'x' }, SEEN],
  ['approve', {}, 'request: is needed'],
  ['acknowledge', {}, 'owner: is needed'],
]
test.each(REFUSED_OF_PAYMENTS)('a payment refuses %s with %j', (name, input, faults) => {
  expect(() => parsePaymentCommand(name, input)).toThrow(invalid(name, faults))
})

describe('the help of each command', () => {
  test.each([...new Set([...REFUND_COMMANDS, ...PAYMENT_COMMANDS])])('%s ends with an input that is JSON', (name) => {
    const example: unknown = JSON.parse(COMMAND_HELP[name].slice(COMMAND_HELP[name].indexOf('{')))
    expect(example).toBeTypeOf('object')
  })
})
