/** What somebody waits for, looked at when something has happened; and an end, at which nobody waits any more. */
export class Conditions {
  private waiting: { readonly isMet: () => boolean; readonly go: () => void }[] = [];
  private isOver = false;

  /** Resolves when it is met, or at the end. */
  until(isMet: () => boolean): Promise<void> {
    if (isMet() || this.isOver) return Promise.resolve();
    return new Promise((go) => this.waiting.push({ isMet, go }));
  }

  /** One of them may be met now. */
  look(): void {
    if (this.waiting.length === 0) return;
    const met = this.waiting.filter(({ isMet }) => isMet());
    this.waiting = this.waiting.filter((each) => !met.includes(each));
    for (const { go } of met) go();
  }

  end(): void {
    this.isOver = true;
    for (const { go } of this.waiting.splice(0)) go();
  }
}
