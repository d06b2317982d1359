// Holds: what keeps money where it is until a person, or evidence that agrees again, lets it go.
// Must not know: who asks, SQL. A hold never says what is true; it says that nobody acts on what is
// in doubt.
import type { Attempt, Books } from './books.ts'

/** The evidence speaks against the books of this attempt, and nobody has released exactly that. */
export const contradicted = ({ contradiction, released }: Attempt): boolean =>
  contradiction !== null && contradiction !== released

/** Policy refunds and tickets of the whole order wait while any of its attempts is contradicted. */
export const orderHeld = (books: Books): boolean => books.attempts.some(contradicted)
