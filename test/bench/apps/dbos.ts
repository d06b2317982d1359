// The same saga on DBOS, which keeps it in Postgres alone.
// Must not know: what is measured.
import { createRequire } from 'node:module'
import { makeSteps, openPool, sagaOf, setting, type Kind, type Order } from './steps.ts'
import { serve } from './receiver.ts'

/** What is used of it; it is installed by the bench alone, so its own types are not always there. */
type Sdk = {
  readonly DBOS: {
    setConfig(config: { name: string; systemDatabaseUrl: string; logLevel: string }): void
    launch(): Promise<void>
    registerWorkflow<A extends unknown[]>(
      run: (...args: A) => Promise<void>,
      config: { name: string },
    ): (...args: A) => Promise<void>
    startWorkflow<A extends unknown[]>(
      run: (...args: A) => Promise<void>,
      options: { workflowID: string },
    ): (...args: A) => Promise<unknown>
    runStep<T>(step: () => Promise<T>, config: { name: string; retriesAllowed: boolean }): Promise<T>
    send(workflowId: string, message: string, topic: string): Promise<void>
    recv(topic: string, options: { timeoutSeconds: number }): Promise<string | null>
  }
}

const TOPIC = 'told'
const HOUR_S = 3_600
const { DBOS }: Sdk = createRequire(`${setting('PEERS')}/package.json`)('@dbos-inc/dbos-sdk')
const { ask, settle } = makeSteps(setting('GATEWAY_URL'), openPool())

async function run(kind: Kind, order: Order): Promise<void> {
  await DBOS.runStep(() => ask(kind, order), { name: 'ask', retriesAllowed: true })
  let impUid: string | null = null
  while (impUid === null) impUid = await DBOS.recv(TOPIC, { timeoutSeconds: HOUR_S })
  const ref = impUid
  await DBOS.runStep(() => settle(kind, order.merchantUid, ref), { name: 'settle', retriesAllowed: true })
}

const saga = DBOS.registerWorkflow(run, { name: 'saga' })
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: setting('DATABASE_URL'), logLevel: 'warn' })
await DBOS.launch()
const sagas = {
  start: async (kind: Kind, order: Order) => {
    await DBOS.startWorkflow(saga, { workflowID: sagaOf(kind, order.merchantUid) })(kind, order)
  },
  tell: (kind: Kind, merchantUid: string, impUid: string) => DBOS.send(sagaOf(kind, merchantUid), impUid, TOPIC),
}
await serve(sagas, Number(setting('PORT')))
