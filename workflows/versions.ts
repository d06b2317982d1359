// Named changes of the order of commands, so that sagas that began before a change go on as they
// began.
// Must not know: what the sagas do. docs/change-a-workflow.md tells when a name may go.
import { patched } from '@temporalio/workflow'

/** Each name with the day on which it came and what it changed. Names in histories are for ever. */
export const CHANGES = {
  showCancelRequest:
    '2026-11-22: the row is read after a cancellation was asked for in Temporal, so that its attention is shown',
  dueAtOnce: '2026-11-26: what is due when it is read is done at once; before, a timer of 0 came first',
  finalLocally: '2026-11-22: a local activity that cannot succeed is not tried once more as a normal one',
  rowsInTurn:
    '2026-11-27: local activities run one at a time; before, a run whose first task carried out a command could not be replayed',
  newsWhileAnswering:
    '2026-11-27: news is read, and checkpoints come, while a command is not answered; before, a run that would end or go on in a new one waited for it',
  superviseApart: '2026-11-26: a sweep no longer supervises, for the supervisor has a Schedule of its own',
  timerKept:
    '2026-11-27: a timer goes on while the row is read, where the next wait ends when it does; before, each read ended it',
} as const
type Change = keyof typeof CHANGES

/**
 * The changes that came before births: each run with which a saga was born has them, so that it
 * needs no marker. Never one more: what comes later is unknown to births of before it.
 */
const OLDER_THAN_BIRTHS: ReadonlySet<Change> = new Set<Change>([
  'showCancelRequest',
  'dueAtOnce',
  'finalLocally',
  'rowsInTurn',
  'newsWhileAnswering',
  'timerKept',
])

/** Of this run alone: each run has its own modules. */
let born = false

/** Said before anything else by a run whose input tells that its saga is born with it. */
export const bornWithThisRun = (): void => void (born = true)

/** Whether this run began with the named change, or reaches it for the first time. */
export const changed = (name: Change): boolean => (born && OLDER_THAN_BIRTHS.has(name)) || patched(name)
