// ops doctor over a program with everything embedded, as npm start runs it: what its API sees of it.
import { expect } from 'vitest'
import { z } from 'zod'
import { onPostgres } from '../support/database.ts'
import { makeCli } from '../ops/cli.ts'
import { eventually, shopTest } from '../support/shop.ts'

const test = shopTest()
const finding = z.object({ part: z.string(), check: z.string(), verdict: z.string(), said: z.string() })
const report = z.object({ findings: z.array(finding), questions: z.array(z.object({ part: z.string() })) })

test('it is told apart from a real installation, and else nothing is wrong', async ({ shop }) => {
  const named = async (...verdicts: readonly string[]) => {
    const { findings } = report.parse((await shop.call('GET', '/doctor')).body)
    return findings.filter(({ verdict }) => verdicts.includes(verdict)).map(({ part, check }) => `${part}.${check}`)
  }
  // Its workers begin to ask for tasks a moment after its API answers.
  await eventually(() => named('wrong')).toEqual([])
  const development = ['settings.account', ...(onPostgres ? [] : ['database.version']), 'outgoing.alerts']
  expect(await named('weak')).toEqual(development)
  expect(await named('right')).toEqual(
    expect.arrayContaining([
      'outside.reached',
      'clocks.agree',
      'temporal.schedules',
      'iamport/main.keys',
      'paymentwall/main.keys',
    ]),
  )
})

test('the command line prints it in lines, and ends with its severity', async ({ shop }) => {
  const ops = makeCli(shop.api)
  const { code, rows } = await ops('doctor')
  expect(code).toBe(2)
  expect(rows.find(([verdict]) => verdict === 'weak')?.slice(0, 2)).toEqual(['weak', 'settings.account'])
  expect(rows.filter(([verdict]) => verdict === 'question').length).toBeGreaterThan(10)
  expect(report.parse((await ops('doctor', '--json')).json()).questions.length).toBeGreaterThan(10)
})

test('what is wrong at the gateway is wrong there, too', async ({ shop, sim }) => {
  await sim.control('PUT', '/faults', { setUp: { channels: 'testOnly' } })
  const { code, rows } = await makeCli(shop.api)('doctor')
  await sim.control('PUT', '/faults', { setUp: { channels: 'both' } })
  expect(code).toBe(5)
  expect(rows.filter(([verdict]) => verdict === 'wrong').map(([, name]) => name)).toEqual(['iamport/main.channels'])
})
