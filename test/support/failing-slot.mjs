// Preloaded into a command (`node --import`): the sixth tally of every group can't be published, as by a fault of the machine.
const publish = Atomics.compareExchange;
Atomics.compareExchange = (words, index, expected, value) => {
  if (index === 6) throw new Error('a fault made for a test');
  return publish(words, index, expected, value);
};
