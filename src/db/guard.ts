// Guards a driver: the outer handle is refused inside a transaction.
// Must not know: which database it is, what is asked of it.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Dialect, Driver } from 'kysely'

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
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createDriver: () => refusing(dialect.createDriver()),
  }
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
