/** Who waits for a subject: first come, first served; people from elsewhere in a line of their own. */
import { Queue } from './queue.ts'

export class Waiting {
  private readonly here = new Queue()
  private readonly elsewhere = new Queue()

  put(person: number, local: boolean): void {
    ;(local ? this.here : this.elsewhere).put(person)
  }

  take(local: boolean): number | null {
    return (local ? this.here : this.elsewhere).take()
  }
}
