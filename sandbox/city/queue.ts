/** First in, first out, in constant time however long the line (an array's `shift` moves all that follows). */
export class Queue {
  private waiting: number[] = []
  private served = 0

  put(one: number): void {
    this.waiting.push(one)
  }

  take(): number | null {
    if (this.served === this.waiting.length) return null
    const one = this.waiting[this.served++]!
    if (this.served > 4096 && this.served * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.served)
      this.served = 0
    }
    return one
  }
}
