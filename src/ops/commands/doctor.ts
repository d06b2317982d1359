// ops doctor: whether the installation behind the API is set up as it must be, as that process sees
// it.
// Must not know: what is checked.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { printReport, reportAnswer } from '../report.ts'

const [WEAK, WRONG] = [2, 5]
const HELP = `
The API looks from where it runs, and sends no message; npm run doctor does the same from a machine with the settings.

Exit codes:
  0  nothing is wrong as far as can be told from there; questions are printed all the same
  ${WEAK}  it works, and less safely than it could
  ${WRONG}  money, or news of it, does not come through`

export function addDoctorOfApi(program: Command, { api, out, exit }: Context): void {
  program
    .command('doctor')
    .description('Checks keys, consoles, webhooks, database, Temporal and clocks, and says how to mend each.')
    .option('--json', 'print the report as JSON', false)
    .addHelpText('after', HELP)
    .action(async ({ json }: { json: boolean }) => {
      const report = await api().get('/doctor', reportAnswer)
      printReport(out, report, json)
      const verdicts = new Set(report.findings.map(({ verdict }) => verdict))
      if (verdicts.has('weak')) exit(WEAK)
      if (verdicts.has('wrong')) exit(WRONG)
    })
}
