// docs/simulator.md names every switch, word and scenario that there is.
// Must not know what they do.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LIKELIEST_WAYS } from '../../src/simulator/iamport/switches.ts'
import { PINGBACKS, USUAL_PROJECT } from '../../src/simulator/paymentwall/project.ts'
import { COURSES } from '../../src/simulator/play/courses.ts'
import { SCENARIOS } from '../../src/simulator/play/scenarios.ts'
import { LIKELIEST_V2 } from '../../src/simulator/portone/switches.ts'
import { FORGERIES } from '../../src/simulator/post/forged.ts'
import { FAULTS } from '../../src/simulator/world/faults.ts'
import { RIGHT } from '../../src/simulator/world/setUp.ts'
import { TICKET_ENDINGS } from '../../src/simulator/world/model.ts'

const text = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8')

test.each([
  ['scenarios', Object.keys(SCENARIOS)],
  ['faults', Object.keys(FAULTS)],
  ['words of faults', [...FAULTS.webhooks, ...FAULTS.cancel, ...FAULTS.reads, ...FAULTS.account]],
  ['switches of i’mport', Object.keys(LIKELIEST_WAYS)],
  ['switches of V2', Object.keys(LIKELIEST_V2)],
  ['switches of a project', Object.keys(USUAL_PROJECT)],
  ['what is set up', Object.keys(RIGHT)],
  ['ways of pingbacks', PINGBACKS],
  ['endings of tickets', TICKET_ENDINGS],
  ['courses', COURSES],
  ['forgeries', Object.values(FORGERIES).flat()],
])('%s', (_, names) => {
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
