// Text that must have something in it, as documents say it: the doors trim first, and look then.
// Must not know: fields.
import { REFUSED } from '../../domain/text.ts'

/** What trimming takes away, as far as a text may have it at all. */
const BLANK = ' \\t\\r\\n\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff'
const filled = (one: string): string => `^${one}*[^${REFUSED}${BLANK}]${one}*$`

/** Patterns for documents alone: asked of a long text they are slow. */
export const FILLED_LINE = filled(`[^${REFUSED}]`)
export const FILLED_LINES = filled(`([^${REFUSED}]|[\\t\\r\\n])`)
