// The counters and histograms of this process, for /metrics. Gauges that are read from the database
// are in http/health.ts.
// Must not know: HTTP, SQL.
import { Counter, Histogram, Registry } from 'prom-client'

export const registry = new Registry()
const registers = [registry]

export const metrics = {
  hintsReceived: new Counter({
    name: 'saga_hints_received_total',
    help: 'Hints kept in the inbox',
    labelNames: ['source'],
    registers,
  }),
  hintsCounted: new Counter({
    name: 'saga_hints_counted_total',
    help: 'Hints kept in the row of another one that waits for the same look',
    registers,
  }),
  hintsRefused: new Counter({
    name: 'saga_hints_refused_total',
    help: 'Hints that name nothing known here, only counted, for more come than are kept',
    labelNames: ['because'],
    registers,
  }),
  callersGone: new Counter({
    name: 'saga_callers_gone_total',
    help: 'Requests whose sender went away, or was cut for its slowness, before its body was whole',
    labelNames: ['route'],
    registers,
  }),
  connectionsRefused: new Counter({
    name: 'saga_connections_refused_total',
    help: 'Connections closed at once, for as many as are allowed were open',
    registers,
  }),
  purged: new Counter({
    name: 'saga_purged_rows_total',
    help: 'Rows that nothing needs any more',
    labelNames: ['what'],
    registers,
  }),
  hintsLooked: new Counter({ name: 'saga_hints_looked_total', help: 'Hints that a look answered', registers }),
  hintsParked: new Counter({
    name: 'saga_hints_parked_total',
    help: 'Hints kept for a person',
    labelNames: ['because'],
    registers,
  }),
  hintsMismatched: new Counter({
    name: 'saga_hints_mismatched_total',
    help: 'Hints that paired ids which do not belong together',
    registers,
  }),
  lostWebhooks: new Counter({
    name: 'saga_lost_webhooks_total',
    help: 'Payments and cancels that a sweep found before any webhook told of them',
    registers,
  }),
  sweeps: new Counter({
    name: 'saga_sweeps_total',
    help: "Runs through a gateway's lists, and runs of the supervisor",
    labelNames: ['what', 'outcome'],
    registers,
  }),
  strangers: new Counter({
    name: 'saga_strangers_total',
    help: "Payments of other providers, or of others' orders, on the same account: counted, and nothing else",
    labelNames: ['gateway', 'source'],
    registers,
  }),
  looks: new Counter({ name: 'saga_looks_total', help: 'Looks at the gateway', labelNames: ['outcome'], registers }),
  gatewayCalls: new Histogram({
    name: 'saga_gateway_call_seconds',
    help: 'Calls to the gateway',
    labelNames: ['route', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  }),
  gatewayFieldsMissing: new Counter({
    name: 'saga_gateway_fields_missing_total',
    help: 'Answers without a usable field that describes; something else stood in for it, and no money was hidden',
    labelNames: ['gateway', 'field'],
    registers,
  }),
  delivered: new Counter({
    name: 'saga_outbox_delivered_total',
    help: 'Outbox rows that left',
    labelNames: ['kind'],
    registers,
  }),
  alertMessages: new Counter({
    name: 'saga_alert_messages_total',
    help: 'Messages to the alert webhook',
    labelNames: ['level', 'outcome'],
    registers,
  }),
  alerts: new Counter({ name: 'saga_alerts_total', help: 'Alerts raised', labelNames: ['level', 'kind'], registers }),
}
