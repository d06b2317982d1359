// The short table that a start prints: where everything is, and what to try next, as lines that
// work when pasted.
// Must not know: how the parts run.
import type { Config } from '../config.ts'
import type { Program } from './program.ts'

export function welcome({ api, simulator, temporalUi, temporalAddress, database }: Program, config: Config): string {
  const rows: [string, string][] = []
  if (api) rows.push(['API', `${api}  (OpenAPI: ${api}/openapi.json)`])
  if (temporalAddress) rows.push(['Temporal', temporalAddress])
  if (temporalUi) rows.push(['Temporal UI', `${temporalUi}/namespaces/${config.TEMPORAL_NAMESPACE}/workflows`])
  if (simulator) rows.push(['Simulator', `${simulator}/__sim  (its control calls: docs/simulator.md)`])
  if (database) rows.push(['Database', database])
  const width = Math.max(...rows.map(([name]) => name.length))
  const table = rows.map(([name, where]) => `  ${name.padEnd(width)}  ${where}`).join('\n')
  const open =
    api && config.API_KEYS.length === 0
      ? '\n  No API_KEYS are set: the API answers this machine only, and everybody on it is the person "local"; whoever reaches Temporal may do everything too.\n'
      : ''
  return `\n${simulator ? startHere(simulator) : ''}${table}\n${open}${api && simulator ? tryNext(api, simulator) : ''}\n`
}

const startHere = (simulator: string): string =>
  `  Open ${simulator}  (a shop, its payment window, your orders, the desk at Paymentwall and the wire)\n\n`

function tryNext(api: string, simulator: string): string {
  const json = "-H 'content-type: application/json'"
  return `
  Or by hand: open a payment, let the buyer pay, ask for a refund, and be the desk at Paymentwall that works off its ticket.

  curl -s ${api}/payments ${json} -d '{"merchantUid":"ord-1","amount":1990,"currency":"USD","name":"Gold pack","buyer":{"name":"Ann Roe","email":"ann@example.com"}}'
  curl -s ${simulator}/__sim/pay ${json} -d '{"merchantUid":"ord-1","outcome":"paid","country":"DE"}'
  curl -s ${api}/payments/ord-1
  curl -s ${api}/payments/ord-1/refunds ${json} -d '{"refundId":"ref-1","reason":"customer request"}'
  curl -s ${simulator}/__sim/tickets
  curl -s -X POST ${simulator}/__sim/tickets/$(curl -s ${simulator}/__sim/tickets | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')/complete
  curl -s ${api}/refunds/ref-1

  Or have a story played, by a clock that you can move (docs/simulator.md):

  curl -s ${simulator}/__sim/scenarios
`
}
