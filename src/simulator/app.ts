// Starts the simulator: one HTTP server that is the gateway,
// the buyer and the people at Paymentwall.
// Must not know the program under test beyond the addresses it is
// given; nothing of that program is imported here.
import { createServer, type Server } from 'node:http'
import Koa from 'koa'
import { PROJECT_SECRET } from './credentials.ts'
import { deskRoutes } from './desk/desk.ts'
import { iamportRoutes } from './iamport/routes.ts'
import { refuse } from './iamport/shape.ts'
import { wireOf } from './iamport/shown.ts'
import { makeTokens } from './iamport/tokens.ts'
import { paymentwallRoutes } from './paymentwall/routes.ts'
import type { SignVersion } from './paymentwall/signature.ts'
import { pingbackOf, webhookOf } from './post/news.ts'
import { makeMessenger, type Retries } from './post/webhooks.ts'
import { makeCalls } from './world/calls.ts'
import { makeFaults } from './world/faults.ts'
import { makeLooks } from './world/looks.ts'
import type { Simulation } from './world/simulation.ts'
import { openStore } from './world/store.ts'

export type SimulatorOptions = {
  host: string
  /** 0 = any free one. */
  port: number
  /** State is kept here; undefined = in memory only. */
  dataDir?: string
  /** Where i'mport's webhooks go when the payment has no notice_url. */
  webhookUrl: string
  /** Where Paymentwall's pingbacks go; undefined = nowhere. */
  pingbackUrl?: string
  pingbackSignVersion?: SignVersion
  /**
   * Untaken pingbacks are sent again; Paymentwall does so every 30
   * minutes, without an end (paymentwall.md §5.5).
   */
  pingbackRetries?: Retries
  /** Name to value of paymentwall.md §5.4; default none, as in a new project. */
  pingbackParameters?: Readonly<Record<string, string>>
  log?: (line: string) => void
}

export type Simulator = {
  url: string
  port: number
  setWebhookUrl(url: string): void
  setPingbackUrl(url: string): void
  /** May be called twice. */
  close(): Promise<void>
}

const PINGBACK_RETRIES: Retries = { everyMs: 30 * 60 * 1000, times: 3 }

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const targets = { webhook: options.webhookUrl, pingback: options.pingbackUrl }
  const simulation = assemble(options, targets)
  const answer = makeApp(simulation).callback()
  const server = createServer((request, response) => void answer(request, response))
  try {
    await listen(server, options)
  } catch (error) {
    simulation.store.close()
    throw error
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  let stopped: Promise<void> | undefined
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    setWebhookUrl: (url) => void (targets.webhook = url),
    setPingbackUrl: (url) => void (targets.pingback = url),
    close: () => (stopped ??= stop(server, simulation)),
  }
}

function assemble(options: SimulatorOptions, targets: { webhook: string; pingback: string | undefined }): Simulation {
  const log = options.log ?? (() => undefined)
  const clock = () => Date.now()
  const tokens = makeTokens(clock)
  const faults = makeFaults(() => tokens.expire())
  const messenger = makeMessenger({ faults, retries: options.pingbackRetries ?? PINGBACK_RETRIES, log })
  const signVersion = options.pingbackSignVersion ?? 3
  const project = { secret: PROJECT_SECRET, signVersion, customParameters: options.pingbackParameters ?? {} }
  const tellMerchant: Simulation['tellMerchant'] = async (payment, news) => {
    if (payment.gateway === 'iamport') {
      const webhook = webhookOf(payment, news, targets.webhook, wireOf(faults, payment))
      return webhook ? messenger.tell(webhook) : log(`no webhook asked for: nothing told about ${payment.impUid}`)
    }
    if (targets.pingback === undefined) return log(`no pingback address: nothing told about ${payment.ref}`)
    return messenger.tell(pingbackOf(payment, news, targets.pingback, project))
  }
  const store = openStore(options.dataDir)
  return { store, faults, tokens, calls: makeCalls(), looks: makeLooks(), messenger, tellMerchant, clock, log }
}

function makeApp(simulation: Simulation): Koa {
  const app = new Koa()
  app.on('error', (error: unknown) => {
    simulation.log(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  })
  for (const routes of [deskRoutes(simulation), iamportRoutes(simulation), paymentwallRoutes(simulation)]) {
    app.use(routes.routes())
  }
  // What no endpoint answers is answered all the same as i'mport
  // answers: not in this program's words.
  app.use((context) => refuse(context, 404, -1, '요청한 API를 찾을 수 없습니다.'))
  return app
}

function listen(server: Server, { host, port }: SimulatorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

// Callers left without an answer hold their connections open: they are cut.
function stop(server: Server, simulation: Simulation): Promise<void> {
  simulation.messenger.close()
  return new Promise((resolve) => {
    server.close(() => {
      simulation.store.close()
      resolve()
    })
    server.closeAllConnections()
  })
}
