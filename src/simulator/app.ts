// Starts the simulator: one HTTP server that is the gateway,
// the buyer and the people at Paymentwall.
// Must not know the program under test beyond the addresses it is
// given; nothing of that program is imported here.
import { createServer, type Server } from 'node:http'
import Koa from 'koa'
import { deskRoutes } from './desk/desk.ts'
import { makeEar } from './iamport/ear.ts'
import { PINGBACK_PATH, pingbackRoutes } from './iamport/pingback.ts'
import { iamportRoutes } from './iamport/routes.ts'
import { refuse } from './iamport/shape.ts'
import { makeTokens } from './iamport/tokens.ts'
import { makeTraffic } from './log/traffic.ts'
import { USUAL_PROJECT } from './paymentwall/project.ts'
import { paymentwallRoutes } from './paymentwall/routes.ts'
import type { PingbackVersion } from './paymentwall/signature.ts'
import { makeDice } from './play/dice.ts'
import { resumeTickets } from './play/tickets.ts'
import type { Merchant } from './pages/merchant.ts'
import { pageRoutes } from './pages/pages.ts'
import { shopRoutes } from './pages/shop.ts'
import { makePortoneMemory } from './portone/memory.ts'
import { tellMerchant } from './portone/news.ts'
import { portoneDoor } from './portone/routes.ts'
import { makeTelling, urlEntered, type Targets } from './post/tell.ts'
import { makeMessenger } from './post/webhooks.ts'
import { makeCalls } from './world/calls.ts'
import { makeClock } from './world/clock.ts'
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
  /** Where PortOne's V2 sends its webhooks; undefined = nowhere. */
  portoneUrl?: string
  /** Whose shop the pages show; it may be told later. */
  merchant?: Merchant
  pingbackSignVersion?: PingbackVersion
  /**
   * Untaken pingbacks are sent again: every 30 simulated minutes,
   * without an end (paymentwall.md §5.5), where nothing else is said.
   */
  pingbackRetries?: { everyMs: number; times: number }
  /** Name to value of paymentwall.md §5.4, beside the country's. */
  pingbackParameters?: Record<string, string>
  /** The same seed gives the same ids, in the same order. */
  seed?: number
  /** Played for every order that is prepared, until something else is. */
  scenario?: { name: string; seed: number }
  log?: (line: string) => void
}

export type Simulator = {
  url: string
  port: number
  setWebhookUrl(url: string): void
  setPingbackUrl(url: string): void
  setPortoneUrl(url: string): void
  setMerchant(merchant: Merchant): void
  /** May be called twice. */
  close(): Promise<void>
}

const PINGBACK_EVERY_MS = 30 * 60 * 1000

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const targets: Targets = {
    webhook: options.webhookUrl,
    pingback: options.pingbackUrl,
    iamport: '',
    portone: options.portoneUrl,
  }
  const simulation = assemble(options, targets)
  let { merchant } = options
  const answer = makeApp(simulation, () => merchant).callback()
  const server = createServer((request, response) => void answer(request, response))
  try {
    await listen(server, options)
  } catch (error) {
    simulation.store.close()
    throw error
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  targets.iamport = `http://${ownHost(options.host)}:${port}${PINGBACK_PATH}`
  resumeTickets(simulation)
  let stopped: Promise<void> | undefined
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    setWebhookUrl: (url) => void (targets.webhook = url),
    setPingbackUrl: (url) => void (targets.pingback = url),
    setPortoneUrl: (url) => void (targets.portone = url),
    setMerchant: (known) => void (merchant = known),
    close: () => (stopped ??= stop(server, simulation)),
  }
}

// It calls itself, too: at an address where it listens.
function ownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
}

function assemble(options: SimulatorOptions, targets: Targets): Simulation {
  const log = options.log ?? (() => undefined)
  const store = openStore(options.dataDir)
  const clock = makeClock(store.aheadMs(), (error) => log(`a timer failed: ${String(error)}`))
  const tokens = makeTokens(clock.now)
  const faults = makeFaults(() => tokens.expire(), {
    signVersion: options.pingbackSignVersion ?? 3,
    parameters: { ...USUAL_PROJECT.parameters, ...options.pingbackParameters },
    repeats: options.pingbackRetries?.times ?? null,
  })
  const traffic = makeTraffic(clock.now)
  const messenger = makeMessenger({ clock, traffic, log })
  const ear = makeEar()
  const pingbackEveryMs = options.pingbackRetries?.everyMs ?? PINGBACK_EVERY_MS
  const dice = makeDice(options.seed)
  const telling = makeTelling({ faults, ear, messenger, targets, dice, pingbackEveryMs, log })
  const armed = options.scenario ? { ...options.scenario, every: true } : null
  const memories = { calls: makeCalls(), looks: makeLooks(), ear, traffic, dice }
  const portoneUrl = () => targets.portone && urlEntered(targets.portone, faults.now().setUp.webhookUrl)
  const tell: Simulation['tell'] = (payment, news) =>
    payment.gateway === 'portone' ? tellMerchant(simulation, payment, news) : telling.tell(payment, news)
  const parts = { store, faults, tokens, portone: makePortoneMemory(), ...memories, messenger, clock, armed, log }
  const simulation: Simulation = { ...parts, ...telling, tell, portoneUrl }
  return simulation
}

function makeApp(simulation: Simulation, merchant: () => Merchant | undefined): Koa {
  const app = new Koa()
  app.on('error', (error: unknown) => {
    simulation.log(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  })
  app.use(portoneDoor(simulation))
  app.use(shopRoutes(simulation, merchant).routes())
  for (const routes of [pageRoutes, deskRoutes, pingbackRoutes, iamportRoutes, paymentwallRoutes]) {
    app.use(routes(simulation).routes())
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
  simulation.clock.forget()
  simulation.messenger.close()
  return new Promise((resolve) => {
    server.close(() => {
      simulation.store.close()
      resolve()
    })
    server.closeAllConnections()
  })
}
