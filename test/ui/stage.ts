// The whole program in this process, with payments and refunds as ops meet them, for a browser to look at.
// Must not know: the browser. Patience is shortened to seconds, so that a refund pages while one waits for it.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { readConfig, PROGRAM_ROLES } from '../../src/config.ts'
import { createCheckout } from '../../src/demo/checkout.ts'
import { callerOf } from '../../src/demo/http.ts'
import { createLog } from '../../src/log.ts'
import { installRuntime } from '../../src/temporal/telemetry.ts'
import { startProgram } from '../../src/wiring/program.ts'

type Environment = Readonly<Record<string, string | undefined>>

const SETTING = {
  PORT: '0',
  SIMULATOR_PORT: '0',
  TEMPORAL_PORT: '0',
  TEMPORAL_UI_PORT: '0',
  CANCEL_TIMEOUT: '2s',
  LOOK_SPACING: '1s',
  REFUND_PATIENCE: '10s remind, 40s warn, 60s page, then every 7d page',
  SECOND_PAYMENT_POLICY: 'hold',
}
const TAKEN = ['PATH', 'XDG_CACHE_HOME', 'TEMPORAL_CLI'] as const
const LIMIT_MS = 120_000

export type Stage = Awaited<ReturnType<typeof startStage>>

export async function startStage(folder: string, environment: Environment) {
  const taken = Object.fromEntries(TAKEN.map((name) => [name, environment[name]]))
  const log = createLog('error', false)
  installRuntime('ERROR', (_level, message) => log.error(message))
  const program = await startProgram(readConfig({ ...taken, ...SETTING, DATA_DIR: folder }, PROGRAM_ROLES), log, taken)
  const { api, simulator, temporalUi } = program
  if (api === null || simulator === null || temporalUi === null) {
    await program.stop()
    throw new Error('a part of the program was not started')
  }
  return { temporalUi, stop: program.stop, ...actors(api, simulator) }
}

type Refund = {
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly country: string
  readonly method?: string
  readonly cancel?: 'accept' | 'refuse' | 'lostAnswer'
}

const anyJson = z.unknown()
const shown = z.object({
  state: z.string(),
  attention: z.string(),
  owner: z.string().nullable(),
  payerCountry: z.string().nullable(),
})
const refunds = z.object({ refunds: z.array(shown.extend({ refundId: z.string() })) })
const strays = z.object({ strays: z.array(shown.extend({ gateway: z.string(), gatewayRef: z.string() })) })

/** An open saga as the API tells it, to be held against what the UI lists. */
export type Saga = z.output<typeof shown> & { readonly workflowId: string; readonly type: 'refund' | 'stray' }

function actors(api: string, simulator: string) {
  const { signal } = new AbortController()
  const call = callerOf(api, signal)
  const sim = callerOf(`${simulator}/__sim`, signal)
  const checkout = createCheckout(api, signal)
  const refund = async (id: string) =>
    (await call('GET /refunds', refunds)).body.refunds.find((each) => each.refundId === id)
  return {
    /** An order that is paid and whose refund is under way, in the state in which that stands still. */
    refunded: async ({ id, amount, currency, country, method = 'card', cancel = 'accept' }: Refund): Promise<void> => {
      await sim('PUT /faults', anyJson, { cancel })
      await checkout.open({ merchantUid: id, amount, currency }, 'iamport/main')
      await sim('POST /pay', anyJson, { merchantUid: id, outcome: 'paid', country, method })
      await eventually(`${id} is paid`, async () => (await checkout.payment(id)).accepted)
      await checkout.askRefund(id, id, 'customer request')
      await eventually(`${id} was asked for`, async () => (await checkout.refund(id)).state !== 'requested')
    },
    /** The buyer pays an order once more: money that no order waits for. */
    paidAgain: (merchantUid: string) => sim('POST /pay', anyJson, { merchantUid, outcome: 'paid', country: 'FR' }),
    acknowledge: (id: string, owner: string) => call(`POST /refunds/${id}/acknowledge`, anyJson, { owner }),
    refund,
    journal: checkout.journal,
    sagas: async (): Promise<readonly Saga[]> => [
      ...(await call('GET /refunds', refunds)).body.refunds.map(({ refundId, ...each }) => ({
        ...each,
        type: 'refund' as const,
        workflowId: `refund:${refundId}`,
      })),
      ...(await call('GET /strays', strays)).body.strays.map(({ gateway, gatewayRef, ...each }) => ({
        ...each,
        type: 'stray' as const,
        workflowId: `stray:${gateway}:${gatewayRef}`,
      })),
    ],
  }
}

/** Asks again until it holds; throws what was waited for once the time is over. */
export async function eventually(about: string, holds: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + LIMIT_MS
  while (!(await holds())) {
    if (performance.now() > until)
      throw new Error(`waited ${LIMIT_MS / 1_000} s for this, and it did not come: ${about}`)
    await pause(200)
  }
}
