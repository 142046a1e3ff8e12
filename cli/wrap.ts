/** Lines for a terminal of 80 columns: broken at spaces, what follows stands below the first words. */

const WIDTH = 80

/** @param lead before the first line, for example `  12  `; the others are indented as far */
export function wrapped(lead: string, text: string): string[] {
  const lines: string[] = []
  const indent = ' '.repeat(lead.length)
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && lead.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((each, index) => `${index === 0 ? lead : indent}${each}`)
}
