/** docs/benchmarks.md and the table of README.md, made from docs/benchmarks.json; the words around them are written by hand. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../persistence/project-root.js'
import { OURS } from './contest.js'
import { CONTESTS } from './contests.js'
import { plotOf } from './plot.js'
import { figureText, markdown, ratioText, tableOf } from './table.js'
import { type Results, standings } from './verdict.js'

export interface KeptContest {
  readonly rounds: number
  readonly cores: number
  /** @unit GiB */
  readonly memory: number
  readonly node: string
  readonly results: Results
}

export type Kept = Readonly<Record<string, KeptContest>>

const KEPT = join(projectRoot, 'docs', 'benchmarks.json')

export function readKept(): Kept {
  return existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as Kept) : {}
}

/** In the place of what the contest found before. */
export function keepResults(contest: string, rounds: number, results: Results): void {
  const machine = { cores: cpus().length, memory: Math.round(totalmem() / 2 ** 30), node: process.versions.node }
  const short = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)
  writeFileSync(KEPT, `${JSON.stringify({ ...readKept(), [contest]: { rounds, ...machine, results } }, short, 1)}\n`)
}

export function writePages(): void {
  const kept = readKept()
  for (const contest of CONTESTS) {
    const found = kept[contest.name]
    if (found === undefined) continue
    writeFileSync(join(projectRoot, 'docs', 'pictures', pictureOf(contest.name)), plotOf(contest, found.results))
  }
  for (const [page, write] of [
    ['docs/benchmarks.md', pageSection],
    ['README.md', readmeSection],
  ] as const) {
    const file = join(projectRoot, page)
    writeFileSync(file, withSection(readFileSync(file, 'utf8'), write(kept)))
  }
}

export function pictureOf(contest: string): string {
  return `bench-${contest}.svg`
}

/** Every contest with its table, its plot and what each contestant does. */
export function pageSection(kept: Kept): string {
  return CONTESTS.flatMap((contest) => {
    const found = kept[contest.name]
    if (found === undefined) return []
    const { rounds, cores, memory, node, results } = found
    return [
      `## ${contest.title}`,
      '',
      `![${contest.title}: bars of the medians](pictures/${pictureOf(contest.name)})`,
      '',
      tableOf(contest, results),
      '',
      ...contest.contestants.map(({ name, what }) => `- **${name}**: ${what}`),
      '',
      `Medians of ${rounds} rounds; behind ± half the way from the smallest to the largest. ${cores} cores, ${memory} GiB, Node ${node}.`,
      '',
    ]
  }).join('\n')
}

/** One row for each bar. */
export function readmeSection(kept: Kept): string {
  const rows = CONTESTS.flatMap((contest) => {
    const results = kept[contest.name]?.results
    if (results === undefined) return []
    return standings(contest, results).map(({ figure, peer, ratio, atLeast, verdict }) => {
      const { title = figure, unit = '' } = contest.figures.find(({ name }) => name === figure) ?? {}
      const text = (contestant: string) => figureText(results[contestant]?.[figure]?.median ?? Number.NaN)
      const times = ratio === null ? '' : ratioText(ratio)
      return [title, `${text(OURS)} ${unit}`, `${peer} ${text(peer)}`, times, String(atLeast), verdict]
    })
  })
  return markdown([['', 'ours', 'peer', 'ours / peer', 'bar', ''], ...rows]).join('\n')
}

const [BEGIN, END] = ['<!-- made by npm run bench -->', '<!-- end -->']

export function sectionOf(page: string): string {
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim()
}

function withSection(page: string, section: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) throw new Error(`the page has no place for the results: ${BEGIN} … ${END}`)
  return `${page.slice(0, begin)}${BEGIN}\n\n${section.trim()}\n\n${page.slice(end)}`
}
