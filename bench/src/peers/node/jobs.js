// Node's timers and turns: prints nanoseconds, as the other peers do.
'use strict';

const [job, words] = process.argv.slice(1);
const count = Number(words);
const LONGEST_MS = 500;
let fired = 0;

const now = () => process.hrtime.bigint();
const each = (since, number) => Number(now() - since) / number;
const onTimer = () => { fired += 1; };
const say = (...numbers) => console.log(numbers.join(' '));

// As in the other peers, timers do not come in order.
function duration(number) {
  return Number((BigInt(number) * 0x9E3779B97F4A7C15n & 0xFFFFFFFFFFFFFFFFn) % BigInt(LONGEST_MS)) + 1;
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const jobs = {
  timers() {
    const passes = Math.min(Math.max(Math.floor(20000 / count), 1), 5);
    const durations = Array.from({ length: count }, (_, i) => duration(i));
    const sums = [0, 0, 0];
    function pass(left) {
      if (left === 0) return say(...sums.map((sum) => sum / passes));
      const timers = new Array(count);
      let begin = now();
      for (let i = 0; i < count; i++) timers[i] = setTimeout(onTimer, durations[i]);
      sums[0] += each(begin, count);
      begin = now();
      for (let i = 0; i < count; i += 2) clearTimeout(timers[i]);
      sums[1] += each(begin, count / 2);
      sleep(LONGEST_MS + 5);
      const goal = fired + count / 2;
      begin = now();
      (function check() {
        if (fired < goal) return setImmediate(check);
        sums[2] += each(begin, count / 2);
        pass(left - 1);
      })();
    }
    pass(passes);
  },
  timeouts() {
    const timeouts = Array.from({ length: count }, () => setTimeout(onTimer, 100000));
    const begin = now();
    for (let pass = 0; pass < 10; pass++) {
      for (const timeout of timeouts) timeout.refresh();
    }
    say(each(begin, count * 10));
    process.exit();
  },
  turns() {
    let left = count;
    const begin = now();
    (function turn() {
      if (left-- > 0) return setImmediate(turn);
      say(each(begin, count));
    })();
  },
};

jobs[job]();
