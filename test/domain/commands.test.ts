// The form of people's commands: what is taken, and every fault in one sentence with the form that would have been right.
// Must not know: who asks, the state of anything.
import { describe, expect, test } from 'vitest'
import {
  COMMAND_HELP,
  parsePaymentCommand,
  parseRefundCommand,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
  type PaymentCommandName,
  type RefundCommandName,
} from '../../src/domain/commands.ts'
import { Failure } from '../../src/domain/failures.ts'

const NOBODY = { proof: null, person: null }
/** Faults are parted by semicolons. */
const invalid = (name: keyof typeof COMMAND_HELP, faults: string) =>
  new Failure('invalidRequest', `${faults}. What this command does, and its form: ${COMMAND_HELP[name]}`, {
    faults: faults.split('; '),
  })

test('the commands are those of the design', () => {
  expect(REFUND_COMMANDS.join(' ')).toBe('recheck acknowledge snooze retryTicket resolve withdraw approve')
  expect(PAYMENT_COMMANDS.join(' ')).toBe('recheck acknowledge accept refund release approve')
})

const TAKEN_OF_REFUNDS: readonly (readonly [RefundCommandName, unknown, object])[] = [
  ['recheck', undefined, { kind: 'recheck' }],
  ['recheck', null, { kind: 'recheck' }],
  ['recheck', {}, { kind: 'recheck' }],
  ['approve', {}, { kind: 'approve' }],
  ['acknowledge', { owner: ' ann ' }, { kind: 'acknowledge', owner: 'ann' }],
  ['acknowledge', { owner: 'a'.repeat(40) }, { kind: 'acknowledge', owner: 'a'.repeat(40) }],
  ['snooze', { until: '2026-12-24T09:00:00Z' }, { kind: 'snooze', until: '2026-12-24T09:00:00Z', reason: null }],
  [
    'snooze',
    { until: '2026-12-24T18:00+09:00', reason: 'holidays' },
    { kind: 'snooze', until: '2026-12-24T18:00+09:00', reason: 'holidays' },
  ],
  ['retryTicket', { reason: 'the desk lost it' }, { kind: 'retryTicket', reason: 'the desk lost it' }],
  ['withdraw', { reason: 'r'.repeat(500) }, { kind: 'withdraw', reason: 'r'.repeat(500) }],
  [
    'resolve',
    { outcome: 'refunded', reason: 'seen' },
    { kind: 'resolve', outcome: 'refunded', reason: 'seen', evidence: null, ticketDead: false },
  ],
  [
    'resolve',
    { outcome: 'refused', reason: 'mail', evidence: 'e'.repeat(2_000), ticketDead: true },
    { kind: 'resolve', outcome: 'refused', reason: 'mail', evidence: 'e'.repeat(2_000), ticketDead: true },
  ],
  [
    'resolve',
    { outcome: 'ticketOpen', reason: 'mail', evidence: null, ticketDead: null },
    { kind: 'resolve', outcome: 'ticketOpen', reason: 'mail', evidence: null, ticketDead: false },
  ],
]
test.each(TAKEN_OF_REFUNDS)('a refund takes %s with %j', (name, input, command) => {
  expect(parseRefundCommand(name, input)).toEqual({ asker: NOBODY, command })
})

const TAKEN_OF_PAYMENTS: readonly (readonly [PaymentCommandName, unknown, object])[] = [
  ['recheck', {}, { kind: 'recheck' }],
  ['approve', undefined, { kind: 'approve' }],
  ['acknowledge', { owner: 'ann' }, { kind: 'acknowledge', owner: 'ann' }],
  ['accept', { reason: 'sent' }, { kind: 'accept', reason: 'sent', gatewayRef: null }],
  ['refund', { reason: 'twice', gatewayRef: 'imp_1' }, { kind: 'refund', reason: 'twice', gatewayRef: 'imp_1' }],
]
test.each(TAKEN_OF_PAYMENTS)('a payment takes %s with %j', (name, input, command) => {
  expect(parsePaymentCommand(name, input)).toEqual({ asker: NOBODY, command })
})

test('every command may say who asks: a proof, or a name that somebody claims', () => {
  const input = { proof: 'p-1', person: 'ann' }
  const fields = {
    owner: 'ann',
    until: '2026-12-24T09:00:00Z',
    reason: 'mail',
    outcome: 'refunded',
    seen: '0123456789abcdef',
  }
  const needs: Partial<Record<string, readonly (keyof typeof fields)[]>> = {
    acknowledge: ['owner'],
    snooze: ['until'],
    retryTicket: ['reason'],
    resolve: ['reason', 'outcome'],
    withdraw: ['reason'],
    accept: ['reason'],
    refund: ['reason'],
    release: ['reason', 'seen'],
  }
  const inputOf = (name: string) =>
    Object.assign({}, input, ...(needs[name] ?? []).map((key) => ({ [key]: fields[key] })))
  for (const name of REFUND_COMMANDS) expect(parseRefundCommand(name, inputOf(name)).asker).toEqual(input)
  for (const name of PAYMENT_COMMANDS) expect(parsePaymentCommand(name, inputOf(name)).asker).toEqual(input)
})

const TEXT = 'a text of 1 to'
const OUTCOME = 'outcome: one of refunded, refused, settledElsewhere, ticketOpen'
const TIME = 'until: a time with its zone, like 2026-12-24T09:00:00Z'
const REFUSED_OF_REFUNDS: readonly (readonly [RefundCommandName, unknown, string])[] = [
  ['recheck', 'now', 'the input is one JSON object'],
  ['recheck', [], 'the input is one JSON object'],
  ['recheck', 7, 'the input is one JSON object'],
  ['recheck', { reason: 'x' }, 'reason: is not a field of this command'],
  ['recheck', { proof: 'p'.repeat(101) }, `proof: ${TEXT} 100 characters`],
  ['recheck', { person: '' }, `person: ${TEXT} 40 characters`],
  ['approve', { command: 'resolve' }, 'command: is not a field of this command'],
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
  ['retryTicket', {}, 'reason: is needed'],
  ['withdraw', { reason: 'r'.repeat(501) }, `reason: ${TEXT} 500 characters`],
  ['resolve', { outcome: 'gone', reason: 'x' }, OUTCOME],
  ['resolve', { reason: 'x' }, OUTCOME],
  ['resolve', { outcome: 'refused', reason: 'x', ticketDead: 'yes' }, 'ticketDead: true or false'],
  ['resolve', { outcome: 'refused', reason: 'x', evidence: 'e'.repeat(2_001) }, `evidence: ${TEXT} 2000 characters`],
  [
    'resolve',
    { outcom: 'refused', evidence: 1 },
    `${OUTCOME}; reason: is needed; evidence: ${TEXT} 2000 characters; outcom: is not a field of this command`,
  ],
]
test.each(REFUSED_OF_REFUNDS)('a refund refuses %s with %j', (name, input, faults) => {
  expect(() => parseRefundCommand(name, input)).toThrow(invalid(name, faults))
})

const REF = 'gatewayRef: a gateway reference is 1 to 80 printable characters without spaces'
const REFUSED_OF_PAYMENTS: readonly (readonly [PaymentCommandName, unknown, string])[] = [
  ['accept', {}, 'reason: is needed'],
  ['accept', { reason: 'x', gatewayRef: 'imp 1' }, REF],
  ['accept', { reason: 'x', gatewayRef: '..' }, REF],
  ['refund', { reason: 'x', gatewayRef: 'i'.repeat(81) }, `gatewayRef: ${TEXT} 80 characters`],
  ['refund', { reason: 'x', amount: 5 }, 'amount: is not a field of this command'],
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
