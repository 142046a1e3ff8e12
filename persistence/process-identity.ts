/** Tells a running process from a later one that got the same number. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Text that is the same for as long as the process lives, and differs for another process with the same id;
 * undefined when there is no such process (one that ended and was not yet collected counts as none).
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // after the command in parentheses: state is field 3, start in clock ticks since boot is field 22
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `started ${fields[19]}`
    } catch {
      return undefined
    }
  }
  return askPs(pid, 'lstart=')
}

/** The command line the process was started with, or undefined. */
export function commandLineOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined
    } catch {
      return undefined
    }
  }
  return askPs(pid, 'command=')
}

function askPs(pid: number, column: string): string | undefined {
  try {
    const told = execFileSync('ps', ['-o', column, '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
    return told.toString().trim() || undefined
  } catch {
    return undefined
  }
}
