/** A plot of a contest's medians: one row of bars for each figure that more than one contestant has. SVG by hand. */
import { type Contest, type Figure, OURS } from './contest.js'
import { figureText } from './table.js'
import type { Results } from './verdict.js'

/** @unit pixels */
const WIDTH = 760
const LABELS = 150
const VALUES = 90
const ROW = 26
const TITLE = 34
const MARGIN = 16
const COLORS = { ours: '#1f4d3c', peer: '#a9bab0', ink: '#1b1f1d', muted: '#55605a' }

export function plotOf(contest: Contest, results: Results): string {
  const panels = contest.figures.flatMap((figure) => {
    const bars = contest.contestants.flatMap(({ name }) => {
      const found = results[name]?.[figure.name]
      return found === undefined ? [] : [{ name, value: found.median }]
    })
    return bars.length > 1 ? [{ figure, bars }] : []
  })
  let top = MARGIN
  const drawn = panels.map(({ figure, bars }) => {
    const panel = panelOf(figure, bars, top)
    top += TITLE + bars.length * ROW + MARGIN
    return panel
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" font-family="sans-serif" font-size="13">
<title>${escaped(contest.title)}</title>
<rect width="${WIDTH}" height="${top}" fill="#ffffff"/>
${drawn.join('\n')}
</svg>
`
}

interface NamedValue {
  readonly name: string
  readonly value: number
}

function panelOf({ title, unit, better }: Figure, bars: readonly NamedValue[], top: number): string {
  const most = Math.max(...bars.map(({ value }) => value))
  const room = WIDTH - MARGIN * 2 - LABELS - VALUES
  const rows = bars.map(({ name, value }, index) => {
    const y = top + TITLE + index * ROW
    const width = Math.max(1, (value / most) * room)
    const color = name.startsWith(OURS) ? COLORS.ours : COLORS.peer
    const left = MARGIN + LABELS
    return [
      `<text x="${left - 10}" y="${y + 14}" text-anchor="end" fill="${COLORS.ink}">${escaped(name)}</text>`,
      `<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 7}" rx="2" fill="${color}"/>`,
      `<text x="${(left + width + 7).toFixed(1)}" y="${y + 14}" fill="${COLORS.ink}">${figureText(value)}</text>`,
    ].join('\n')
  })
  const direction = better === 'higher' ? 'longer is better' : 'shorter is better'
  return [
    `<text x="${MARGIN}" y="${top + 16}" font-weight="bold" fill="${COLORS.ink}">${escaped(title)} <tspan font-weight="normal" fill="${COLORS.muted}">${escaped(unit)}, ${direction}</tspan></text>`,
    ...rows,
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
