/** Progress of long commands: a bar on a terminal, lines elsewhere, nothing with --json. */
import { Presets, SingleBar } from 'cli-progress'

/** Shows done of total with speed and remaining time. */
export interface Progress {
  update(done: number, total: number): void
  stop(): void
}

/** Interval of lines where there is no terminal, in ms. */
const LINE_EVERY_MS = 5000

export function createProgress(label: string, options: { unit: string; quiet?: boolean }): Progress {
  if (options.quiet) return { update() {}, stop() {} }
  if (!process.stderr.isTTY) return lines(label, options.unit)
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% · {value}/{total} ${options.unit} · {eta_formatted}`,
      etaBuffer: 50,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  let started = false
  return {
    update(done, total) {
      if (!started) bar.start(total, done)
      started = true
      bar.setTotal(total)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}

function lines(label: string, unit: string): Progress {
  const began = Date.now()
  let last = 0
  let line = ''
  let said = ''
  const say = () => {
    if (line !== said) console.error(line)
    said = line
  }
  return {
    update(done, total) {
      const seconds = (Date.now() - began) / 1000
      const rate = Math.round(done / Math.max(seconds, 0.001))
      line = `${label}: ${done} of ${total} ${unit}, ${rate}/s`
      if (Date.now() - last < LINE_EVERY_MS) return
      last = Date.now()
      say()
    },
    stop: say,
  }
}
