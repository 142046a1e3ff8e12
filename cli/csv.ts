/** One line of a CSV file for a spreadsheet: quoted where needed, and harmless there. */

/** A cell that a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/

export function csvLine(values: readonly (string | number | null)[]): string {
  return values.map(cell).join(',')
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
