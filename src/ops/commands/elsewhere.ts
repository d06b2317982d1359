// Commands that people look for here, and that need the database or the Temporal server: each names
// the line to run instead.
// Must not know: how they work. This command line talks HTTP only.
import type { Command } from 'commander'

const ELSEWHERE = {
  restart: 'npm start -- restart ID',
  'replay-check': 'npm start -- replay-check',
  'after-restore': 'npm start -- after-restore',
} as const

export function addElsewhere(program: Command): void {
  for (const [name, line] of Object.entries(ELSEWHERE)) {
    program
      .command(name)
      .description(`Is a command of the program itself: ${line}`)
      .argument('[ids...]')
      .action((ids: string[]) => {
        const said = ids.length > 0 ? line.replace('ID', ids.join(' ')) : line
        program.error(
          `${name} needs Temporal's own server, which the API does not pass on. Where a worker runs, with its settings: ${said}`,
          { exitCode: 1 },
        )
      })
  }
}
