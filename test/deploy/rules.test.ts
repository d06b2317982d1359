// The alert rules for Prometheus: they can be read, every metric is one of ours, every line of the runbook exists.
// Must not know: Prometheus. What its own tool finds is shown by npm run check:rules, where that is installed.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { paidOrder, startApi } from '../http/api.ts'
import { headingsOf, readText, ROOT } from '../support/readme.ts'
import { SERIES } from './exported.ts'
import { readQuery } from './promql.ts'

const rule = z.strictObject({
  alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
})
const file = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) })
const rules = file.parse(parse(readText('deploy/prometheus-rules.yml'))).groups.flatMap((group) => group.rules)

const api = await startApi()
let text: string
beforeAll(async () => {
  await paidOrder(api, 'order-1')
  await api.call('POST /payments/order-1/refunds', { json: { refundId: 'r-1', amount: 100, reason: 'sent back' } })
  await api.db.updateTable('refunds').set({ attention: 'page' }).execute()
  const cursor = new Date(Date.now() - 7_200_000).toISOString()
  const swept = { gateway: 'iamport/main', status: 'cancelled', complete: true, unreadable: 0, version: 1 } as const
  await api.db
    .insertInto('sweepCursors')
    .values({ ...swept, cursor })
    .execute()
  text = (await api.call('GET /metrics')).text
})

/** What the SDK counts shows itself once it has been counted: metrics.test.ts scrapes a worker. */
const ours = rules.filter(({ expr }) => !/\btemporal_/.test(expr))
const names = (expr: string) => [...new Set([...expr.matchAll(/\bsaga_\w+/g)].map(([name]) => name))]
/** A histogram's series end with what they count. */
const typeOf = (name: string): string | undefined =>
  [name, name.replace(/_(count|sum|bucket)$/, '')].find((each) => text.includes(`\n# TYPE ${each} `))

test.each(ours.map((each) => [each.alert, each] as const))(
  '%s asks for metrics that /metrics has',
  (_name, { expr }) => {
    expect(names(expr)).not.toEqual([])
    expect(names(expr).filter((name) => typeOf(name) === undefined)).toEqual([])
  },
)

test.each(rules.map((each) => [each.alert, each] as const))(
  '%s filters by labels that its metrics have',
  (_name, { expr }) => {
    const { faults, selected, groupings } = readQuery(expr)
    expect(faults).toEqual([])
    const known = (name: string): readonly string[] => SERIES.get(name)?.labels ?? []
    for (const { name, matched } of selected)
      expect(matched.filter((label) => !known(name).includes(label))).toEqual([])
    for (const { labels, over } of groupings)
      for (const name of over) expect(labels.filter((label) => !known(name).includes(label))).toEqual([])
  },
)
test('every rule has a line in the runbook, and a name of its own', () => {
  const headings = headingsOf(readText('docs/runbook.md'), 'Runbook').map((heading) => `docs/runbook.md#${heading}`)
  expect(rules.filter(({ annotations }) => !headings.includes(annotations.runbook)).map((each) => each.alert)).toEqual(
    [],
  )
  expect(new Set(rules.map((each) => each.alert)).size).toBe(rules.length)
})

test.each(['saga_overdue_rows', 'saga_oldest_wake_seconds', 'saga_sweep_age_seconds', 'saga_schedule_age_seconds'])(
  '%s has a rule on its value and one on its absence: nobody watching is no good news',
  (name) => {
    const about = rules.filter(({ expr }) => names(expr).includes(name)).map(({ expr }) => expr)
    expect(about.filter((expr) => expr === `absent(${name})`)).toHaveLength(1)
    expect(about.filter((expr) => !expr.includes('absent('))).toHaveLength(1)
  },
)

test('money at risk is counted by currency and attention, and what pages without an owner', () => {
  expect(text).toContain('saga_refund_amount_minor{currency="USD",attention="page"} 100\n')
  expect(text).toContain('saga_refunds_without_owner{attention="page"} 1\n')
  expect(text).toContain('saga_refunds_without_owner{attention="warn"} 1\n')
})

test('each list is as old as the time up to which it was read', () => {
  const [, age = ''] =
    /saga_sweep_age_seconds\{gateway="iamport\/main",status="cancelled"\} ([\d.]+)\n/.exec(text) ?? []
  expect(Number(age)).toBeGreaterThanOrEqual(7_200)
  expect(Number(age)).toBeLessThan(7_300)
})

test('what sweeps is old by the setting that says how often it sweeps, in the rules as for the watchdog', async () => {
  const seldom = await startApi({ overdueAfter: { rowsMs: 1, sweepsMs: 86_400_000 } })
  expect((await seldom.call('GET /metrics')).text).toContain('\nsaga_sweep_overdue_after_seconds 86400\n')
  expect(text).toContain('\nsaga_sweep_overdue_after_seconds 3600\n')
  for (const name of ['SweepOld', 'ScheduleSilent'])
    expect(rules.find(({ alert }) => alert === name)?.expr).toMatch(
      / > scalar\(max\(saga_sweep_overdue_after_seconds\)\)$/,
    )
})

describe('npm run check:rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (path: string) =>
    execFileSync('/bin/sh', ['-c', 'sh deploy/check-rules.sh 2>&1'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: path },
    })
  const usual = ['/usr/bin', '/bin'].join(delimiter)

  test('runs promtool over the configuration, and so over its rules, where it is installed', () => {
    const tool = join(folder, 'promtool')
    writeFileSync(tool, '#!/bin/sh\necho "promtool $@"\n')
    chmodSync(tool, 0o755)
    expect(run([folder, usual].join(delimiter))).toBe('promtool check config deploy/prometheus.yml\n')
  })

  test('says by name what it left out where it is not', () => {
    const commands = join(folder, 'commands')
    execFileSync('mkdir', [commands])
    for (const name of ['sh', 'dirname'])
      execFileSync('ln', ['-s', execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(commands, name)])
    expect(run(commands)).toContain('skipped: promtool is not installed here')
  })
})
