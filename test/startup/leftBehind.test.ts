// The look at what a program leaves behind finds what is there: in its metrics, rows, histories, files and lines.
// Must not know: which tests are looked at so.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { onPostgres } from '../support/database.ts'
import {
  confide,
  confideBuyerIn,
  confideSettings,
  foundIn,
  foundInFiles,
  nothingLeft,
  watchedLog,
} from '../support/leftBehind.ts'
import { eventually, fresh, startShop } from '../support/shop.ts'
import { startRefundSaga } from '../support/starts.ts'
import { temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const FATAL = 60
const PLACES = ['the metrics', 'the table refunds', 'temporal.db', ...(onPostgres ? [] : ['pglite/base/'])]

test(
  'of a program that has run: a confided word in its rows, its histories or its metrics fails the file as it closes',
  { timeout: 600_000 },
  async () => {
    await temporalCliForTests()
    const shop = await startShop()
    const reason = `${fresh('confided')} of a customer`
    try {
      const { merchantUid } = await shop.paid()
      const refundId = fresh('refund')
      await startRefundSaga(shop.client, { refundId, merchantUid, reason }, `refund:${refundId}`)
      await eventually(() => shop.refund(refundId).catch(() => undefined)).toMatchObject({ state: 'ticketOpen' })
      confide(reason, 'saga_alerts_total')
    } finally {
      const said = await shop.close().then(
        () => 'nothing',
        (error: unknown) => String(error),
      )
      for (const place of PLACES) expect(said).toContain(place)
      expect(said, 'the word itself is not said').not.toContain(reason)
    }
  },
)

test('of a line that is not even printed', () => {
  const word = fresh('a-key')
  confide(word)
  const { out, found } = watchedLog(FATAL)
  const log = createLog('trace', false, out)
  log.trace({ facts: `said ${word}` }, 'a call')
  log.info('another')
  expect(found()).toEqual([expect.stringContaining('in the log')])
})

test('of files, but for the gateway’s own', async () => {
  const word = fresh('in-a-file')
  confide(word)
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'simulator'))
  writeFileSync(join(folder, 'simulator', 'payments.jsonl'), word)
  expect(await foundInFiles(folder)).toEqual([])
  writeFileSync(join(folder, 'temporal.db-wal'), Buffer.concat([Buffer.alloc(3), Buffer.from(word), Buffer.alloc(3)]))
  expect(await foundInFiles(folder)).toEqual([expect.stringContaining('temporal.db-wal')])
})

test('for the keys and secrets of settings, and the buyers of orders; words that are too short are in everything', () => {
  const [key, secret, name, email] = ['key', 'secret', 'Name', 'mail'].map(fresh)
  confideSettings({ API_KEYS: `shop:checkout:${key}`, NOTICE_SECRET: `whsec_${secret}` })
  confideBuyerIn({ buyer: { name, email } })
  confideBuyerIn({ buyer: { name: 7 } })
  confideBuyerIn(undefined)
  confide('ann', '')
  for (const word of [key, secret, name, email]) expect(foundIn('a text', `… ${word} …`)).toHaveLength(1)
  expect(foundIn('a text', 'ann')).toEqual([])
})

test('and throws only where something was found', () => {
  expect(() => nothingLeft([])).not.toThrow()
  expect(() => nothingLeft(['key-of-s… in the log'])).toThrow(/left behind: key-of-s… in the log/)
})
