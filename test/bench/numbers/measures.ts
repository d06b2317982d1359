// What is measured in a turn, as it is printed.
// Must not know: how.

export const MEASURES = {
  paymentsASecond: { label: 'payments a second, burst', digits: 1 },
  refundsASecond: { label: 'refunds a second, burst', digits: 1 },
  paymentAllMs: { label: 'CPU ms a payment, all', digits: 1 },
  paymentAppMs: { label: '– app', digits: 1 },
  paymentServerMs: { label: '– Temporal server', digits: 1 },
  paymentPostgresMs: { label: '– Postgres', digits: 1 },
  refundAllMs: { label: 'CPU ms a refund, all', digits: 1 },
  refundAppMs: { label: '– app', digits: 1 },
  refundServerMs: { label: '– Temporal server', digits: 1 },
  refundPostgresMs: { label: '– Postgres', digits: 1 },
  paymentStatements: { label: 'SQL statements a payment', digits: 1 },
  refundStatements: { label: 'SQL statements a refund', digits: 1 },
  paymentWrites: { label: 'transactions that write, a payment', digits: 1 },
  refundWrites: { label: 'transactions that write, a refund', digits: 1 },
  paymentWalKb: { label: 'write-ahead log a payment, KB', digits: 1 },
  refundWalKb: { label: 'write-ahead log a refund, KB', digits: 1 },
  paymentEvents: { label: 'events of Temporal a payment', digits: 0 },
  refundEvents: { label: 'events of Temporal a refund', digits: 0 },
  ackP50Ms: { label: 'webhook to its 200 at 10 a second, p50 ms', digits: 1 },
  ackP99Ms: { label: 'webhook to its 200 at 10 a second, p99 ms', digits: 1 },
  rowP50Ms: { label: 'webhook to row at 10 a second, p50 ms', digits: 1 },
  rowP99Ms: { label: 'webhook to row at 10 a second, p99 ms', digits: 1 },
  restedMb: { label: 'memory of the app, nothing waits, MB', digits: 0 },
  waitingMb: { label: 'memory of the app, all refunds wait, MB', digits: 0 },
  idleAppMs: { label: 'CPU ms a second while they wait, app', digits: 1 },
  idleServerMs: { label: '– Temporal server', digits: 1 },
  idlePostgresMs: { label: '– Postgres', digits: 1 },
  restartKnownS: { label: 'kill -9 to the row of a refund in its memory, s', digits: 2 },
  restartS: { label: 'kill -9 to the row of one not in its memory, s', digits: 2 },
  backlogASecond: { label: 'refunds a second, backlog after a restart', digits: 1 },
} as const

export type MeasureName = keyof typeof MEASURES
/** Left out: this contestant has no such thing. */
export type Measures = Readonly<Partial<Record<MeasureName, number>>>
