// Plays a program of timers, immediates and ticks, given as JSON, and prints what ran, in order.
'use strict';
const program = JSON.parse(process.argv[2]);
const lines = [];
let count = 0;
function play(actions) {
  for (const [what, ...rest] of actions) {
    const name = `${what} ${count++}`;
    const inner = rest[rest.length - 1];
    const run = () => { lines.push(name); play(inner); };
    if (what === 'tick') process.nextTick(run);
    else if (what === 'immediate') setImmediate(run);
    else setTimeout(run, rest[0]);
  }
}
play(program);
process.on('exit', () => console.log(lines.join('\n')));
