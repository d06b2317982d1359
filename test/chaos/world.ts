// What a run happens to: two api, two worker, the simulator, a Temporal server on disk and a Postgres, as processes of their own,
// and a network between them that may be cut.
// Must not know: which faults there are, what is compared.
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { openDatabase, type Database } from '../../src/db/connect.ts'
import { migratePostgres } from '../../src/db/migrate.ts'
import { startTemporalServer, type TemporalServer } from '../../src/temporal/server/server.ts'
import { startBalancer } from '../journeys/fleet.ts'
import { queryOf } from '../support/database.ts'
import { processOf } from '../support/program.ts'
import { shopAt, type Environment, type Shop } from '../support/shop.ts'
import { temporalCliForTests } from '../support/temporalCli.ts'
import { startLink, steadyPort, type Link } from './links.ts'
import { makePart, type Part, type PartName } from './parts.ts'
import { makePostgres, type PostgresProcess } from './postgresProcess.ts'

const HOST = '127.0.0.1'
const DATABASE = 'saga'
/** Of a machine that has much else to do. */
const READY_MS = 600_000

export type World = {
  readonly shop: Shop
  readonly parts: Readonly<Record<PartName, Part>>
  readonly links: readonly Link[]
  readonly postgres: PostgresProcess
  /** Past all links, for whoever compares. */
  database(): Promise<Database>
  readonly temporalAddress: string
  /** Of a worker, for commands beside it: past the links. */
  readonly environment: Environment
  /** What this worker is started with from now on, beside its own. */
  wear(worker: Worker, more: Environment): void
  /** All that a Temporal server keeps; it must be down. */
  forgetTemporal(): Promise<void>
  /** The database empty and not migrated; nobody must be connected. */
  emptyDatabase(): Promise<void>
  stop(): Promise<void>
}

export type Said = { readonly folder: string; readonly say: (line: string) => void }

export async function startWorld({ folder, say }: Said, settings: Environment): Promise<World> {
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const postgres = await makePostgres()
  const network = await layNetwork(folder, postgres.port, settings)
  const { direct, links, balancer } = network
  const worn: Record<Worker, Environment> = { worker0: {}, worker1: {} }
  const handles = await handlesOf(folder, network, postgres, worn)
  let over = false
  const part = (name: PartName) => makePart(name, handles[name], { say, over: () => over })
  const parts = {
    api0: part('api0'),
    api1: part('api1'),
    worker0: part('worker0'),
    worker1: part('worker1'),
    gateway: part('gateway'),
    temporal: part('temporal'),
    postgres: part('postgres'),
  }
  const programs = [parts.api0, parts.api1, parts.worker0, parts.worker1, parts.gateway]
  const url = direct.DATABASE_URL
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const shop = shopAt({
    api: balancer.url,
    simulator: direct.IAMPORT_API_URL,
    temporalAddress: direct.TEMPORAL_ADDRESS,
  })
  const world: World = {
    shop,
    parts,
    links,
    postgres,
    database: () => openDatabase({ url, folder: undefined, log: () => {} }),
    temporalAddress: direct.TEMPORAL_ADDRESS,
    environment: direct,
    wear: (name, more) => void (worn[name] = more),
    forgetTemporal: handles.temporal.forget,
    emptyDatabase: async () => {
      await queryOf(maintenance.href, `drop database if exists ${DATABASE} with (force)`)
      await queryOf(maintenance.href, `create database ${DATABASE}`)
    },
    stop: async () => {
      over = true
      await shop.disconnect()
      await Promise.all(programs.map((each) => each.kill9()))
      await parts.temporal.kill9()
      balancer.stop()
      for (const each of links) each.stop()
      await postgres.stop()
    },
  }
  try {
    await parts.postgres.start()
    await world.emptyDatabase()
    await migratePostgres(url, () => {})
    await parts.temporal.start()
    for (const each of programs) await each.start()
  } catch (error) {
    await world.stop()
    throw error
  }
  return world
}

type Network = Awaited<ReturnType<typeof layNetwork>>

/** Who listens where, and what each program is told of the others: each goes over links of its own. */
async function layNetwork(folder: string, postgresPort: number, settings: Environment) {
  const [api0, api1] = [await steadyPort(), await steadyPort()]
  const [gateway, temporal] = [await steadyPort(), await steadyPort()]
  const balancer = await startBalancer([`http://${HOST}:${api0}`, `http://${HOST}:${api1}`])
  const links: Link[] = []
  const link = async (name: string, to: number) => {
    const made = await startLink(name, to)
    links.push(made)
    return made.port
  }
  const databaseAt = (port: number) => `postgres://postgres@${HOST}:${port}/${DATABASE}`
  const shared = {
    LOG_LEVEL: 'info',
    PARTIAL_REFUNDS: 'yes',
    PUBLIC_URL: balancer.url,
    IAMPORT_KEY: 'sim-key',
    IAMPORT_SECRET: 'sim-secret',
    ...settings,
  }
  return {
    ports: { api0, api1, gateway, temporal },
    balancer,
    links,
    receiver: await link('gateway–api', Number(new URL(balancer.url).port)),
    direct: {
      ...shared,
      DATABASE_URL: databaseAt(postgresPort),
      TEMPORAL_ADDRESS: `${HOST}:${temporal}`,
      IAMPORT_API_URL: `http://${HOST}:${gateway}`,
      DATA_DIR: join(folder, 'command'),
    },
    ownOf: async (name: Api | Worker): Promise<Environment> => ({
      ...shared,
      DATABASE_URL: databaseAt(await link(`${name}–postgres`, postgresPort)),
      TEMPORAL_ADDRESS: `${HOST}:${await link(`${name}–temporal`, temporal)}`,
      IAMPORT_API_URL: `http://${HOST}:${await link(`${name}–gateway`, gateway)}`,
      DATA_DIR: join(folder, name),
    }),
  }
}

type Api = 'api0' | 'api1'
type Worker = 'worker0' | 'worker1'

/** Each as something that is started and killed; `worn`: what a worker is started with beside its own. */
async function handlesOf(
  folder: string,
  { ports, receiver, ownOf }: Network,
  postgres: PostgresProcess,
  worn: Readonly<Record<Worker, Environment>>,
) {
  const log = (name: string) => {
    const file = createWriteStream(join(folder, 'logs', `${name}.log`), { flags: 'a' })
    return (line: string) => void file.write(`${new Date().toISOString()} ${line}\n`)
  }
  const watching = (name: string) => ({ note: log(name), readyMs: READY_MS })
  const api = async (name: Api) => {
    const own = { ...(await ownOf(name)), PORT: String(ports[name]) }
    return processOf(['--role', 'api'], `http://${HOST}:${ports[name]}`, own, watching(name))
  }
  const worker = async (name: Worker) => {
    const made = processOf(['--role', 'worker'], 'Postgres', await ownOf(name), watching(name))
    return { ...made, start: () => made.start(worn[name]) }
  }
  const gateway = {
    LOG_LEVEL: 'warn',
    SIMULATOR_PORT: String(ports.gateway),
    PUBLIC_URL: `http://${HOST}:${receiver}`,
    DATA_DIR: join(folder, 'gateway'),
  }
  return {
    api0: await api('api0'),
    api1: await api('api1'),
    worker0: await worker('worker0'),
    worker1: await worker('worker1'),
    gateway: processOf(['--role', 'simulator'], `http://${HOST}:${ports.gateway}`, gateway, watching('gateway')),
    temporal: await temporalOf(folder, ports.temporal, log('temporal')),
    postgres,
  }
}

/** Always at the same port, over the same file. */
async function temporalOf(folder: string, port: number, log: (line: string) => void) {
  const cli = await temporalCliForTests()
  const dataDir = join(folder, 'temporal')
  let server: TemporalServer | undefined
  let up = false
  const signal = (name: NodeJS.Signals) => {
    if (server && up) process.kill(server.pid, name)
  }
  return {
    start: async () => {
      const started = await startTemporalServer({ cli, dataDir, ip: HOST, port, namespace: 'default', log })
      server = started
      up = true
      void started.exited.then(() => {
        if (server === started) up = false
      })
    },
    kill9: async () => {
      signal('SIGKILL')
      await server?.exited
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    isUp: () => up,
    forget: async () => {
      for (const end of ['', '-wal', '-shm']) await rm(join(dataDir, `temporal.db${end}`), { force: true })
    },
  }
}
