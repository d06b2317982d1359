// A gateway whose questions end with a signal, because whoever asks is gone or has no time left. A
// cancel call never does.
// Must not know: who asks. The exchange itself goes on to its own time-out; nobody hears its
// answer.
import type { Gateway } from '../domain/gateway.ts'

/**
 * Each question, begun or about to begin, rejects with the reason of the signal that counts when it
 * is asked.
 */
export function endingWith(gateway: Gateway, signalNow: () => AbortSignal): Gateway {
  const ask = <T>(question: () => Promise<T>): Promise<T> => unlessEnded(signalNow(), question)
  const { list } = gateway
  return {
    ...gateway,
    ...(list && { list: (asked) => ask(() => list(asked)) }),
    register: (order) => ask(() => gateway.register(order)),
    look: (ref) => ask(() => gateway.look(ref)),
    lookMany: (refs) => ask(() => gateway.lookMany(refs)),
    lookByOrder: (merchantUid, buyerId) => ask(() => gateway.lookByOrder(merchantUid, buyerId)),
    confirmDelivery: (delivery) => ask(() => gateway.confirmDelivery(delivery)),
    account: () => ask(() => gateway.account()),
    // A cancel is not among them: money may be on its way, so its answer is waited for, whoever
    // leaves meanwhile.
  }
}

async function unlessEnded<T>(signal: AbortSignal, question: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  let end = () => {}
  const ended = new Promise<never>((_resolve, reject) => {
    end = () => reject(signal.reason instanceof Error ? signal.reason : new Error('whoever asked is gone'))
    signal.addEventListener('abort', end, { once: true })
  })
  try {
    return await Promise.race([question(), ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
