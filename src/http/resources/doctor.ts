// The set-up doctor over HTTP: what this process sees of its installation.
// Must not know: what is checked; the composition root hands that in.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import { VERDICTS, type SetUpReport } from '../../domain/shown/setUp.ts'
import { PEOPLE } from '../server/caller.ts'
import type { HttpDeps } from '../server/deps.ts'
import { at, REFUSALS, route, type Answer, type Route } from '../server/route.ts'

const examining = new WeakMap<HttpDeps, Promise<SetUpReport>>()

/** However many ask, gateways are asked once at a time. */
async function getDoctor(deps: HttpDeps): Promise<Answer> {
  const { examine } = deps
  if (!examine) throw new Failure('temporarilyUnavailable', 'This process cannot look at its set-up; ask one that can.')
  const running = examining.get(deps) ?? examine().finally(() => examining.delete(deps))
  examining.set(deps, running)
  return { status: 200, body: await running }
}

const text = z.string()
const report = z
  .strictObject({
    at: z.iso.datetime(),
    parts: z.array(z.strictObject({ name: text, title: text })),
    findings: z.array(
      z.strictObject({
        part: text,
        check: text,
        title: text.meta({ description: 'What is so when it is right' }),
        verdict: z.enum(Object.keys(VERDICTS)).meta({
          description: '`wrong`: money, or news of it, does not come through; `unasked`: it could not be told',
        }),
        said: text,
        remedy: text.nullable(),
      }),
    ),
    questions: z.array(z.strictObject({ part: text, where: text, question: text, else: text })),
  })
  .meta({
    id: 'SetUpReport',
    description: 'Whether the installation is set up as it must be, and what only a person can see.',
  })

export const doctorRoutes: readonly Route[] = [
  route({
    ...at('get', '/doctor', PEOPLE),
    summary: 'Checks keys, consoles, webhooks, database, Temporal and clocks; asks the gateways, and changes nothing',
    answers: { 200: { description: 'What was found', schema: report } },
    errors: REFUSALS,
    handle: getDoctor,
  }),
]
