// The Temporal server: whether it answers, whether the namespace is as sagas need it, and whether
// somebody works there.
// Must not know: what a saga does.
import { ScheduleNotFoundError, type Client, type Connection } from '@temporalio/client'
import { tsToMs } from '@temporalio/common/lib/time.js'
import { MAINTENANCE_QUEUE, PAYMENTS_QUEUE, REFUNDS_QUEUE } from '../domain/names.ts'
import { right, unasked, weak, wrong, type Finding, type SetUpPart } from '../domain/shown/setUp.ts'
import { ask, STATUS } from '../temporal/ask.ts'
import { linesToPaste, readAttributes } from '../temporal/attributes.ts'
import { saidBy } from '../temporal/said.ts'
import { SUPERVISOR, sweepOf } from '../temporal/schedules.ts'

export type AskedTemporal = {
  readonly client: Client
  readonly connection: Connection
  readonly namespace: string
  readonly address: string
  /** Gateways that have a list, so that a Schedule sweeps them. */
  readonly swept: readonly string[]
  /** Unix milliseconds. */
  readonly now: () => number
}

export function temporalPart(asked: AskedTemporal): SetUpPart {
  const { namespace } = asked
  return {
    name: 'temporal',
    title: 'Temporal',
    checks: [
      { name: 'answers', title: 'it answers', after: [], judge: () => answers(asked) },
      { name: 'namespace', title: `there is a namespace ${namespace}`, after: ['answers'], judge: () => space(asked) },
      { name: 'retention', title: 'it keeps what has ended', after: ['namespace'], judge: () => retention(asked) },
      { name: 'attributes', title: 'sagas can be searched for', after: ['namespace'], judge: () => attributes(asked) },
      {
        name: 'workers',
        title: 'workers take tasks',
        // How long ago somebody asked is told by clocks.
        after: ['namespace', 'clocks.agree'],
        judge: () => workers(asked),
      },
      { name: 'schedules', title: 'sweep and supervisor run', after: ['workers'], judge: () => schedules(asked) },
    ],
    questions: [],
  }
}

const DEADLINE_MS = 8_000

async function answers({ connection, address }: AskedTemporal): Promise<Finding> {
  try {
    const deadline = Date.now() + DEADLINE_MS
    const info = await connection.withDeadline(deadline, () => connection.workflowService.getSystemInfo({}))
    return right(`${address}, server ${info.serverVersion || 'of an unknown version'}`)
  } catch (error) {
    return wrong(
      `${address}: ${saidBy(error)}`,
      'Start the server, or set TEMPORAL_ADDRESS (TEMPORAL_API_KEY, TEMPORAL_TLS… as it wants) to that of the workers',
    )
  }
}

const describe = ({ connection, namespace }: AskedTemporal) =>
  ask(connection, [STATUS.NOT_FOUND, STATUS.PERMISSION_DENIED], () =>
    connection.workflowService.describeNamespace({ namespace }),
  )

async function space(asked: AskedTemporal): Promise<Finding> {
  const found = await describe(asked)
  if (found.ok) return right(asked.namespace)
  return found.code === STATUS.NOT_FOUND
    ? wrong(
        `the server has no namespace ${asked.namespace}`,
        `temporal operator namespace create -n ${asked.namespace} --retention 30d, or set TEMPORAL_NAMESPACE`,
      )
    : unasked(`nobody here may look at it: ${found.said}`)
}

const DAY_MS = 86_400_000
const ENOUGH_DAYS = 7

async function retention(asked: AskedTemporal): Promise<Finding> {
  const found = await describe(asked)
  const kept = found.ok ? found.value.config?.workflowExecutionRetentionTtl : undefined
  if (!kept) return unasked('the server does not say for how long')
  const days = tsToMs(kept) / DAY_MS
  const shown = `${Number(days.toFixed(1))} days`
  return days >= ENOUGH_DAYS
    ? right(shown)
    : weak(
        `only for ${shown}, and what a saga has seen of its row is read from its last run after a restore`,
        `temporal operator namespace update -n ${asked.namespace} --retention 30d`,
      )
}

async function attributes({ connection, namespace }: AskedTemporal): Promise<Finding> {
  const seen = await readAttributes(connection, namespace)
  if (seen.kind !== 'seen') return unasked('nobody here may list its search attributes')
  const [missing, clashing] = [seen.missing, seen.clashing].map((each) => each.map(([name]) => name))
  const lacking = [...(missing ?? []), ...(clashing ?? [])]
  return lacking.length === 0
    ? right('all search attributes are there')
    : weak(
        `${lacking.join(', ')}: missing, or of another type; lists cannot be filtered by them`,
        linesToPaste(namespace, lacking),
      )
}

const QUEUES = [PAYMENTS_QUEUE, REFUNDS_QUEUE, MAINTENANCE_QUEUE] as const
/** Whoever asks for tasks waits for a minute at most before asking again. */
const ASKED_LATELY_MS = 90_000

async function workers({ connection, namespace, now }: AskedTemporal): Promise<Finding> {
  const lonely: string[] = []
  // Of workflows: a worker of ours asks for both kinds of tasks, or for none.
  for (const name of QUEUES) {
    const request = { namespace, taskQueue: { name } }
    const found = await ask(connection, [], () => connection.workflowService.describeTaskQueue(request))
    const pollers = found.ok ? found.value.pollers : []
    if (!pollers.some(({ lastAccessTime: at }) => at && now() - tsToMs(at) < ASKED_LATELY_MS)) lonely.push(name)
  }
  return lonely.length === 0
    ? right(`on ${QUEUES.join(', ')}`)
    : wrong(
        `nobody has asked for tasks of ${lonely.join(', ')} for ${ASKED_LATELY_MS / 1_000} s, so sagas stand still`,
        'Start the role worker, with the same TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE; its log says why it ended',
      )
}

async function schedules({ client, connection, swept }: AskedTemporal): Promise<Finding> {
  const faults: string[] = []
  for (const { scheduleId } of [SUPERVISOR, ...swept.map(sweepOf)]) {
    try {
      const deadline = Date.now() + DEADLINE_MS
      const { state } = await connection.withDeadline(deadline, () => client.schedule.getHandle(scheduleId).describe())
      if (state.paused) faults.push(`${scheduleId} is paused${state.note ? ` (${state.note})` : ''}`)
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error
      faults.push(`${scheduleId} is not there`)
    }
  }
  return faults.length === 0
    ? right([SUPERVISOR.scheduleId, ...swept.map((gateway) => sweepOf(gateway).scheduleId)].join(', '))
    : wrong(
        `${faults.join('; ')}: lost webhooks are not healed, or sagas that ended are not begun anew`,
        'temporal schedule toggle --unpause --schedule-id …; a worker makes one that is missing within ten minutes',
      )
}
