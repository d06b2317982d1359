// What people look for in the ops command line and is the program's own: the line to run is named, and nothing is done.
// Must not know: what these commands do.
import { expect, test } from 'vitest'
import { makeCli } from './cli.ts'

const ops = makeCli('http://127.0.0.1:1')

test.each([
  [['restart', 'refund:r-1', 'r-2'], 'npm start -- restart refund:r-1 r-2'],
  [['restart'], 'npm start -- restart ID'],
  [['replay-check'], 'npm start -- replay-check'],
])('ops %j names the line', async (args, line) => {
  const ran = await ops(...args)
  expect([ran.code, ran.out]).toEqual([1, ''])
  expect(ran.error).toContain(line)
})
