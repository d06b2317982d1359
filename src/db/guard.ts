// Guards a driver: the outer handle is refused inside a transaction, and a database of one
// connection is waited for in turn.
// Must not know: which database it is, what is asked of it.
import { AsyncLocalStorage } from 'node:async_hooks'
import { PGliteAdapter, type Dialect, type Driver } from 'kysely'

const inside = new AsyncLocalStorage<string>()

/**
 * The name of the transaction that this code runs in, if any. No network call may be made there.
 */
export const transactionName = (): string | undefined => inside.getStore()
export const insideOf = <T>(name: string, work: () => Promise<T>): Promise<T> => inside.run(name, work)

/**
 * On Postgres the outer handle would see another state of things; on PGlite it would wait for
 * itself for ever.
 */
export function guarded(dialect: Dialect): Dialect {
  const single = dialect.createAdapter().supportsMultipleConnections === false
  return {
    createAdapter: () => (single ? new OurQueueAdapter() : dialect.createAdapter()),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createDriver: () => refusing(single ? queued(dialect.createDriver()) : dialect.createDriver()),
  }
}

/**
 * Kysely would queue for the one connection before it asks the driver, so that no guard of ours
 * were ever reached.
 */
class OurQueueAdapter extends PGliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

function queued(driver: Driver): Driver {
  const waiting: (() => void)[] = []
  let held = false
  const acquire = driver.acquireConnection.bind(driver)
  const release = driver.releaseConnection.bind(driver)
  driver.acquireConnection = async (...args) => {
    if (held) await new Promise<void>((resolve) => waiting.push(resolve))
    held = true
    return acquire(...args)
  }
  driver.releaseConnection = async (...args) => {
    await release(...args)
    const next = waiting.shift()
    if (next) next()
    else held = false
  }
  return driver
}

function refusing(driver: Driver): Driver {
  const acquire = driver.acquireConnection.bind(driver)
  driver.acquireConnection = (...args) => {
    const name = inside.getStore()
    if (name !== undefined)
      return Promise.reject(
        new Error(`the outer database handle was used inside the transaction "${name}"; pass its trx on`),
      )
    return acquire(...args)
  }
  return driver
}
