/** How every command speaks: results on stdout, progress and errors on stderr, one meaning for each exit code. */

/**
 * A command that cannot be carried out as typed. The message is one sentence (what, where, how to mend); it goes to
 * stderr, nothing goes to stdout, and the exit code is 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface OutputOptions {
  /** One JSON document instead of sentences. */
  readonly json: boolean
}

/** Prints the result once: the value as one JSON document, or the sentences, one a line. */
export function printResult(options: OutputOptions, value: unknown, sentences: readonly string[]): void {
  process.stdout.write(`${options.json ? JSON.stringify(value) : sentences.join('\n')}\n`)
}

/** Progress and remarks: never on stdout, so that a JSON result stays one document. */
export function printProgress(line: string): void {
  process.stderr.write(`${line}\n`)
}
