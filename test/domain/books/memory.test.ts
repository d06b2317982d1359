// Two memories of a refund, compared: what counts as a row that went back, what is done about it, and
// that a row which only went on is never taken for one.
// Must not know: SQL, Temporal.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMemory, keysThatMatter, missingOf, remembered, type Memory } from '../../../src/domain/books/memory.ts'
import { refundId } from '../../../src/domain/ids.ts'
import { nextTicketKey } from '../../../src/domain/moves/tickets.ts'
import { rowWentBack } from '../../../src/domain/moves/wentBack.ts'
import type { RefundState } from '../../../src/domain/refund.ts'
import { aRefund, aTicket, later, HOUR, refundOf, setting, theBooks } from '../../support/books.ts'

const seen: Memory = { birth: 'a', version: 5, keys: ['submit'] }
const id = refundId('r1')
const now = setting({ now: later(HOUR) })

describe('a row is behind its memory', () => {
  test.each([
    ['is as it was', {}, undefined],
    ['has gone on', { version: 9, keys: ['submit', 'retry-2'] }, undefined],
    ['lacks a key', { version: 9, keys: [] }, ['submit']],
    ['has a lower version, and every key', { version: 4 }, []],
    ['was made again', { birth: 'b', version: 9 }, []],
    ['was made again, and nothing was filed since', { birth: 'b', version: 1, keys: [] }, ['submit']],
    ['has lost its birth', { birth: null }, []],
  ])('where it %s: %o', (_what, row, missing) => {
    expect(missingOf(seen, { ...seen, ...row })).toEqual(missing)
  })

  test('never where nothing is remembered', () => {
    expect(missingOf(undefined, { birth: null, version: 0, keys: [] })).toBeUndefined()
  })
})

describe('what comes in as a memory', () => {
  test.each([
    ['of a run', {}, true],
    ['from before births were kept', { birth: null, version: 0, keys: [] }, true],
    ['of many tries', { keys: ['submit', 'submit.17', 'retry-12.3'] }, true],
    ['that no row could be counted on from', { version: Number.MAX_SAFE_INTEGER - 1 }, false],
    ['below zero', { version: -1 }, false],
    ['by halves', { version: 1.5 }, false],
    ['with keys that are no keys', { keys: ['a\u0000b'] }, false],
    ['with a key as long as a letter', { keys: ['k'.repeat(41)] }, false],
    ['with more keys than were ever tried', { keys: Array.from({ length: 1_001 }, (_, n) => `k-${n}`) }, false],
    ['with one key', { keys: 'submit' }, false],
  ])('%s: %o', (_what, changes, is) => {
    expect(isMemory({ ...seen, ...changes })).toBe(is)
  })
})

describe('what a run remembers', () => {
  test('is the highest version and every key, whatever the order in which steps tell it', () => {
    const steps = fc.array(
      fc.record({ birth: fc.constant('a'), version: fc.nat(99), keys: fc.subarray(['submit', 'retry-2', 'retry-3']) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(steps, (told) => {
        const all = told.reduce<Memory | undefined>(remembered, undefined)
        expect(all?.version).toBe(Math.max(...told.map(({ version }) => version)))
        expect(new Set(all?.keys)).toEqual(new Set(told.flatMap(({ keys }) => keys)))
        for (const step of told) expect(missingOf(step, all ?? step)).toBeUndefined()
      }),
    )
  })

  test('of a row that was made again is the new row, and the keys of both', () => {
    expect(remembered(seen, { birth: 'b', version: 2, keys: ['retry-2'] })).toEqual({
      birth: 'b',
      version: 2,
      keys: ['submit', 'retry-2'],
    })
  })

  test('leaves out tries that sent nothing: an outage has thousands', () => {
    const tickets = [aTicket({ outcome: 'notSent' }), aTicket({ authorisedBy: 'submit.2', outcome: null })]
    expect(keysThatMatter(aRefund({ tickets }))).toEqual(['submit.2'])
  })
})

describe('a row that went back', () => {
  const back = (state: RefundState, missing: readonly string[], shown = {}) =>
    rowWentBack(theBooks({ refunds: [aRefund({ state, tickets: [], ...shown })] }), id, missing, now)

  test.each(['requested', 'ticketOpen', 'unknown', 'blocked', 'refused', 'reversed'] as const)(
    'from %s becomes unknown with a ticket under the lost key, and pages; nothing can be filed by itself',
    (state) => {
      const { books, alerts, journal } = back(state, ['submit'])
      const refund = refundOf(books)
      expect(refund).toMatchObject({
        state: 'unknown',
        attention: 'page',
        ticketDead: false,
        tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }],
      })
      expect(nextTicketKey(refund)).toBeUndefined()
      expect(alerts.map(({ level, kind }) => [level, kind])).toEqual([['page', 'rowWentBack']])
      expect(journal.map(({ what }) => what)).toContain('refund.rowWentBack')
    },
  )

  test('goes on under the authorisation of the key that was lost last', () => {
    const { books } = back('refused', ['submit', 'retry-2.3'], { authorisation: 'submit' })
    expect(refundOf(books)).toMatchObject({ state: 'unknown', authorisation: 'retry-2' })
  })

  test.each(['refunded', 'settledElsewhere', 'withdrawn', 'superseded'] as const)(
    'and is %s stays so: evidence or a person said it; people are told',
    (state) => {
      const { books, alerts } = back(state, ['submit'])
      expect(refundOf(books)).toMatchObject({ state, tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }] })
      expect(alerts.map(({ level, kind }) => [level, kind])).toEqual([['page', 'rowWentBack']])
    },
  )

  test('and lacks no key is blocked where it would file next, and keeps its state where it waits', () => {
    expect(refundOf(back('requested', []).books)).toMatchObject({
      state: 'blocked',
      blockedBecause: 'rowWentBack',
      attention: 'page',
    })
    const waiting = back('ticketOpen', [], { tickets: [aTicket({ outcome: 'filed' })] })
    expect(refundOf(waiting.books)).toMatchObject({ state: 'ticketOpen', attention: 'page' })
    expect(waiting.alerts.map(({ kind }) => kind)).toEqual(['rowWentBack'])
  })
})
