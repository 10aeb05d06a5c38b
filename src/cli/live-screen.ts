/**
 * A page of text redrawn in place in a terminal, on the alternate screen, so that the terminal is afterwards as it was.
 * Knows nothing of what it shows.
 */
const escape = '\u001b[';
const enter = `${escape}?1049h${escape}?25l`;
const leave = `${escape}?25h${escape}?1049l`;
const home = `${escape}H`;
const clearToLineEnd = `${escape}K`;
const clearBelow = `${escape}J`;

/** What of a terminal is used. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

export class LiveScreen {
  private readonly terminal: Terminal;
  private isOpen = false;
  private readonly closing = (): void => this.close();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  open(): void {
    this.isOpen = true;
    this.terminal.write(enter);
    // However the process ends.
    process.once('exit', this.closing);
  }

  /** Lines that fit. */
  get height(): number {
    return this.terminal.rows;
  }

  /** What does not fit is cut, so that nothing scrolls. */
  draw(lines: readonly string[]): void {
    if (!this.isOpen) return;
    const { columns, rows } = this.terminal;
    const fitting = lines.slice(0, rows).map((line) => line.slice(0, columns) + clearToLineEnd);
    this.terminal.write(`${home}${fitting.join('\n')}${clearBelow}`);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.off('exit', this.closing);
    this.terminal.write(leave);
  }
}
