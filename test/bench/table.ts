/** Results as a table of Markdown, which a terminal can show as well. */
import { type Contest, OURS } from './contest.js'
import { type Results, type Standing, standings } from './verdict.js'

/** A row for each contestant, a column for each figure, then how we stand. */
export function tableOf(contest: Contest, results: Results): string {
  const header = ['', ...contest.figures.map(({ title, unit }) => `${title} (${unit})`)]
  const rows = contest.contestants.map(({ name }) => [
    name,
    ...contest.figures.map(({ name: figure }) => {
      const found = results[name]?.[figure]
      return found === undefined ? '' : `${figureText(found.median)} ±${Math.round((found.spread * 100) / 2)} %`
    }),
  ])
  const sentences = standings(contest, results).map((standing) => `- ${sentenceOf(contest, standing)}`)
  return [...markdown([header, ...rows]), '', ...sentences].join('\n')
}

export function markdown([header = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)]
}

/** For example: Replies …: 0.62 times pgbench-insert (bar 0.5): met */
function sentenceOf(contest: Contest, { figure, peer, ratio, atLeast, verdict, why }: Standing): string {
  const title = contest.figures.find(({ name }) => name === figure)?.title ?? figure
  const times = ratio === null ? OURS : `${ratioText(ratio)} times ${peer}`
  return `${title}: ${times}, bar ${atLeast}: ${verdict}${why === '' ? '' : ` (${why})`}`
}

export function ratioText(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : 2)
}

/** Three digits that count, thousands apart. */
export function figureText(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return rounded.toLocaleString('en-US', { maximumFractionDigits: rounded < 10 ? 2 : rounded < 100 ? 1 : 0 })
}
