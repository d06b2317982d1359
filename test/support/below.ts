// Which processes run below another.
// Must not know: what they are.
import { execFileSync } from 'node:child_process'

export type Below = { readonly pid: number; readonly command: string }

/** Children, and theirs: under npm these are the program, and below it the Temporal server. */
export function below(pid: number): Below[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
  const rows = [...table.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)].map(([, own, parent, command = '']) => ({
    pid: Number(own),
    parent: Number(parent),
    command,
  }))
  const children = (of: number): Below[] =>
    rows.flatMap(({ parent, ...row }) => (parent === of ? [row, ...children(row.pid)] : []))
  return children(pid)
}

export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** No process ever has this id: it is above the highest that Linux gives out. */
export const NO_PROCESS = 4_194_305
