import assert from 'node:assert/strict';
import { LiveScreen } from '../../src/cli/live-screen.ts';

const escape = '\u001b[';

function fakeTerminal(columns: number, rows: number) {
  const terminal = {
    columns,
    rows,
    written: '',
    write(text: string) {
      terminal.written += text;
    },
  };
  return terminal;
}

describe('the live screen', () => {
  it('leaves the terminal as it was: alternate screen left, cursor shown', () => {
    const terminal = fakeTerminal(80, 24);
    const screen = new LiveScreen(terminal);
    screen.open();
    screen.draw(['a']);
    screen.close();
    assert.ok(terminal.written.startsWith(`${escape}?1049h${escape}?25l`));
    assert.ok(terminal.written.endsWith(`${escape}?25h${escape}?1049l`));
  });

  it('is left once, also when closed again, and draws no more', () => {
    const terminal = fakeTerminal(80, 24);
    const listeners = process.listenerCount('exit');
    const screen = new LiveScreen(terminal);
    screen.open();
    assert.equal(process.listenerCount('exit'), listeners + 1);
    screen.close();
    const { written } = terminal;
    screen.close();
    screen.draw(['a']);
    assert.equal(terminal.written, written);
    assert.equal(process.listenerCount('exit'), listeners);
  });

  it('never scrolls: neither more lines than rows nor longer ones than columns', () => {
    const terminal = fakeTerminal(3, 2);
    const screen = new LiveScreen(terminal);
    screen.open();
    terminal.written = '';
    screen.draw(['abcdef', 'b', 'c']);
    assert.equal(terminal.written, `${escape}Habc${escape}K\nb${escape}K${escape}J`);
    screen.close();
  });
});
