// How a page in the desktop app comes to its engine, and back to it after a crash.
import { expect, test } from 'vitest';
import type { EngineCondition } from '../../shared/desktop/bridge.ts';
import { PORT_MESSAGE } from '../../shared/desktop/bridge.ts';
import { followPorts } from '../../renderer/client/desktop-port.ts';

function page() {
  const window = new EventTarget() as Window;
  let engine: (condition: EngineCondition) => void = () => {};
  const told: unknown[] = [];
  let asked = 0;
  followPorts({ onEngine: (listener) => ((engine = listener), () => {}), requestPort: () => (asked += 1) }, window, {
    onPort: (port) => told.push(port),
    onAway: ({ is }) => told.push(is),
  });
  return {
    told,
    asked: () => asked,
    engine: (condition: EngineCondition) => engine(condition),
    hand(port: MessagePort, data: unknown = PORT_MESSAGE, source: unknown = window) {
      window.dispatchEvent(Object.assign(new Event('message'), { data, source, ports: [port] }));
    },
  };
}

const port = () => {
  let closed = false;
  return Object.assign({ close: () => (closed = true), closed: () => closed }) as unknown as MessagePort & {
    closed(): boolean;
  };
};

test('a port is asked for when the engine runs, and once for each time it does', () => {
  const { engine, asked, told } = page();
  engine({ is: 'starting' });
  engine({ is: 'running' });
  engine({ is: 'running' });
  expect([asked(), told]).toEqual([1, ['starting']]);
  engine({ is: 'restarting', why: 'x', attempt: 1, inMs: 1 });
  engine({ is: 'running' });
  expect([asked(), told]).toEqual([2, ['starting', 'restarting']]);
});

test('the port before is closed when a new one comes', () => {
  const { hand, told } = page();
  const [one, two] = [port(), port()];
  hand(one);
  hand(two);
  expect([told, one.closed(), two.closed()]).toEqual([[one, two], true, false]);
});

test('messages of others bring no port', () => {
  const { hand, told } = page();
  hand(port(), 'something else');
  hand(port(), PORT_MESSAGE, {});
  hand(port(), PORT_MESSAGE, null);
  expect(told).toEqual([]);
});
