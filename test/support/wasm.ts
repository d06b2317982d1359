// How a process that lives for a minute runs the embedded database: compiled once and quickly, never again for speed.
// Must not know: the database. Making its whole code fast costs more than such a process ever asks of it.

/** For `node`, before anything else. */
export const BRIEFLY = ['--liftoff-only'] as const
