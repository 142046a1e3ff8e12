/** For the table of docs/drills.md: one line of JSON for each drill, in the file that METERHALL_DRILL_REPORT names. */
import { writeFileSync } from 'node:fs'

export interface DrillReport {
  readonly drill: string
  readonly kills: number
  readonly seconds: number
  readonly decisions: readonly unknown[]
}

export function reportDrill(line: DrillReport): void {
  const file = process.env['METERHALL_DRILL_REPORT']
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(line)}\n`, { flag: 'a' })
}
