// Delivers alerts to people: to the log, with the link to the workflow in the Temporal UI.
// Must not know: what is wrong.
import { z } from 'zod'
import type { Links } from '../domain/views.ts'
import { metrics } from '../metrics.ts'

const alertSchema = z.object({
  level: z.enum(['remind', 'warn', 'page']),
  kind: z.string(),
  saga: z.string(),
  sentence: z.string(),
  at: z.string(),
})

/** Alerts about hints name what was looked at; those about sagas have a page in the Temporal UI. */
const SAGA = /^(payment|refund|stray):/

export type AlertLog = (fields: Record<string, unknown>, message: string) => void

export function alertToLog(log: AlertLog, links: Links): (target: string, payload: unknown) => Promise<string> {
  return (_target, payload) => {
    const { level, kind, saga, sentence, at } = alertSchema.parse(payload)
    metrics.alerts.inc({ level, kind })
    log({ alert: level, kind, saga, at, temporalUi: SAGA.test(saga) ? links(saga) : null }, sentence)
    return Promise.resolve('logged')
  }
}
